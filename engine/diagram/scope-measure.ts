import { assignColumns, type Columns } from './columns.ts'
import type { Edge, Node, Scope } from './contract.ts'
import { hasOuterLabel, roomAbove, roomBelow, type Size } from './element-size.ts'
import { textSize } from './label.ts'
import { choosePorts, type Port } from './ports.ts'
import { assignRows, type Cell, type Grid } from './rows.ts'
import { assignTracks, type Stretch } from './tracks.ts'

const TRACK = 10
const ROW_GAP = 26
const COLUMN_GAP = 44
const FIRST_COLUMN = 10
export const LANE_PADDING = 14
export const FLOW_LABEL_WIDTH = 84

export interface LaneBox {
  readonly id: string
  readonly y: number
  readonly height: number
}
type Tracks = ReturnType<typeof assignTracks>

/** Where the rows and columns of a scope lie, and the channels between them in which its flows run. */
export class ScopeMeasure {
  readonly columns: Columns
  readonly grid: Grid
  readonly ports: ReadonlyMap<string, Port>
  readonly laneBoxes: LaneBox[] = []
  readonly lefts: number[] = []
  readonly widths: number[] = []
  /** Below the last lane. */
  bottom = 0
  /** Right of the last column. */
  right = FIRST_COLUMN
  private readonly scope: Scope
  private readonly sizeOf: (node: Node) => Size
  private readonly centers = new Map<string, number>()
  private readonly channelTop = new Map<string, number>()
  private readonly channelLeft = new Map<number, number>()
  private readonly rowTracks: ReadonlyMap<string, Tracks>
  private readonly columnTracks: ReadonlyMap<number, Tracks>

  constructor(scope: Scope, sizeOf: (node: Node) => Size) {
    this.scope = scope
    this.sizeOf = sizeOf
    this.columns = assignColumns(scope.nodes, scope.edges)
    this.grid = assignRows(scope.nodes, scope.edges, this.columns, Math.max(scope.lanes.length, 1))
    this.ports = choosePorts(scope.edges, this.grid)
    this.rowTracks = mapValues(this.rowStretches(), assignTracks)
    this.measureRows()
    this.columnTracks = mapValues(this.columnStretches(), assignTracks)
    this.measureColumns()
  }

  isBack(edge: Edge): boolean {
    return this.columns.back.has(edge.id)
  }
  cellOf(id: string): Cell {
    const cell = this.grid.ofNode.get(id)
    if (!cell) throw new Error(`Expected a node ${id} in this scope`)
    return cell
  }
  centerOf(cell: Cell): number {
    return this.centers.get(`${cell.lane}/${cell.row}`) ?? 0
  }
  /** Height of the track of a flow that leads back or leaves a boundary event. */
  trackY(edge: Edge): number {
    const key = this.channelOf(edge)
    return (this.channelTop.get(key) ?? 0) + (this.rowTracks.get(key)?.of.get(edge.id) ?? 0) * TRACK + TRACK / 2
  }
  /** Place across of the upright line by which a flow gets to the next cell. */
  trackX(gap: number, group: string): number {
    return (this.channelLeft.get(gap) ?? 0) + (this.columnTracks.get(gap)?.of.get(group) ?? 0) * TRACK
  }

  /** Above its row run flows that lead back, below it those of boundary events. */
  private channelOf(edge: Edge): string {
    const from = this.cellOf(edge.source)
    return `${from.lane}/${this.isBack(edge) && edge.boundaryId === undefined ? from.row : from.row + 1}`
  }

  private rowStretches(): Map<string, Stretch[]> {
    const stretches = new Map<string, Stretch[]>()
    for (const edge of this.scope.edges) {
      const { column } = this.cellOf(edge.source)
      const target = this.grid.ofNode.get(edge.target)
      if (!target || !(this.isBack(edge) || edge.boundaryId !== undefined)) continue
      const span = this.isBack(edge) ? { from: target.column - 0.5, to: column + 0.4 } : { from: column - 0.4, to: column + 0.5 }
      add(stretches, this.channelOf(edge), { group: edge.id, ...span })
    }
    return stretches
  }

