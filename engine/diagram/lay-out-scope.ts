import { assignColumns } from './columns.ts'
import type { Box, DrawnEdge, DrawnShape, Edge, Node, Point, Scope } from './contract.ts'
import { labelAbove, labelAt, labelBelow, textSize } from './label.ts'
import { choosePorts } from './ports.ts'
import { assignRows, type Cell } from './rows.ts'
import { assignTracks, type Stretch } from './tracks.ts'

const TRACK = 10
const ROW_GAP = 26
const COLUMN_GAP = 44
const LANE_PADDING = 14
const SCOPE_PADDING = 30
const BOUNDARY = 36
const ASIDE_GAP = 50
const FLOW_LABEL_WIDTH = 84

/** Where everything of a scope lies, from (0, 0); lanes as boxes over the whole width. */
export interface LaidOutScope {
  readonly width: number
  readonly height: number
  readonly shapes: readonly DrawnShape[]
  readonly edges: readonly DrawnEdge[]
  readonly laneBoxes: readonly { readonly id: string; readonly y: number; readonly height: number }[]
}

export function layOutScope(scope: Scope): LaidOutScope {
  const { nodes, edges, asides } = scope
  const inner = new Map([...nodes, ...asides].flatMap((node) => (node.inner ? [[node.id, layOutScope(node.inner)] as const] : [])))
  const sizeOf = (node: Node): { readonly width: number; readonly height: number } => size(node, inner.get(node.id))
  const columns = assignColumns(nodes, edges)
  const laneCount = Math.max(scope.lanes.length, 1)
  const grid = assignRows(nodes, edges, columns, laneCount)
  const ports = choosePorts(edges, grid)
  const notesOf = (id: string) => scope.notes.filter(({ about }) => about === id)
  const isBack = (edge: Edge) => columns.back.has(edge.id)
  const cellOf = (id: string): Cell => {
    const cell = grid.ofNode.get(id)
    if (!cell) throw new Error(`Expected a node ${id} in this scope`)
    return cell
  }

  // Horizontal channels: above each row run flows that lead back, below it those of boundary events.
  const channels = new Map<string, Stretch[]>()
  const channelOf = (lane: number, gap: number) => {
    const key = `${lane}/${gap}`
    const found = channels.get(key) ?? []
    channels.set(key, found)
    return found
  }
  for (const edge of edges) {
    const from = cellOf(edge.source)
    const target = grid.ofNode.get(edge.target)
    if (!target) continue
    if (isBack(edge)) {
      const gap = edge.boundaryId === undefined ? from.row : from.row + 1
      channelOf(from.lane, gap).push({ group: edge.id, from: target.column - 0.5, to: from.column + 0.4 })
    } else if (edge.boundaryId !== undefined)
      channelOf(from.lane, from.row + 1).push({ group: edge.id, from: from.column - 0.4, to: from.column + 0.5 })
  }
  const tracksOf = new Map([...channels].map(([key, stretches]) => [key, assignTracks(stretches)]))

  // Heights.
  const centers = new Map<string, number>()
  const channelTop = new Map<string, number>()
  const laneBoxes: { id: string; y: number; height: number }[] = []
  let y = 0
  for (let lane = 0; lane < laneCount; lane++) {
    const laneTop = y
    y += LANE_PADDING
    const rows = grid.rows[lane] ?? 1
    let labelsBelow = 0
    for (let row = 0; row <= rows; row++) {
      const inRow = grid.cells.filter((cell) => cell.lane === lane && cell.row === row).flatMap(({ node }) => node ?? [])
      const tracks = tracksOf.get(`${lane}/${row}`)?.count ?? 0
      y += labelsBelow + (row === 0 ? 4 : ROW_GAP / 2)
      channelTop.set(`${lane}/${row}`, y)
      y += tracks * TRACK
      if (row === rows) break
      y +=
        Math.max(
          0,
          ...inRow.map((node) =>
            roomAbove(
              node,
              notesOf(node.id).map(({ text }) => text),
            ),
          ),
        ) + (row === 0 ? 4 : ROW_GAP / 2)
      const height = Math.max(12, ...inRow.map((node) => sizeOf(node).height))
      centers.set(`${lane}/${row}`, y + height / 2)
      y += height
      labelsBelow = Math.max(0, ...inRow.map(roomBelow))
    }
    const tallest =
      scope.lanes.length > 0 ? Math.max(0, ...asides.filter((node) => node.lane === lane).map((node) => sizeOf(node).height)) : 0
    y = Math.max(y + LANE_PADDING, laneTop + tallest + 2 * LANE_PADDING + 6)
    laneBoxes.push({ id: scope.lanes[lane]?.id ?? '', y: laneTop, height: y - laneTop })
  }
  const centerOf = (cell: Cell): number => centers.get(`${cell.lane}/${cell.row}`) ?? 0
  const trackY = (edge: Edge): number => {
    const from = cellOf(edge.source)
    const key = `${from.lane}/${isBack(edge) && edge.boundaryId === undefined ? from.row : from.row + 1}`
    return (channelTop.get(key) ?? 0) + (tracksOf.get(key)?.of.get(edge.id) ?? 0) * TRACK + TRACK / 2
  }

  // Vertical channels: right of each column. What comes together at one place may come on one line.
  const vertical = new Map<number, Stretch[]>()
  const addVertical = (gap: number, stretch: Stretch) => vertical.set(gap, [...(vertical.get(gap) ?? []), stretch])
  for (const edge of edges) {
    const way = grid.ways.get(edge.id)
    if (isBack(edge)) {
      const target = cellOf(edge.target)
      addVertical(target.column - 1, { group: `to ${edge.target}`, from: trackY(edge), to: centerOf(target) })
      continue
    }
    way?.forEach((cell, index) => {
      const next = way[index + 1]
      if (!next || (index === 0 && ports.has(edge.id))) return
      const from = index === 0 && edge.boundaryId !== undefined ? trackY(edge) : centerOf(cell)
      if (from !== centerOf(next)) addVertical(cell.column, { group: groupOf(edge, next), from, to: centerOf(next) })
    })
  }
  const verticalTracks = new Map([...vertical].map(([gap, stretches]) => [gap, assignTracks(stretches)]))

  // Widths.
  const lefts: number[] = []
  const widths: number[] = []
  let x = 10 + (verticalTracks.get(-1)?.count ?? 0) * TRACK + (verticalTracks.has(-1) ? 14 : 0)
  const gapStart = new Map<number, number>([[-1, 10]])
  for (let column = 0; column < columns.count; column++) {
    const inColumn = grid.cells.filter((cell) => cell.column === column).flatMap(({ node }) => node ?? [])
    const width = Math.max(36, ...inColumn.map((node) => Math.max(sizeOf(node).width, labelWidth(node) - 20)))
    lefts.push(x)
    widths.push(width)
    x += width
    const isLabelled = edges.some(
      (edge) => edge.name !== '' && edge.boundaryId === undefined && !isBack(edge) && cellOf(edge.source).column === column,
    )
    const tracks = verticalTracks.get(column)?.count ?? 0
    const labelRoom = isLabelled ? FLOW_LABEL_WIDTH : 0
    gapStart.set(column, x + labelRoom + 14)
    x += Math.max(COLUMN_GAP, labelRoom + 28 + tracks * TRACK)
  }
  const trackX = (gap: number, group: string): number => (gapStart.get(gap) ?? 0) + (verticalTracks.get(gap)?.of.get(group) ?? 0) * TRACK

  const shapes: DrawnShape[] = []
  const drawn: DrawnEdge[] = []
  const boxes = new Map<string, Box>()
  const put = (node: Node, box: Box): void => {
    boxes.set(node.id, box)
    const above = node.kind === 'gateway' && !edges.some((edge) => edge.source === node.id && (ports.get(edge.id) === 'up' || isBack(edge)))
    const label =
      node.kind === 'gateway'
        ? above
          ? labelAbove(node.name, box)
          : labelBelow(node.name, box)
        : node.kind === 'event' || node.kind === 'data'
          ? labelBelow(node.name, box)
          : undefined
    shapes.push({ id: node.id, ...box, ...(label && { label }), ...(node.inner && { isExpanded: true }) })
    const content = inner.get(node.id)
    if (content) {
      const move = { x: box.x + SCOPE_PADDING, y: box.y + SCOPE_PADDING }
      shapes.push(...content.shapes.map((shape) => moveShape(shape, move)))
      drawn.push(...content.edges.map((edge) => moveEdge(edge, move)))
    }
    node.boundary.forEach((event, index) => {
      const step = Math.min(44, box.width / (node.boundary.length + 1))
      const spot = {
        x: box.x + box.width - step * (node.boundary.length - index) - BOUNDARY / 2 + (node.boundary.length === 1 ? 0 : 4),
        y: box.y + box.height - BOUNDARY / 2,
        width: BOUNDARY,
        height: BOUNDARY,
      }
      boxes.set(event.id, spot)
      const size = textSize(event.name, 72)
      const eventLabel = event.name === '' ? undefined : { x: spot.x - size.width - 2, y: spot.y + 22, ...size }
      shapes.push({ id: event.id, ...spot, ...(eventLabel && { label: eventLabel }) })
    })
  }
  for (const cell of grid.ofNode.values()) {
    const { node } = cell
    if (!node) continue
    const { width, height } = sizeOf(node)
    put(node, { x: (lefts[cell.column] ?? 0) + ((widths[cell.column] ?? 0) - width) / 2, y: centerOf(cell) - height / 2, width, height })
  }

  // Asides: beside the flow in their lane, or below it where there are no lanes.
  let right = columns.count > 0 ? x : 10
  let bottom = y
  if (scope.lanes.length > 0) {
    const starts = right
    for (const [lane, box] of laneBoxes.entries()) {
      let at = starts
      for (const node of asides.filter((aside) => aside.lane === lane)) {
        const { width, height } = sizeOf(node)
        put(node, { x: at, y: box.y + Math.max(LANE_PADDING, (box.height - height) / 2), width, height })
        at += width + ASIDE_GAP
      }
      right = Math.max(right, at)
    }
  } else if (asides.length > 0) {
    let at = 10
    let rowTop = bottom + 20
    let rowBottom = rowTop
    for (const node of asides) {
      const { width, height } = sizeOf(node)
      if (at > 10 && at + width > Math.max(right, 1_200)) {
        at = 10
        rowTop = rowBottom + ASIDE_GAP
      }
      put(node, { x: at, y: rowTop, width, height })
      at += width + ASIDE_GAP
      right = Math.max(right, at)
      rowBottom = Math.max(rowBottom, rowTop + height)
    }
    bottom = rowBottom + LANE_PADDING
  }

  for (const edge of edges) {
    const points = simplify(route(edge))
    drawn.push({ id: edge.id, points, ...flowLabel(edge, points) })
  }
  for (const note of scope.notes) {
    const host = note.about === undefined ? undefined : boxes.get(note.about)
    const size = noteSize(note.text)
    const box = host
      ? { x: host.x, y: host.y - size.height - 18 - (shapes.find(({ id }) => id === note.about)?.label?.height ?? 0), ...size }
      : { x: 10, y: 0, ...size }
    shapes.push({ id: note.id, ...box })
    if (host && note.associationId)
      drawn.push({
        id: note.associationId,
        points: [
          { x: host.x + 12, y: host.y },
          { x: box.x + 12, y: box.y + box.height },
        ],
      })
  }
  return { width: right + 10, height: bottom, shapes, edges: drawn, laneBoxes }

  function route(edge: Edge): Point[] {
    const source = boxes.get(edge.boundaryId ?? edge.source)
    const target = boxes.get(edge.target)
    if (!source || !target) return []
    const end = { x: target.x, y: target.y + target.height / 2 }
    if (isBack(edge)) {
      const level = trackY(edge)
      const middle = source.x + source.width / 2
      const start = { x: middle, y: edge.boundaryId === undefined ? source.y : source.y + source.height }
      const left = trackX(cellOf(edge.target).column - 1, `to ${edge.target}`)
      return [start, { x: middle, y: level }, { x: left, y: level }, { x: left, y: end.y }, end]
    }
    const way = grid.ways.get(edge.id) ?? []
    const points: Point[] = []
    const port = ports.get(edge.id)
    const [first, second] = way
    if (!first || !second) return []
    let height = centerOf(first)
    if (edge.boundaryId !== undefined) {
      height = trackY(edge)
      const middle = source.x + source.width / 2
      points.push({ x: middle, y: source.y + source.height }, { x: middle, y: height })
    } else if (port) {
      const middle = source.x + source.width / 2
      height = centerOf(second)
      points.push({ x: middle, y: port === 'down' ? source.y + source.height : source.y }, { x: middle, y: height })
    } else points.push({ x: source.x + source.width, y: height })
    for (const [index, cell] of way.entries()) {
      const next = way[index + 1]
      if (!next) break
      const level = centerOf(next)
      if (level === height) continue
      const at = trackX(cell.column, groupOf(edge, next))
      points.push({ x: at, y: height }, { x: at, y: level })
      height = level
    }
    return [...points, end]
  }
}

