import { Chance } from './chance.ts'
import type { Graph, NodeKind } from './graph.ts'
import { GraphMaker, type Names } from './graph-maker.ts'
import { structuredModel } from './structured-model.ts'
import { unstructuredModel } from './unstructured-model.ts'
import { widen } from './widen.ts'

/** A random model with what happens to its instances: all that a run needs. */
export interface FuzzCase {
  readonly seed: number
  /** Block-structured: it can always go on to its end. */
  readonly structured: boolean
  /** The main process `main`, and those it may call. */
  readonly graphs: Readonly<Record<string, Graph>>
  /** Each picks one of the things that may happen at that moment. */
  readonly choices: readonly number[]
  /** Has the rarer elements, and what may happen to them. */
  readonly wide?: boolean
  /** The event that starts the main process. Absent: it is started by hand. */
  readonly startAt?: string
  /** Elements to begin at instead, where that is allowed. */
  readonly beginAt?: readonly string[]
}

/** What a seed stands for. */
export function caseOf(seed: number): FuzzCase {
  return widen(narrowCaseOf(seed))
}

/** A model of the frequent elements alone. */
export function narrowCaseOf(seed: number): FuzzCase {
  const chance = new Chance(seed)
  const structured = chance.is(50)
  const withChild = chance.is(30)
  // A few that run on without ever waiting are enough: each costs as much as fifty others.
  const mayRunAway = chance.is(3)
  let graphs = draw(chance, structured, withChild)
  while (!mayRunAway && Object.values(graphs).some(runsAway)) graphs = draw(chance, structured, withChild)
  return { seed, structured, graphs, choices: Array.from({ length: chance.below(40) }, () => chance.bits()) }
}

function draw(chance: Chance, structured: boolean, withChild: boolean): Readonly<Record<string, Graph>> {
  const names: Names = { count: 0, children: withChild ? ['child'] : [] }
  const make = structured ? structuredModel : unstructuredModel
  const main = make(new GraphMaker(chance, names), structured ? chance.between(1, 4) : chance.between(0, 2))
  return withChild ? { main, child: make(new GraphMaker(chance, { count: 500, children: [] }), 1) } : { main }
}

const WAITING: readonly NodeKind[] = ['job', 'user', 'receive', 'catch', 'race', 'call']

/** Some loop has nothing in it that is sure to wait. */
function runsAway({ nodes, flows }: Graph): boolean {
  if (nodes.some(({ inside }) => inside && runsAway(inside))) return true
  const waits = new Set(nodes.filter(({ kind, on }) => WAITING.includes(kind) && on !== 'condition').map(({ id }) => id))
  // A condition that is true begins what it is attached to again and again.
  const attached = nodes.flatMap(({ id, on, attachedTo }) => (attachedTo !== undefined && on === 'condition' ? [[attachedTo, id]] : []))
  const steps = [...flows.filter(({ from }) => !waits.has(from)).map(({ from, to }) => [from, to]), ...attached]
  const reached = (from: string, seen = new Set<string>()): ReadonlySet<string> => {
    for (const [source, target = ''] of steps)
      if (source === from && !seen.has(target)) {
        seen.add(target)
        reached(target, seen)
      }
    return seen
  }
  return nodes.some(({ id }) => reached(id).has(id))
}
