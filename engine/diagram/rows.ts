import { type Columns, groupBy } from './columns.ts'
import type { Edge, Node } from './contract.ts'

/** What stands in one cell: a node, or a flow on its way through the column. */
export interface Cell {
  readonly lane: number
  readonly column: number
  row: number
  readonly node?: Node
  readonly edge?: Edge
}
export interface Grid {
  readonly cells: readonly Cell[]
  readonly ofNode: ReadonlyMap<string, Cell>
  /** Cells that a forward flow passes, source and target included, by its id. */
  readonly ways: ReadonlyMap<string, readonly Cell[]>
  /** Rows of each lane. */
  readonly rows: readonly number[]
  at(lane: number, row: number, column: number): Cell | undefined
}

/** Gives every node, and every flow in the columns it passes, a row in its lane: straight on where that is free, else the nearest. */
export function assignRows(nodes: readonly Node[], edges: readonly Edge[], columns: Columns, laneCount: number): Grid {
  const ofNode = new Map<string, Cell>(
    nodes.map((node) => [node.id, { lane: node.lane, column: columns.of.get(node.id) ?? 0, row: 0, node }]),
  )
  const cells: Cell[] = [...ofNode.values()]
  const ways = new Map<string, Cell[]>()
  for (const edge of edges.filter(({ id }) => !columns.back.has(id))) {
    const from = ofNode.get(edge.source)
    const to = ofNode.get(edge.target)
    if (!from || !to) continue
    const passed: Cell[] = []
    for (let column = from.column + 1; column < to.column; column++) passed.push({ lane: to.lane, column, row: 0, edge })
    cells.push(...passed)
    ways.set(edge.id, [from, ...passed, to])
  }
  place(cells, edges, ways, columns)
  const rows = normalize(cells, laneCount)
  const byPlace = new Map(cells.map((cell) => [`${cell.lane}/${cell.row}/${cell.column}`, cell]))
  return { cells, ofNode, ways, rows, at: (lane, row, column) => byPlace.get(`${lane}/${row}/${column}`) }
}

interface Step {
  readonly from: Cell
  readonly to: Cell
  /** 0 for the flow that goes straight on, more for those beside it. */
  readonly offset: number
}

function place(cells: readonly Cell[], edges: readonly Edge[], ways: ReadonlyMap<string, readonly Cell[]>, columns: Columns): void {
  const steps = new Map<Cell, Step[]>()
  const leaving = groupBy(
    edges.filter(({ id }) => !columns.back.has(id)),
    ({ source }) => source,
  )
  const lengths = new Map<string, number>()
  const lengthFrom = (id: string): number => {
    const known = lengths.get(id)
    if (known !== undefined) return known
    const length = 1 + Math.max(0, ...(leaving.get(id) ?? []).map(({ target }) => lengthFrom(target)))
    lengths.set(id, length)
    return length
  }
  for (const [, group] of leaving) {
    // What is longest goes straight on: it is the main way, the others end or join it.
    const straight = group.filter(({ boundaryId }) => boundaryId === undefined).sort((a, b) => lengthFrom(b.target) - lengthFrom(a.target))
    for (const edge of group) {
      const way = ways.get(edge.id) ?? []
      const rank =
        edge.boundaryId === undefined
          ? straight.indexOf(edge)
          : straight.length + group.filter((e) => e.boundaryId !== undefined).indexOf(edge)
      way.forEach((to, index) => {
        const from = way[index - 1]
        if (!from) return
        const offset = index === 1 ? Math.max(rank, edge.boundaryId === undefined ? 0 : 1) : 0
        steps.set(to, [...(steps.get(to) ?? []), { from, to, offset }])
      })
    }
  }
  const byColumn = groupBy(cells, ({ column }) => String(column))
  for (let column = 0; column < columns.count; column++) {
    for (const [, inLane] of groupBy(byColumn.get(String(column)) ?? [], ({ lane }) => String(lane))) placeColumn(inLane, steps)
  }
}

function placeColumn(cells: readonly Cell[], steps: ReadonlyMap<Cell, readonly Step[]>): void {
  const wishes = cells.map((cell, order) => {
    const same = (steps.get(cell) ?? []).filter(({ from }) => from.lane === cell.lane)
    const best = same.reduce<Step | undefined>(
      (least, step) => (!least || step.from.row + step.offset < least.from.row + least.offset ? step : least),
      undefined,
    )
    return {
      cell,
      order,
      row: best ? best.from.row + best.offset : 0,
      isMain: best?.offset === 0 && cell.node !== undefined,
      offset: best?.offset ?? 0,
    }
  })
  wishes.sort((a, b) => Number(b.isMain) - Number(a.isMain) || a.offset - b.offset || a.row - b.row || a.order - b.order)
  const taken = new Set<number>()
  for (const { cell, row } of wishes) {
    let distance = 0
    while (taken.has(row + distance)) distance = distance > 0 ? -distance : -distance + 1
    cell.row = row + distance
    taken.add(cell.row)
  }
}

/** Rows from 0 without gaps in each lane. */
function normalize(cells: readonly Cell[], laneCount: number): number[] {
  const counts: number[] = []
  for (let lane = 0; lane < Math.max(laneCount, 1); lane++) {
    const inLane = cells.filter((cell) => cell.lane === lane)
    const used = [...new Set(inLane.map(({ row }) => row))].sort((a, b) => a - b)
    for (const cell of inLane) cell.row = used.indexOf(cell.row)
    counts.push(Math.max(used.length, 1))
  }
  return counts
}