  private measureRows(): void {
    const { scope, grid } = this
    let y = 0
    for (let lane = 0; lane < grid.rows.length; lane++) {
      const laneTop = y
      const rows = grid.rows[lane] ?? 1
      let labels = 0
      y += LANE_PADDING
      for (let row = 0; row <= rows; row++) {
        const key = `${lane}/${row}`
        const inRow = grid.cells.filter((cell) => cell.lane === lane && cell.row === row).flatMap(({ node }) => node ?? [])
        y += labels + (row === 0 ? 4 : ROW_GAP / 2)
        this.channelTop.set(key, y)
        y += (this.rowTracks.get(key)?.count ?? 0) * TRACK
        if (row === rows) break
        y += Math.max(0, ...inRow.map((node) => roomAbove(node, this.notesOf(node)))) + (row === 0 ? 4 : ROW_GAP / 2)
        const height = Math.max(12, ...inRow.map((node) => this.sizeOf(node).height))
        this.centers.set(key, y + height / 2)
        y += height
        labels = Math.max(0, ...inRow.map(roomBelow))
      }
      y = Math.max(y + LANE_PADDING, laneTop + this.tallestAside(lane) + 2 * LANE_PADDING + 6)
      this.laneBoxes.push({ id: scope.lanes[lane]?.id ?? '', y: laneTop, height: y - laneTop })
    }
    this.bottom = y
  }
  private notesOf(node: Node): string[] {
    return this.scope.notes.filter(({ about }) => about === node.id).map(({ text }) => text)
  }
  private tallestAside(lane: number): number {
    const { lanes, asides } = this.scope
    return lanes.length === 0 ? 0 : Math.max(0, ...asides.filter((node) => node.lane === lane).map((node) => this.sizeOf(node).height))
  }

  private columnStretches(): Map<number, Stretch[]> {
    const stretches = new Map<number, Stretch[]>()
    for (const edge of this.scope.edges) {
      if (this.isBack(edge)) {
        const target = this.cellOf(edge.target)
        add(stretches, target.column - 1, { group: `to ${edge.target}`, from: this.trackY(edge), to: this.centerOf(target) })
        continue
      }
      const way = this.grid.ways.get(edge.id) ?? []
      way.forEach((cell, index) => {
        const next = way[index + 1]
        if (!next || (index === 0 && this.ports.has(edge.id))) return
        const from = index === 0 && edge.boundaryId !== undefined ? this.trackY(edge) : this.centerOf(cell)
        const to = this.centerOf(next)
        if (from !== to) add(stretches, cell.column, { group: groupOf(edge, next), from, to })
      })
    }
    return stretches
  }

  private measureColumns(): void {
    const { grid, scope } = this
    const before = this.columnTracks.get(-1)
    this.channelLeft.set(-1, FIRST_COLUMN)
    let x = FIRST_COLUMN + (before ? before.count * TRACK + 14 : 0)
    for (let column = 0; column < this.columns.count; column++) {
      const inColumn = grid.cells.filter((cell) => cell.column === column).flatMap(({ node }) => node ?? [])
      const labels = inColumn.map((node) => (hasOuterLabel(node) ? textSize(node.name).width - 20 : 0))
      const width = Math.max(36, ...labels, ...inColumn.map((node) => this.sizeOf(node).width))
      this.lefts.push(x)
      this.widths.push(width)
      x += width
      const isLabelled = scope.edges.some(
        (edge) => edge.name !== '' && edge.boundaryId === undefined && !this.isBack(edge) && this.cellOf(edge.source).column === column,
      )
      const labelRoom = isLabelled ? FLOW_LABEL_WIDTH : 0
      this.channelLeft.set(column, x + labelRoom + 14)
      x += Math.max(COLUMN_GAP, labelRoom + 28 + (this.columnTracks.get(column)?.count ?? 0) * TRACK)
    }
    this.right = x
  }
}

/** Flows that go to the same node share the last line; any other has its own. */
export function groupOf(edge: Edge, next: Cell): string {
  return next.node ? `to ${next.node.id}` : edge.id
}

function add<K>(stretches: Map<K, Stretch[]>, key: K, stretch: Stretch): void {
  const known = stretches.get(key)
  if (known) known.push(stretch)
  else stretches.set(key, [stretch])
}
function mapValues<K, A, B>(map: ReadonlyMap<K, A>, change: (value: A) => B): Map<K, B> {
  return new Map([...map].map(([key, value]) => [key, change(value)]))
}