/** Flows that go to the same node share the last line; any other has its own. */
function groupOf(edge: Edge, next: Cell): string {
  return next.node ? `to ${next.node.id}` : edge.id
}

function size(node: Node, inner: LaidOutScope | undefined): { readonly width: number; readonly height: number } {
  if (inner) return { width: Math.max(inner.width + 2 * SCOPE_PADDING, 160), height: Math.max(inner.height + 2 * SCOPE_PADDING, 110) }
  if (node.kind === 'event') return { width: 36, height: 36 }
  if (node.kind === 'gateway') return { width: 50, height: 50 }
  if (node.kind === 'data') return { width: 36, height: 50 }
  const boundaryWidth = node.boundary.length * 44 + 12
  return { width: Math.max(110, boundaryWidth), height: 80 }
}
function labelWidth(node: Node): number {
  return node.kind === 'event' || node.kind === 'gateway' || node.kind === 'data' ? textSize(node.name).width : 0
}
function roomAbove(node: Node, notes: readonly string[]): number {
  const label = node.kind === 'gateway' ? textSize(node.name).height + 4 : 0
  return label + notes.reduce((sum, text) => sum + noteSize(text).height + 18, 0)
}
function roomBelow(node: Node): number {
  const label = node.kind === 'event' || node.kind === 'data' ? textSize(node.name).height + 4 : 0
  const boundary = Math.max(0, ...node.boundary.map(({ name }) => Math.max(BOUNDARY / 2, 4 + textSize(name, 72).height)))
  return Math.max(label, boundary)
}
function noteSize(text: string): { readonly width: number; readonly height: number } {
  const { height } = textSize(text, 170)
  return { width: 180, height: height + 12 }
}

