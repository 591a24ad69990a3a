import type { Edge } from './contract.ts'
import type { Cell, Grid } from './rows.ts'

export type Port = 'down' | 'up'

/**
 * A gateway has four corners: beside the flow that goes straight on, one flow may leave below and one above, where the
 * cells on the way are free.
 */
export function choosePorts(edges: readonly Edge[], grid: Grid): ReadonlyMap<string, Port> {
  const ports = new Map<string, Port>()
  const used = new Set<string>()
  for (const edge of edges) {
    const way = grid.ways.get(edge.id)
    const [from, next] = way ?? []
    if (!from || !next || from.node?.kind !== 'gateway') continue
    const port: Port = isAbove(from, next) ? 'down' : 'up'
    if (isLevel(from, next) || used.has(`${edge.source}/${port}`) || !isFree(from, next, grid)) continue
    used.add(`${edge.source}/${port}`)
    ports.set(edge.id, port)
  }
  return ports
}

function isLevel(a: Cell, b: Cell): boolean {
  return a.lane === b.lane && a.row === b.row
}
function isAbove(a: Cell, b: Cell): boolean {
  return a.lane < b.lane || (a.lane === b.lane && a.row < b.row)
}
/** No cell of the gateway's own column between its row and the row of the next cell. */
function isFree(from: Cell, next: Cell, grid: Grid): boolean {
  const [top, bottom] = isAbove(from, next) ? [from, next] : [next, from]
  for (let lane = top.lane; lane <= bottom.lane; lane++) {
    const first = lane === top.lane ? top.row : 0
    const last = lane === bottom.lane ? bottom.row : (grid.rows[lane] ?? 1) - 1
    for (let row = first; row <= last; row++) {
      const cell = grid.at(lane, row, from.column)
      if (cell && cell !== from) return false
    }
  }
  return true
}
