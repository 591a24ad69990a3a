import type { Element, ExecutableProcess } from '../../model/executable-process.ts'

type Reachers = ReadonlyMap<string, ReadonlySet<string>>

/** Found once for each join of a definition: definitions never change. */
const known = new WeakMap<Element, Reachers>()

/**
 * For each incoming flow of `join`: the elements and flows from which a token can get onto it without passing `join`.
 * A token in an activity may also leave through a boundary event attached to it.
 */
export function reachersOf(process: ExecutableProcess, join: Element): Reachers {
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
