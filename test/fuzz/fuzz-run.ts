import {
  type BpmnProblem,
  definitionsOf,
  type ElementInstance,
  type ExecutableProcess,
  type JobKey,
  parseBpmn,
} from '../../engine/kernel/index.ts'
import { Chance } from './chance.ts'
import { Finding } from './finding.ts'
import { type FuzzInstance, FuzzWorld } from './fuzz-world.ts'
import type { GraphNode } from './graph.ts'
import { xmlOf } from './graph-xml.ts'
import { isDeadlocked } from './invariants.ts'
import { advance, isOwn, movesOf, must, resolve, resume, trigger } from './moves.ts'
import type { FuzzCase } from './random-model.ts'
import { migration, modification, otherVersion } from './surgery.ts'
import { answerWhileSuspended, wideMovesOf } from './wide-moves.ts'

/** How a run ended: `refused` models are not executable, `cut` ones would go on without end. */
export type Ending = 'ended' | 'deadlock' | 'incident' | 'cut' | 'refused'
export interface FuzzResult {
  readonly ending: Ending
  readonly finding?: Finding
  readonly world?: FuzzWorld
}

const OTHER = 'main2'
/** Models that pile up tokens are left alone before they fill the memory. */
const MOST_ELEMENTS = 150
const MOST_ROUNDS = { structured: 400, unstructured: 80 }

/** Builds the model and runs it. */
export async function runCase(fuzz: FuzzCase): Promise<FuzzResult> {
  const parsed = await parseCase(fuzz)
  if ('problems' in parsed) return { ending: 'refused' }
  return runParsed(fuzz, parsed.definitions)
}

async function parseCase({
  graphs,
  choices,
}: FuzzCase): Promise<{ readonly definitions: ReadonlyMap<string, ExecutableProcess> } | { readonly problems: readonly BpmnProblem[] }> {
  const definitions = new Map<string, ExecutableProcess>()
  const { main } = graphs
  const files = [xmlOf(graphs)]
  if (main && choices.some(isMigration)) files.push(xmlOf({ [OTHER]: otherVersion(main, droppedFrom(main.nodes)) }))
  for (const file of files) {
    const { processes, problems } = await parseBpmn(file)
    if (problems.some(({ severity }) => severity === 'error')) return { problems }
    for (const process of processes) definitions.set(process.bpmnProcessId, process)
  }
  return { definitions }
}
function droppedFrom(nodes: readonly GraphNode[]): string | undefined {
  return nodes.find(({ kind, on }) => kind === 'boundary' && on !== 'error')?.id
}

function runParsed(fuzz: FuzzCase, definitions: ReadonlyMap<string, ExecutableProcess>): FuzzResult {
  const world = new FuzzWorld(definitions)
  try {
    begin(world, fuzz)
    const operated = fuzz.choices.map((choice) => isRunaway(world) || happen(world, choice, fuzz.wide)).includes('surgery')
    const ending = isRunaway(world) ? 'cut' : finish(world, fuzz.structured ? MOST_ROUNDS.structured : MOST_ROUNDS.unstructured)
    if (fuzz.structured && !operated && ending !== 'ended') throw new Finding('never-ends', `A block-structured model came to ${ending}`)
    const runaway = isRunaway(world)
    cancelAll(world)
    world.expectFolded()
    // Ten thousand elements in one command are looked at once.
    if (!runaway) world.expectRepeatable()
    return { ending, world }
  } catch (error) {
    if (!(error instanceof Finding)) throw error
    return { ending: 'cut', finding: error, world }
  }
}

/** By hand, by an event, or at chosen elements; often these cannot be begun at. */
function begin(world: FuzzWorld, { startAt, beginAt }: FuzzCase): void {
  const variables = { pick: 1, again: false, flag: false, items: [1, 2, 3] }
  if (beginAt && world.start('main', { variables, startInstructions: beginAt.map((elementId) => ({ elementId })) })) return
  const started = world.start('main', { variables, ...(startAt !== undefined && { startElementId: startAt }) })
  if (!started) throw new Finding('not-started', 'The start of an executable process was refused')
}

