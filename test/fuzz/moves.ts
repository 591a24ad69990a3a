import type { Command, MessageKey, Rejection } from '../../engine/kernel/index.ts'
import { Finding } from './finding.ts'
import type { FuzzInstance, FuzzWorld } from './fuzz-world.ts'

/** One thing the world may do next. */
export type Move = () => void

/** A command about what is open right now: refusing it breaks the promise that it is open. */
export function must(world: FuzzWorld, instance: FuzzInstance, command: Command): void {
  const rejection = world.run(instance, command)
  if (rejection) throw new Finding('refused-what-is-open', `${JSON.stringify(command)} was refused: ${rejection.code} ${rejection.message}`)
}

/** Answers that were kept meanwhile are carried out now: none is lost. */
export function resume(world: FuzzWorld, instance: FuzzInstance): void {
  const answered = (instance.state.suspended?.deferred ?? []).flatMap((kept) =>
    kept.type === 'completeJob' || kept.type === 'throwJobError' ? [kept] : [],
  )
  must(world, instance, { type: 'resumeInstance' })
  for (const { jobKey, type } of answered)
    if (instance.state.jobs[jobKey]) throw new Finding('answer-lost', `${type} of job ${jobKey} was kept, but not carried out on resume`)
}

const OUTCOMES = [
  { pick: 0, again: false },
  { pick: 1, again: false },
  { pick: 2, again: true },
  { pick: 2, again: false, flag: true },
  { flag: false },
]

/** What workers, people, the clock and other systems may do with one running instance. */
export function movesOf(world: FuzzWorld, instance: FuzzInstance, pick: number): readonly Move[] {
  const { state } = instance
  const variables = OUTCOMES[pick % OUTCOMES.length] ?? {}
  const on = (command: Command) => () => must(world, instance, command)
  const isFree = (elementInstanceKey: string) => state.elements[elementInstanceKey]?.incidentKey === undefined
  const jobs = Object.values(state.jobs).filter(({ elementInstanceKey }) => isFree(elementInstanceKey))
  return [
    ...jobs.flatMap(({ key, kind }): Move[] => [
      // A task listener has no variables to give.
      on({ type: 'completeJob', jobKey: key, variables: kind === 'TASK_LISTENER' ? {} : variables }),
      on({ type: 'completeJob', jobKey: key, variables: {} }),
      ...(pick % 3 === 0 ? [on({ type: 'failJob', jobKey: key, retries: pick % 2, errorMessage: 'busy', retryBackOffMs: 1_000 })] : []),
      ...(kind === 'BPMN_ELEMENT' && pick % 3 === 1
        ? [on({ type: 'throwJobError', jobKey: key, errorCode: pick % 2 === 0 ? 'E' : 'F', variables })]
        : []),
    ]),
    ...Object.values(state.userTasks).map(({ key, elementInstanceKey, phase }) =>
      isFree(elementInstanceKey) && !phase ? on({ type: 'completeUserTask', userTaskKey: key, variables }) : () => undefined,
    ),
    ...Object.values(state.subscriptions).map(
      (open): Move =>
        () =>
          trigger(world, instance, open.key, variables),
    ),
    ...Object.values(state.timers)
      .filter(({ dueAt }) => dueAt <= world.now)
      .map(({ key }) => on({ type: 'triggerTimer', timerKey: key })),
    ...Object.values(state.incidents).map(
      ({ key }): Move =>
        () =>
          void resolve(world, instance, key),
    ),
  ]
}

export function trigger(world: FuzzWorld, instance: FuzzInstance, key: string, variables: Record<string, never | number | boolean>): void {
  const open = instance.state.subscriptions[key]
  if (!open) return
  const { key: subscriptionKey, kind } = open
  if (kind === 'signal') must(world, instance, { type: 'triggerSignal', subscriptionKey, signalKey: `s${world.commands}`, variables })
  else must(world, instance, { type: 'correlateMessage', subscriptionKey, messageKey: `n${world.commands}` as MessageKey, variables })
}

/** Gives the job retries when that is what is missing. */
export function resolve(world: FuzzWorld, instance: FuzzInstance, key: string): Rejection | undefined {
  const incident = instance.state.incidents[key]
  if (!incident) return undefined
  if (incident.jobKey !== undefined && instance.state.jobs[incident.jobKey]?.retries === 0)
    must(world, instance, { type: 'updateJob', jobKey: incident.jobKey, retries: 2 })
  return world.run(instance, { type: 'resolveIncident', incidentKey: incident.key })
}

/** Moves the clock to the next timer of a running instance and fires it. False: there is none. */
export function advance(world: FuzzWorld, own = false): boolean {
  const due = world.live
    .filter(({ state }) => !state.suspended)
    .flatMap((instance) => Object.values(instance.state.timers).map((timer) => ({ instance, timer })))
    .filter(({ instance, timer }) => !own || isOwn(instance, timer))
    .sort((a, b) => a.timer.dueAt - b.timer.dueAt)[0]
  if (!due) return false
  world.now = Math.max(world.now, due.timer.dueAt)
  must(world, due.instance, { type: 'triggerTimer', timerKey: due.timer.key })
  return true
}

/** What waits is the catch event itself, or an event-based gateway; not something it would interrupt or run beside. */
export function isOwn({ state }: FuzzInstance, open: { readonly elementInstanceKey: string; readonly elementId: string }): boolean {
  const waiting = state.elements[open.elementInstanceKey]
  return waiting?.elementId === open.elementId || waiting?.elementType === 'eventBasedGateway'
}
