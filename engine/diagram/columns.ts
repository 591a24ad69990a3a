import type { Edge, Node } from './contract.ts'

export interface Columns {
  /** Column of each node by id, from 0. */
  readonly of: ReadonlyMap<string, number>
  /** Ids of edges that lead back. */
  readonly back: ReadonlySet<string>
  readonly count: number
}

/** Every node one column to the right of the last node that leads to it; flows that close a loop do not count. */
export function assignColumns(nodes: readonly Node[], edges: readonly Edge[]): Columns {
  const back = findBackEdges(nodes, edges)
  const forward = edges.filter(({ id }) => !back.has(id))
  const incoming = groupBy(forward, ({ target }) => target)
  const of = new Map<string, number>()
  const columnOf = (id: string): number => {
    const known = of.get(id)
    if (known !== undefined) return known
    const column = Math.max(-1, ...(incoming.get(id) ?? []).map(({ source }) => columnOf(source))) + 1
    of.set(id, column)
    return column
  }
  for (const { id } of nodes) columnOf(id)
  return { of, back, count: Math.max(0, ...of.values()) + (nodes.length > 0 ? 1 : 0) }
}

/** Depth first from the nodes that nothing leads to, in the order of writing. */
function findBackEdges(nodes: readonly Node[], edges: readonly Edge[]): ReadonlySet<string> {
  const outgoing = groupBy(edges, ({ source }) => source)
  const targets = new Set(edges.map(({ target }) => target))
  const back = new Set<string>()
  const state = new Map<string, 'open' | 'done'>()
  const visit = (start: string): void => {
    const path: { readonly id: string; next: number }[] = [{ id: start, next: 0 }]
    state.set(start, 'open')
    for (let top = path.at(-1); top; top = path.at(-1)) {
      const edge = (outgoing.get(top.id) ?? [])[top.next++]
      if (!edge) {
        state.set(top.id, 'done')
        path.pop()
      } else if (state.get(edge.target) === 'open') back.add(edge.id)
      else if (!state.has(edge.target)) {
        state.set(edge.target, 'open')
        path.push({ id: edge.target, next: 0 })
      }
    }
  }
  for (const { id } of nodes.filter((node) => !targets.has(node.id))) if (!state.has(id)) visit(id)
  for (const { id } of nodes) if (!state.has(id)) visit(id)
  return back
}

export function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const item of items) {
    const key = keyOf(item)
    const group = groups.get(key)
    if (group) group.push(item)
    else groups.set(key, [item])
  }
  return groups
}