/** Task listeners may hold an instance up; asked a second time, it does not wait for them any longer. */
function cancelAll(world: FuzzWorld): void {
  for (const [index, instance] of world.live.entries()) {
    must(world, instance, { type: 'cancelInstance' })
    const asked = Object.values(instance.state.jobs)
    if (index % 2 === 0) for (const { key } of asked) if (instance.state.jobs[key]) answerLast(world, instance, key)
    if (instance.state.status === 'active') must(world, instance, { type: 'cancelInstance' })
    if (instance.state.status === 'active') throw new Finding('not-cancelled', 'The instance was cancelled twice, but goes on')
  }
}
function answerLast(world: FuzzWorld, instance: FuzzInstance, jobKey: JobKey): void {
  if (Object.values(instance.state.incidents).some((incident) => incident.jobKey === jobKey)) return
  must(world, instance, { type: 'completeJob', jobKey, variables: {} })
}

const rarity = (choice: number) => (choice >>> 20) % 200
const isMigration = (choice: number) => rarity(choice) >= 8 && rarity(choice) < 14

/** Lets one thing happen. `surgery`: something the model does not foresee. */
function happen(world: FuzzWorld, choice: number, wide = false): 'surgery' | undefined {
  const { live } = world
  const instance = live[choice % Math.max(1, live.length)]
  if (!instance) return undefined
  if (choice % 7 === 0) world.expectFolded()
  const rare = rarity(choice)
  if (rare < 22) return seldom(world, instance, choice, rare)
  if (rare < 36) {
    advance(world)
    return undefined
  }
  if (rare < 46) {
    must(world, instance, {
      type: 'setVariables',
      scopeKey: instance.state.key,
      variables: { flag: choice % 2 === 0, pick: choice % 3 },
      local: choice % 5 === 0,
    })
    return undefined
  }
  if (world.posts.length > 0 && choice % 3 === 0) {
    if (choice % 13 === 0) world.posts.push(world.posts[choice % world.posts.length] as (typeof world.posts)[number])
    world.deliver(choice % world.posts.length)
    return undefined
  }
  if (instance.state.suspended) {
    if (choice % 2 === 0) resume(world, instance)
    else if (wide) answerWhileSuspended(world, instance, choice >>> 1)
    else answerSuspended(world, instance, choice)
    return undefined
  }
  if (wide && (choice >>> 9) % 5 === 0) {
    const moves = wideMovesOf(world, instance, choice >>> 4)
    moves[(choice >>> 12) % moves.length]?.()
    return undefined
  }
  const moves = movesOf(world, instance, choice >>> 4)
  moves[choice % Math.max(1, moves.length)]?.()
  return undefined
}

function seldom(world: FuzzWorld, instance: FuzzInstance, choice: number, rare: number): 'surgery' | undefined {
  if (rare < 1) {
    must(world, instance, { type: 'cancelInstance' })
    return 'surgery'
  }
  if (rare < 8) {
    const refusal = world.run(instance, modification(instance, world.processOf(instance.definition), new Chance(choice)))
    return refusal ? undefined : 'surgery'
  }
  if (isMigration(choice)) {
    if (instance.definition !== 'main') return undefined
    world.run(instance, migration(world.processOf('main'), world.processOf(OTHER), OTHER))
    return undefined
  }
  if (rare < 18) {
    world.run(instance, { type: 'suspendInstance' })
    return undefined
  }
  stale(world, instance, choice)
  return undefined
}

/** What was done before is done again: refused, and nothing changes. */
function stale(world: FuzzWorld, instance: FuzzInstance, choice: number): void {
  const again = instance.carried[choice % instance.carried.length]?.command
  if (!again || !['completeJob', 'completeUserTask', 'triggerTimer', 'childEnded', 'createInstance'].includes(again.type)) return
  const { jobs, userTasks } = instance.state
  // A listener may have denied it; then it can be asked for again.
  const known =
    ('jobKey' in again && jobs[again.jobKey] !== undefined) || ('userTaskKey' in again && userTasks[again.userTaskKey] !== undefined)
  const refusal = known ? undefined : world.run(instance, again)
  if (!known && !refusal) throw new Finding('done-twice', `${JSON.stringify(again)} was carried out a second time`)
}

