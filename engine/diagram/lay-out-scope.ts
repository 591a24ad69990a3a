import type { Box, DrawnEdge, DrawnShape, Edge, Node, Point, Scope } from './contract.ts'
import { BOUNDARY, boundaryLefts, noteSize, SCOPE_PADDING, type Size, sizeOfNode } from './element-size.ts'
import { labelAbove, labelAt, labelBelow, textSize } from './label.ts'
import { FLOW_LABEL_WIDTH, groupOf, LANE_PADDING, type LaneBox, ScopeMeasure } from './scope-measure.ts'

const ASIDE_GAP = 50
/** Event subprocesses below a flow are broken into lines no wider than the flow, or than this. */
const ASIDE_LINE = 1_200

/** Where everything of a scope lies, from (0, 0). */
export interface LaidOutScope {
  readonly width: number
  readonly height: number
  readonly shapes: readonly DrawnShape[]
  readonly edges: readonly DrawnEdge[]
  readonly laneBoxes: readonly LaneBox[]
}

export function layOutScope(scope: Scope): LaidOutScope {
  return new ScopeDrawing(scope).draw()
}

class ScopeDrawing {
  private readonly scope: Scope
  private readonly inner: ReadonlyMap<string, LaidOutScope>
  private readonly measure: ScopeMeasure
  private readonly shapes: DrawnShape[] = []
  private readonly edges: DrawnEdge[] = []
  private readonly boxes = new Map<string, Box>()

  constructor(scope: Scope) {
    this.scope = scope
    // What is inside is laid out first and then takes the place of one large element.
    this.inner = new Map([...scope.nodes, ...scope.asides].flatMap((node) => (node.inner ? [[node.id, layOutScope(node.inner)]] : [])))
    this.measure = new ScopeMeasure(scope, (node) => this.sizeOf(node))
  }

  draw(): LaidOutScope {
    const { scope, measure } = this
    for (const node of scope.nodes) {
      const cell = measure.cellOf(node.id)
      const { width, height } = this.sizeOf(node)
      const x = (measure.lefts[cell.column] ?? 0) + ((measure.widths[cell.column] ?? 0) - width) / 2
      this.put(node, { x, y: measure.centerOf(cell) - height / 2, width, height })
    }
    const end = scope.lanes.length > 0 ? this.putAsidesInLanes() : this.putAsidesBelow()
    for (const edge of scope.edges) {
      const points = simplify(this.route(edge))
      const label = flowLabel(edge, points)
      this.edges.push({ id: edge.id, points, ...(label && { label }) })
    }
    this.putNotes()
    return { width: end.x + 10, height: end.y, shapes: this.shapes, edges: this.edges, laneBoxes: measure.laneBoxes }
  }

  private sizeOf(node: Node): Size {
    return sizeOfNode(node, this.inner.get(node.id))
  }

  private put(node: Node, box: Box): void {
    this.boxes.set(node.id, box)
    const label = this.labelOf(node, box)
    this.shapes.push({ id: node.id, ...box, ...(label && { label }), ...(node.inner && { isExpanded: true }) })
    const content = this.inner.get(node.id)
    if (content) {
      const by = { x: box.x + SCOPE_PADDING, y: box.y + SCOPE_PADDING }
      this.shapes.push(...content.shapes.map((shape) => moveShape(shape, by)))
      this.edges.push(...content.edges.map((edge) => moveEdge(edge, by)))
    }
    const lefts = boundaryLefts(box, node.boundary.length)
    node.boundary.forEach((event, index) => {
      const spot = { x: lefts[index] ?? box.x, y: box.y + box.height - BOUNDARY / 2, width: BOUNDARY, height: BOUNDARY }
      this.boxes.set(event.id, spot)
      const size = textSize(event.name, 72)
      const beside = event.name === '' ? {} : { label: { x: spot.x - size.width - 2, y: spot.y + 22, ...size } }
      this.shapes.push({ id: event.id, ...spot, ...beside })
    })
  }
  private labelOf(node: Node, box: Box): Box | undefined {
    if (node.kind === 'event' || node.kind === 'data') return labelBelow(node.name, box)
    if (node.kind !== 'gateway') return undefined
    const { ports } = this.measure
    const leavesAbove = this.scope.edges.some(
      (edge) => edge.source === node.id && (ports.get(edge.id) === 'up' || this.measure.isBack(edge)),
    )
    return leavesAbove ? labelBelow(node.name, box) : labelAbove(node.name, box)
  }

