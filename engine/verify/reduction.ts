import type { ElementInstance, InstanceState } from '../kernel/index.ts'
import type { FlowGraph, Reach } from './flow-graph.ts'

type Place = ElementInstance
type Inside = ReadonlyMap<string, readonly Place[]>

/**
 * Element instances that may go on alone while all others stand still, because what both do is the same in any order:
 * their tokens can meet only at joins that wait for both (a persistent set of moves). Undefined: there are no such.
 * Order counts where one undoes, or counts completions, so those are kept together.
 */
export function goingAlone(graph: FlowGraph, state: InstanceState, canMove: (key: string) => boolean): ReadonlySet<string> | undefined {
  const inside = insideOf(state)
  const chosen = choose(graph, inside, state.elements[state.key], canMove)
  return chosen && new Set(chosen.flatMap((place) => within(inside, place)))
}

function insideOf(state: InstanceState): Inside {
  const inside = new Map<string, Place[]>()
  for (const instance of Object.values(state.elements)) {
    if (instance.scopeKey === undefined) continue
    const list = inside.get(instance.scopeKey)
    if (list) list.push(instance)
    else inside.set(instance.scopeKey, [instance])
  }
  return inside
}

/** A place and all that lives in it. */
function within(inside: Inside, place: Place): readonly string[] {
  return [place.key, ...(inside.get(place.key) ?? []).flatMap((inner) => within(inside, inner))]
}

function choose(
  graph: FlowGraph,
  inside: Inside,
  scope: Place | undefined,
  canMove: (key: string) => boolean,
): readonly Place[] | undefined {
  const places = (scope && inside.get(scope.key)) ?? []
  const [only] = places
  if (!scope || !only) return undefined
  if (places.length === 1) return choose(graph, inside, only, canMove)
  if (scope.elementType === 'adHocSubProcess' || scope.compensating !== undefined) return undefined
  const waiting = new Set(Object.keys(scope.tokens ?? {}))
  const groups = groupsOf(graph, places, waiting)
  if (groups.length === 1) return undefined
  const moves = (place: Place): boolean => within(inside, place).some(canMove)
  const alone = groups
    .filter((group) => group.some(moves))
    .filter((group) => {
      const rest = places.filter((place) => !group.includes(place))
      return !meets(graph, reachOf(graph, group, rest, waiting), reachOf(graph, rest, group, waiting))
    })
    .sort((a, b) => rank(graph, a) - rank(graph, b) || idOf(a).localeCompare(idOf(b)))
  const [first] = alone
  const [single] = first ?? []
  if (!first || !single) return undefined
  return first.length === 1 ? (choose(graph, inside, single, canMove) ?? first) : first
}

/** What runs beside is finished first, so that it multiplies nothing. */
function rank(graph: FlowGraph, [place]: readonly Place[]): number {
  if (place?.elementType === 'eventSubProcess') return 0
  return place !== undefined && [...graph.asides].some((aside) => graph.closure(aside).has(place.elementId)) ? 0 : 1
}
const idOf = ([place]: readonly Place[]): string => place?.elementId ?? ''

function groupsOf(graph: FlowGraph, places: readonly Place[], waiting: ReadonlySet<string>): readonly (readonly Place[])[] {
  const reaches = places.map((place) =>
    reachOf(
      graph,
      [place],
      places.filter((other) => other !== place),
      waiting,
    ),
  )
  const groups: number[][] = []
  for (const index of places.keys()) {
    const near = groups.filter((group) => group.some((other) => meets(graph, reaches[index], reaches[other])))
    const joined = [index, ...near.flat()]
    for (const group of near) groups.splice(groups.indexOf(group), 1)
    groups.push(joined)
  }
  return groups.map((group) => group.flatMap((index) => places[index] ?? []))
}

function reachOf(graph: FlowGraph, places: readonly Place[], others: readonly Place[], waiting: ReadonlySet<string>): Reach {
  const ids = (list: readonly Place[]) => list.map(({ elementId }) => elementId)
  return graph.reach(ids(places), ids(others), waiting)
}

function meets(graph: FlowGraph, a: Reach | undefined, b: Reach | undefined): boolean {
  if (!a || !b) return true
  for (const id of a.passed) if (b.passed.has(id) || b.stops.has(id)) return true
  for (const id of a.stops) if (b.passed.has(id)) return true
  const has = (reach: Reach, set: ReadonlySet<string>) => [...reach.passed].some((id) => set.has(id))
  if ((has(a, graph.signalling) && has(b, graph.listening)) || (has(b, graph.signalling) && has(a, graph.listening))) return true
  if (!has(a, graph.undoable) && !has(b, graph.undoable)) return false
  return (has(a, graph.undoable) || has(a, graph.undoing)) && (has(b, graph.undoable) || has(b, graph.undoing))
}
