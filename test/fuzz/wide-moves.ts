import type { Command } from '../../engine/kernel/index.ts'
import type { FuzzInstance, FuzzWorld } from './fuzz-world.ts'
import { type Move, must } from './moves.ts'

const HOUR = 3_600_000

/** What may happen beside the usual moves, in widened models: see moves.ts. */
export function wideMovesOf(world: FuzzWorld, instance: FuzzInstance, pick: number): readonly Move[] {
  const { state } = instance
  const on = (command: Command) => () => must(world, instance, command)
  const atRest = Object.values(state.userTasks).filter(
    ({ phase, elementInstanceKey }) => !phase && state.elements[elementInstanceKey]?.incidentKey === undefined,
  )
  const scopes = Object.values(state.elements)
  const scope = scopes[pick % Math.max(1, scopes.length)]
  return [
    ...atRest.flatMap(({ key }): Move[] => [
      on({ type: 'assignUserTask', userTaskKey: key, assignee: pick % 2 === 0 ? 'kim' : 'lee', allowOverride: true }),
      on({ type: 'unassignUserTask', userTaskKey: key }),
      on({ type: 'updateUserTask', userTaskKey: key, changes: { priority: pick % 100 } }),
    ]),
    ...Object.values(state.jobs).flatMap((job): readonly Move[] => listenerMoves(world, instance, job.key, pick)),
    () => {
      world.now += (1 + (pick % 30)) * HOUR
    },
    ...(scope
      ? [
          on({ type: 'setVariables', scopeKey: scope.key, variables: { pick: pick % 3 }, local: true }),
          on({ type: 'setVariables', scopeKey: scope.key, variables: { flag: pick % 4 === 0 }, local: false }),
        ]
      : []),
    () => alarm(world, pick),
  ]
}

/** Listeners deny and correct. */
function listenerMoves(world: FuzzWorld, instance: FuzzInstance, jobKey: string, pick: number): readonly Move[] {
  const { state } = instance
  const job = state.jobs[jobKey]
  const owner = job && state.elements[job.elementInstanceKey]
  if (job?.kind !== 'TASK_LISTENER' || !owner || owner.incidentKey !== undefined) return []
  const phase = state.userTasks[owner.userTaskKey ?? '']?.phase
  const result =
    phase === 'creating' || phase === 'canceling' || pick % 2 === 0 ? { corrections: { priority: pick % 100 } } : { denied: true }
  return [() => must(world, instance, { type: 'completeJob', jobKey: job.key, variables: {}, result })]
}

/** A signal from outside reaches every scope that waits for it, one after the other. */
function alarm(world: FuzzWorld, pick: number): void {
  for (const { key, state } of world.live)
    for (const open of Object.values(state.subscriptions))
      if (open.kind === 'signal')
        world.posts.push({
          to: key,
          command: { type: 'triggerSignal', subscriptionKey: open.key, signalKey: `alarm${world.commands}`, variables: { pick: pick % 3 } },
        })
}

/** Workers that answer while nothing may move: kept, or refused when they answer twice. */
export function answerWhileSuspended(world: FuzzWorld, instance: FuzzInstance, pick: number): void {
  const jobs = Object.values(instance.state.jobs)
  const job = jobs[pick % Math.max(1, jobs.length)]
  const kinds: readonly Command[] = job
    ? [
        { type: 'completeJob', jobKey: job.key, variables: { pick: 2, flag: true } },
        { type: 'failJob', jobKey: job.key, retries: pick % 2, errorMessage: 'busy' },
        { type: 'completeJob', jobKey: job.key, variables: {} },
        { type: 'throwJobError', jobKey: job.key, errorCode: 'E' },
      ]
    : []
  const command = kinds[pick % Math.max(1, kinds.length)]
  if (command) world.run(instance, command)
}
