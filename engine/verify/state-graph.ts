import type { ElementInstance, InstanceState } from '../kernel/index.ts'
import type { Path, PathStep } from './contract.ts'

/** A state of an instance that some path reaches. */
export interface GraphState {
  readonly state: InstanceState
  readonly nextStates: Edge[]
  readonly previous: GraphState[]
  /** What may happen in it was tried: all of it, or as much as leads everywhere (what goes on alone, what was not seen beside). */
  expanded: 'not' | 'partly' | 'fully'
  /** How it is reached first; absent: it is not, but for the start. */
  by?: { readonly step: PathStep; readonly from?: GraphState }
}

/** A step out of a state. */
export interface Edge {
  readonly step: PathStep
  readonly to: GraphState
}

/** The states an instance may begin in, each by its start event. */
export type Roots = readonly { readonly step: PathStep; readonly to: GraphState }[]

/** Notes for every state the shortest path to it. */
export function findShortestPaths(roots: Roots): void {
  const open: GraphState[] = []
  const seen = new Set<GraphState>()
  const reach = (to: GraphState, by: NonNullable<GraphState['by']>) => {
    if (seen.has(to)) return
    seen.add(to)
    to.by = by
    open.push(to)
  }
  for (const { step, to } of roots) reach(to, { step })
  for (const from of open) for (const { step, to } of from.nextStates) reach(to, { step, from })
}

export function pathTo(reached: GraphState): Path {
  const steps: PathStep[] = []
  for (let at = reached.by; at; at = at.from?.by) steps.unshift(at.step)
  return steps
}

const MOST_PATHS = 25

/** Few paths to ends that together go where any path goes; those of answers alone first. */
export function coveringPaths(roots: Roots, states: readonly GraphState[]): readonly Path[] {
  const wayOut = waysOut(states)
  const covered = new Set<string>()
  const paths: Path[] = []
  const placesOf = ({ kind, elementId, completed, choices }: PathStep) => [
    `${kind} ${elementId}`,
    ...completed,
    ...choices.flatMap(({ flowIds }) => flowIds),
  ]
  const edges: readonly { readonly from?: GraphState; readonly step: PathStep; readonly to: GraphState }[] = [
    ...roots,
    ...states.flatMap((from) => from.nextStates.map(({ step, to }) => ({ from, step, to }))),
  ]
  const plain = new Set<GraphState | undefined>([undefined])
  for (const state of states) if (pathTo(state).every(isPlain)) plain.add(state)
  const ordered = [...edges.filter(({ from, step }) => isPlain(step) && plain.has(from)), ...edges]
  for (const { from, step, to } of ordered) {
    if (paths.length >= MOST_PATHS) break
    if (placesOf(step).every((place) => covered.has(place))) continue
    const after = pathOut(to, wayOut)
    if (!after) continue
    const path = [...(from ? pathTo(from) : []), step, ...after]
    for (const place of path.flatMap(placesOf)) covered.add(place)
    paths.push(path)
  }
  return paths
}

/** Nothing but the start and answers to what waits. */
const isPlain = ({ kind }: PathStep) => kind === 'start' || kind === 'complete'

type WaysOut = ReadonlyMap<GraphState, { readonly step: PathStep; readonly to: GraphState } | undefined>

/** The next step on a way to an end: by answers alone where that leads there. */
function waysOut(states: readonly GraphState[]): WaysOut {
  const ways = new Map<GraphState, { readonly step: PathStep; readonly to: GraphState } | undefined>()
  for (const ended of states) if (ended.state.status === 'completed') ways.set(ended, undefined)
  for (const isWanted of [isPlain, () => true]) {
    const open = [...ways.keys()]
    for (const at of open)
      for (const before of at.previous) {
        const edge = ways.has(before) ? undefined : before.nextStates.find(({ to, step }) => to === at && isWanted(step))
        if (!edge) continue
        ways.set(before, edge)
        open.push(before)
      }
  }
  return ways
}

function pathOut(from: GraphState, ways: WaysOut): Path | undefined {
  if (!ways.has(from)) return undefined
  const steps: PathStep[] = []
  for (let edge = ways.get(from); edge; edge = ways.get(edge.to)) steps.push(edge.step)
  return steps
}

export interface SignatureOptions {
  /** Catch events that only begin what runs beside: whether they still wait makes no difference. */
  readonly asides?: ReadonlySet<string>
  /** An element instance whose inside is left out. */
  readonly blank?: string
}

/** What tells two states apart for the way of tokens: what lives where, without keys, variables and times. */
export function signatureOf(state: InstanceState, { asides, blank }: SignatureOptions = {}): string {
  if (state.status !== 'active') return `${state.status} ${state.endElementId ?? ''}`
  const inside = new Map<string, ElementInstance[]>()
  for (const instance of Object.values(state.elements))
    if (instance.scopeKey !== undefined) inside.set(instance.scopeKey, [...(inside.get(instance.scopeKey) ?? []), instance])
  const write = (instance: ElementInstance): string => {
    const { elementId, elementType, tokens = {}, fired = {}, compensating, incidentKey } = instance
    const waits = [
      ...(instance.timerKeys ?? []).map((key) => state.timers[key]?.elementId),
      ...(instance.subscriptionKeys ?? []).map((key) => state.subscriptions[key]?.elementId),
      ...(instance.conditions ?? []),
    ]
      .filter((id) => id === undefined || !asides?.has(id))
      .sort()
    const own = [elementId, elementType, instance.state, incidentKey === undefined ? '' : 'incident', compensating?.length ?? 0]
    if (instance.key === blank) return JSON.stringify([elementId, elementType, waits])
    const children = (inside.get(instance.key) ?? []).map(write).sort()
    return JSON.stringify([own, Object.entries(tokens).sort(), Object.entries(fired).sort(), waits, children])
  }
  const root = state.elements[state.key]
  const undoable = (state.compensations ?? []).map(({ elementId }) => elementId)
  return `${root ? write(root) : ''} ${undoable.join()}`
}

/** States from which some path leads to an end. */
export function statesThatEnd(states: readonly GraphState[]): ReadonlySet<GraphState> {
  return comingFrom(states.filter(({ state }) => state.status !== 'active'))
}

function comingFrom(targets: readonly GraphState[]): ReadonlySet<GraphState> {
  const found = new Set(targets)
  const open = [...found]
  for (let at = open.pop(); at; at = open.pop())
    for (const before of at.previous)
      if (!found.has(before)) {
        found.add(before)
        open.push(before)
      }
  return found
}

/** Most states at a time that are looked at again. */
const AT_ONCE = 20

/** States to expand fully after all: those from which no end was found, and those where something waits for a turn that never comes. */
export function leftBehind(states: readonly GraphState[]): readonly GraphState[] {
  const ending = statesThatEnd(states)
  const stuck = states.filter((state) => state.expanded === 'partly' && !ending.has(state))
  if (stuck.length > 0) return stuck.slice(0, AT_ONCE)
  const turns = comingFrom(states.filter(({ expanded, state }) => expanded === 'fully' && state.status === 'active'))
  return states.filter((state) => state.expanded === 'partly' && !turns.has(state)).slice(0, 1)
}