/** A worker answers while nothing may move: kept, or refused when it answers twice. */
function answerSuspended(world: FuzzWorld, instance: FuzzInstance, choice: number): void {
  const jobs = Object.values(instance.state.jobs)
  const job = jobs[choice % Math.max(1, jobs.length)]
  if (job) world.run(instance, { type: 'completeJob', jobKey: job.key, variables: { pick: 2 } })
}

function isRunaway(world: FuzzWorld): boolean {
  return world.live.some(
    ({ state }) =>
      Object.keys(state.elements).length > MOST_ELEMENTS ||
      Object.values(state.incidents).some(({ incidentType }) => incidentType === 'STEP_BUDGET_EXCEEDED'),
  )
}

/** Does what is open, and only that, until nothing is left to do. */
function finish(world: FuzzWorld, rounds: number): Ending {
  const resolved = new Map<string, number>()
  for (let round = 0; round < rounds; round++) {
    if (world.live.length === 0) return 'ended'
    if (isRunaway(world)) return 'cut'
    const goesOn = world.live.some((instance) => goOn(world, instance, resolved)) || deliverNext(world) || advance(world, true)
    // What only someone outside could still do: boundary events and event subprocesses of what waits for ever.
    if (!goesOn && !advance(world))
      return world.live.some(({ state }) => Object.keys(state.incidents).length > 0) ? 'incident' : whyNot(world)
  }
  return 'cut'
}

function whyNot(world: FuzzWorld): Ending {
  const stuck = world.live.filter(({ state }) => !Object.values(state.elements).some(({ childInstanceKey }) => childInstanceKey))
  return stuck.length === 0 || stuck.some(({ state }) => isDeadlocked(state)) ? 'deadlock' : 'incident'
}

function deliverNext(world: FuzzWorld): boolean {
  if (world.posts.length === 0) return false
  world.deliver(0)
  return true
}

/** A flag that stays up would begin what waits for it again with every answer. */
const HELPFUL = { again: false, flag: false, pick: 1 }

function goOn(world: FuzzWorld, instance: FuzzInstance, resolved: Map<string, number>): boolean {
  const { state } = instance
  const act = (command: Parameters<typeof must>[2]): boolean => {
    must(world, instance, command)
    return true
  }
  if (state.suspended) {
    resume(world, instance)
    return true
  }
  for (const { key, elementInstanceKey } of Object.values(state.incidents)) {
    const times = resolved.get(elementInstanceKey) ?? 0
    resolved.set(elementInstanceKey, times + 1)
    if (times >= 4) continue
    resolve(world, instance, key)
    return true
  }
  const isFree = ({ elementInstanceKey }: { elementInstanceKey: string }) => state.elements[elementInstanceKey]?.incidentKey === undefined
  const job = Object.values(state.jobs).find(isFree)
  if (job) return act({ type: 'completeJob', jobKey: job.key, variables: job.kind === 'TASK_LISTENER' ? {} : HELPFUL })
  const task = Object.values(state.userTasks).find((each) => isFree(each) && !each.phase)
  if (task) return act({ type: 'completeUserTask', userTaskKey: task.key, variables: HELPFUL })
  const open = Object.values(state.subscriptions).find((subscription) => isOwn(instance, subscription))
  if (open) {
    trigger(world, instance, open.key, HELPFUL)
    return true
  }
  const process = world.processOf(instance.definition)
  const conditional = Object.values(state.elements).find((waiting) => waitsForFlag(process, waiting))
  return conditional ? act({ type: 'setVariables', scopeKey: conditional.key, variables: { flag: true }, local: true }) : false
}

/** The element itself, or an event-based gateway, waits for a condition that was not met before. */
function waitsForFlag(process: ExecutableProcess, { elementId, elementType, conditions, arrived }: ElementInstance): boolean {
  return (conditions ?? []).some((id) => {
    if (id !== elementId && elementType !== 'eventBasedGateway') return false
    const definitions = definitionsOf(process.elements.get(id)?.event)
    return definitions.some(({ kind }, part) => kind === 'condition' && !arrived?.[id]?.parts.includes(part))
  })
}
