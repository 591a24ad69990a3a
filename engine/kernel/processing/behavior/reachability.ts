import type { Element, ExecutableProcess, SequenceFlow } from '../../model/executable-process.ts'
import type { ElementInstanceKey } from '../../record/keys.ts'
import type { Step } from '../step.ts'

type Reachers = ReadonlyMap<string, ReadonlySet<string>>

/** Found once for each join of a definition: definitions never change. */
const known = new WeakMap<Element, Reachers>()

/**
 * For each incoming flow of `join`: the elements and flows from which a token can get onto it without passing `join`.
 * A token in an activity may also leave through a boundary event attached to it.
 */
function reachersOf(process: ExecutableProcess, join: Element): Reachers {
  const before = known.get(join)
  if (before) return before
  const reachers = new Map(join.incoming.map((flow) => [flow.id, upstream(process, join, flow.sourceId)]))
  known.set(join, reachers)
  return reachers
}

function upstream(process: ExecutableProcess, join: Element, sourceId: string): ReadonlySet<string> {
  const reached = new Set<string>()
  const open = [sourceId]
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (id === join.id || reached.has(id)) continue
    reached.add(id)
    const element = process.elements.get(id)
    if (!element) continue
    for (const flow of element.incoming) {
      reached.add(flow.id)
      open.push(flow.sourceId)
    }
    if (element.attachedToId !== undefined) open.push(element.attachedToId)
  }
  return reached
}

/**
 * Whether a token elsewhere in the scope can still reach one of the `empty` incoming flows of `join`, and cannot instead
 * reach one that has a token already (BPMN 2.0.2 §13.4.3).
 */
export function isAwaited(
  step: Step,
  join: Element,
  scopeKey: ElementInstanceKey,
  empty: readonly SequenceFlow[],
  filled: readonly SequenceFlow[],
): boolean {
  if (empty.length === 0) return false
  const reachers = reachersOf(step.process, join)
  const reaches = (place: string, flows: readonly SequenceFlow[]) => flows.some((flow) => reachers.get(flow.id)?.has(place))
  const awaited = (place: string) => reaches(place, empty) && !reaches(place, filled)
  if (Object.keys(step.get(scopeKey).tokens ?? {}).some(awaited)) return true
  return Object.values(step.state.elements).some(
    (instance) => instance.scopeKey === scopeKey && instance.state !== 'terminating' && awaited(instance.elementId),
  )
}