function flowLabel(edge: Edge, points: readonly Point[]): { readonly label?: Box } {
  const [start, next, third] = points
  if (edge.name === '' || !start || !next) return {}
  // Where the flow has left the others: beside its beginning when it goes straight on, else after its first turn.
  const turn = start.x === next.x || !third ? undefined : third
  const at =
    start.x === next.x
      ? { x: start.x + 5, y: next.y }
      : turn
        ? { x: turn.x + 4, y: turn.y + (turn.y > start.y ? -42 : 58) }
        : { x: start.x + 4, y: start.y }
  const label = labelAt(edge.name, at, FLOW_LABEL_WIDTH)
  return label ? { label } : {}
}

/** Without points that lie on the line between their neighbours. */
function simplify(points: readonly Point[]): Point[] {
  return points.filter((point, index) => {
    const before = points[index - 1]
    const after = points[index + 1]
    if (!before || !after) return true
    return !((before.x === point.x && point.x === after.x) || (before.y === point.y && point.y === after.y))
  })
}
export function moveShape(shape: DrawnShape, by: Point): DrawnShape {
  const move = (box: Box): Box => ({ ...box, x: box.x + by.x, y: box.y + by.y })
  return { ...shape, ...move(shape), ...(shape.label && { label: move(shape.label) }) }
}
export function moveEdge(edge: DrawnEdge, by: Point): DrawnEdge {
  const { label } = edge
  return {
    ...edge,
    points: edge.points.map(({ x, y }) => ({ x: x + by.x, y: y + by.y })),
    ...(label && { label: { ...label, x: label.x + by.x, y: label.y + by.y } }),
  }
}