  /** Right of the flow in their lane, so no flow from lane to lane runs over them. */
  private putAsidesInLanes(): Point {
    const { measure } = this
    let right = measure.right
    for (const [lane, box] of measure.laneBoxes.entries()) {
      let x = measure.right
      for (const node of this.scope.asides.filter((aside) => aside.lane === lane)) {
        const { width, height } = this.sizeOf(node)
        this.put(node, { x, y: box.y + Math.max(LANE_PADDING, (box.height - height) / 2), width, height })
        x += width + ASIDE_GAP
      }
      right = Math.max(right, x)
    }
    return { x: right, y: measure.bottom }
  }
  private putAsidesBelow(): Point {
    const { asides } = this.scope
    let { right, bottom } = this.measure
    if (asides.length === 0) return { x: right, y: bottom }
    let x = 10
    let top = bottom + 20
    bottom = top
    for (const node of asides) {
      const { width, height } = this.sizeOf(node)
      if (x > 10 && x + width > Math.max(right, ASIDE_LINE)) {
        x = 10
        top = bottom + ASIDE_GAP
      }
      this.put(node, { x, y: top, width, height })
      x += width + ASIDE_GAP
      right = Math.max(right, x)
      bottom = Math.max(bottom, top + height)
    }
    return { x: right, y: bottom + LANE_PADDING }
  }

  private putNotes(): void {
    for (const note of this.scope.notes) {
      const host = note.about === undefined ? undefined : this.boxes.get(note.about)
      const size = noteSize(note.text)
      if (!host) {
        this.shapes.push({ id: note.id, x: 10, y: 0, ...size })
        continue
      }
      const label = this.shapes.find(({ id }) => id === note.about)?.label
      const box = { x: host.x, y: host.y - size.height - 18 - (label && label.y < host.y ? label.height : 0), ...size }
      this.shapes.push({ id: note.id, ...box })
      const points = [
        { x: host.x + 12, y: host.y },
        { x: host.x + 12, y: box.y + box.height },
      ]
      if (note.associationId) this.edges.push({ id: note.associationId, points })
    }
  }

  private route(edge: Edge): Point[] {
    const { measure } = this
    const source = this.boxes.get(edge.boundaryId ?? edge.source)
    const target = this.boxes.get(edge.target)
    if (!source || !target) return []
    const end = { x: target.x, y: target.y + target.height / 2 }
    const middle = source.x + source.width / 2
    const below = source.y + source.height
    if (measure.isBack(edge)) {
      const level = measure.trackY(edge)
      const left = measure.trackX(measure.cellOf(edge.target).column - 1, `to ${edge.target}`)
      const start = { x: middle, y: edge.boundaryId === undefined ? source.y : below }
      return [start, { x: middle, y: level }, { x: left, y: level }, { x: left, y: end.y }, end]
    }
    const way = measure.grid.ways.get(edge.id) ?? []
    const [first, second] = way
    if (!first || !second) return []
    const port = measure.ports.get(edge.id)
    let height = measure.centerOf(first)
    const points: Point[] = []
    if (edge.boundaryId !== undefined || port) {
      height = edge.boundaryId === undefined ? measure.centerOf(second) : measure.trackY(edge)
      points.push({ x: middle, y: port === 'up' ? source.y : below }, { x: middle, y: height })
    } else points.push({ x: source.x + source.width, y: height })
    for (const [index, cell] of way.entries()) {
      const next = way[index + 1]
      const level = next ? measure.centerOf(next) : height
      if (!next || level === height) continue
      const x = measure.trackX(cell.column, groupOf(edge, next))
      points.push({ x, y: height }, { x, y: level })
      height = level
    }
    return [...points, end]
  }
}

/** Where the flow has left the others: beside its beginning when it goes straight on, else after its first turn. */
function flowLabel(edge: Edge, points: readonly Point[]): Box | undefined {
  const [start, next, third] = points
  if (!start || !next) return undefined
  if (start.x === next.x) return labelAt(edge.name, { x: start.x + 5, y: next.y }, FLOW_LABEL_WIDTH)
  if (!third) return labelAt(edge.name, { x: start.x + 4, y: start.y }, FLOW_LABEL_WIDTH)
  return labelAt(edge.name, { x: third.x + 4, y: third.y + (third.y > start.y ? -42 : 58) }, FLOW_LABEL_WIDTH)
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
  return { ...shape, ...moveBox(shape, by), ...(shape.label && { label: moveBox(shape.label, by) }) }
}
export function moveEdge(edge: DrawnEdge, by: Point): DrawnEdge {
  const points = edge.points.map(({ x, y }) => ({ x: x + by.x, y: y + by.y }))
  return { ...edge, points, ...(edge.label && { label: moveBox(edge.label, by) }) }
}
function moveBox({ x, y, width, height }: Box, by: Point): Box {
  return { x: x + by.x, y: y + by.y, width, height }
}
