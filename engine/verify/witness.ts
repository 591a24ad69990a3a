import { EventEmitter } from 'node:events'
import { Engine } from 'bpmn-engine'
import type { Path } from './contract.ts'
import { KNOWN_FAULTS, type KnownFault } from './known-faults.ts'
import { type WitnessModel, witnessModel } from './witness-model.ts'

/** What bpmn-engine says of a path. */
export type Testimony =
  | { readonly kind: 'agrees' }
  /** The path holds what is not put to it: boundary events, errors, compensation, links, ad-hoc and complex elements. */
  | { readonly kind: 'not-asked'; readonly reason: string }
  | {
      readonly kind: 'disagrees'
      readonly elementId: string
      /** What completed up to where they part, step by step. */
      readonly expected: readonly string[]
      readonly found: readonly string[]
      /** Where it is known to be wrong itself. */
      readonly knownFault?: KnownFault
    }

/** Runs the definition on bpmn-engine with the inputs of a path and compares what completes at each step. */
export async function witness(xml: string, bpmnProcessId: string, path: Path): Promise<Testimony> {
  const model = await witnessModel(xml, bpmnProcessId)
  return model ? compare(model, path) : notAsked('there is no such process in the file')
}

/** As `witness`, with one model for many paths. */
export async function compare(model: WitnessModel, path: Path): Promise<Testimony> {
  const odd = path.slice(1).find(({ kind }) => kind !== 'complete')
  if (odd) return notAsked(`${odd.elementId}: only answers are put to it, but the path holds '${odd.kind}'`)
  const unsaid = path.flatMap(({ completed }) => completed).find((id) => model.odd.includes(id))
  if (unsaid !== undefined) return notAsked(`${unsaid} means more than is put to it`)
  if (path[0]?.elementId !== bpmnProcessOf(model)) return notAsked('the path begins at a typed start event')
  const ran = new WitnessRun(model, path)
  await ran.begin()
  for (const [index, step] of path.entries()) {
    if (index > 0) ran.answer(step.elementId)
    const expected = comparable(step.completed, ran.known)
    const found = comparable(ran.takeCompleted(), ran.known)
    if (expected.join() === found.join()) continue
    ran.stop()
    const beyond = found.find((id) => model.odd.includes(id))
    if (beyond !== undefined) return notAsked(`${beyond} means more than is put to it`)
    const inOrder = step.completed.filter((id) => ran.known.has(id))
    const elementId = inOrder.find((id) => !found.includes(id)) ?? found.find((id) => !expected.includes(id)) ?? step.elementId
    const fault = faultOf(model)
    return { kind: 'disagrees', elementId, expected, found, ...(fault && { knownFault: fault }) }
  }
  ran.stop()
  return { kind: 'agrees' }
}

const notAsked = (reason: string): Testimony => ({ kind: 'not-asked', reason })
const bpmnProcessOf = ({ xml }: WitnessModel) => /<bpmn:process id="([^"]+)"/.exec(xml)?.[1]

/** Within one step order is free: tokens advance side by side. */
function comparable(completed: readonly string[], known: ReadonlySet<string>): readonly string[] {
  return completed.filter((id) => known.has(id)).sort()
}

function faultOf({ inclusiveJoins, parallelJoins, hasExclusive, hasStandardLoop }: WitnessModel): KnownFault | undefined {
  if (hasStandardLoop) return KNOWN_FAULTS.standardLoop
  if (inclusiveJoins.length > 0) return KNOWN_FAULTS.inclusiveJoin
  return parallelJoins.length > 0 && hasExclusive ? KNOWN_FAULTS.parallelAfterExclusive : undefined
}

interface Waiting {
  readonly id: string
  signal(): void
}

class WitnessRun {
  /** Elements whose completion both report; an event-based gateway is put to the witness as a choice and counts nowhere. */
  readonly known: ReadonlySet<string>
  private readonly model: WitnessModel
  private readonly choices = new Map<string, string[][]>()
  private readonly current = new Map<string, readonly string[]>()
  private waiting: Waiting[] = []
  private completed: string[] = []
  private execution: { stop(): unknown } | undefined

  constructor(model: WitnessModel, path: Path) {
    this.model = model
    const ids = [...model.xml.matchAll(/<bpmn:(?!sequenceFlow|definitions|process)\w+ id="([^"]+)"/g)].map((match) => match[1] ?? '')
    const { decided, raced } = decisionsOf(model, path)
    this.known = new Set(ids.filter((id) => !raced.has(id)))
    this.choices = decided
  }

  async begin(): Promise<void> {
    const listener = new EventEmitter()
    listener.on('activity.wait', (api: { readonly id: string; signal(): void }) => this.waiting.push(api))
    listener.on('activity.end', ({ id }: { readonly id: string }) => this.completed.push(id))
    const engine = new Engine({
      name: 'witness',
      source: this.model.xml,
      services: { takes: (gatewayId: string, flowId: string) => this.takes(gatewayId, flowId) } as never,
    })
    engine.on('error', () => undefined)
    this.execution = (await engine.execute({ listener } as never)) as { stop(): unknown }
  }

  answer(elementId: string): void {
    const index = this.waiting.findIndex(({ id }) => id === elementId)
    const [waiting] = index < 0 ? [] : this.waiting.splice(index, 1)
    waiting?.signal()
  }

  takeCompleted(): readonly string[] {
    const { completed } = this
    this.completed = []
    return completed
  }

  stop(): void {
    void this.execution?.stop()
  }

  /** The first question of a visit draws the next choice of the path. */
  private takes(gatewayId: string, flowId: string): boolean {
    const asked = this.model.firstFlows[gatewayId]
    if (asked === flowId) this.current.set(gatewayId, this.choices.get(gatewayId)?.shift() ?? [])
    return this.current.get(gatewayId)?.includes(flowId) ?? false
  }
}

/** The choices of the path by gateway; what happened behind an event-based gateway was its choice. */
function decisionsOf(model: WitnessModel, path: Path): { readonly decided: Map<string, string[][]>; readonly raced: ReadonlySet<string> } {
  const decided = new Map<string, string[][]>()
  const add = (id: string, flowIds: readonly string[]) => decided.set(id, [...(decided.get(id) ?? []), [...flowIds]])
  for (const { choices, elementId } of path) {
    for (const choice of choices) add(choice.elementId, choice.flowIds)
    const race = model.races[elementId]
    if (race) add(race.gatewayId, [race.flowId])
  }
  return { decided, raced: new Set(Object.values(model.races).map(({ gatewayId }) => gatewayId)) }
}
