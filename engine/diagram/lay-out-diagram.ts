import { BpmnModdle } from 'bpmn-moddle'
import type { DrawnEdge, DrawnShape } from './contract.ts'
import { layOutScope, moveEdge, moveShape } from './lay-out-scope.ts'
import { type Moddle, many, one, readScope } from './read-scope.ts'

const POOL_HEAD = 30
const POOL_GAP = 40
const MARGIN = 160
const BLACK_BOX_HEIGHT = 60

const NAMESPACES = {
  'http://www.omg.org/spec/BPMN/20100524/DI': 'bpmndi',
  'http://www.omg.org/spec/DD/20100524/DC': 'dc',
  'http://www.omg.org/spec/DD/20100524/DI': 'di',
} as const

/**
 * Draws a BPMN file anew: pools and lanes from top to bottom, flows from left to right, subprocesses opened. What the file says
 * otherwise stays as it is, to the letter; a diagram that is there is replaced.
 * @throws Error when the file is no BPMN, or has nothing to draw.
 */
export async function layOutDiagram(xml: string): Promise<string> {
  const { rootElement } = (await new BpmnModdle().fromXML(xml)) as unknown as { rootElement: Moddle }
  const roots = many(rootElement.rootElements)
  const processes = roots.filter(({ $type }) => $type === 'bpmn:Process')
  if (processes.length === 0) throw new Error('Expected a process to draw, but the file has none')
  const collaboration = roots.find(({ $type, participants }) => $type === 'bpmn:Collaboration' && many(participants).length > 0)
  const diagrams = collaboration ? [drawCollaboration(collaboration)] : processes.map(drawProcess)
  return withDiagrams(xml, diagrams)
}

function drawProcess(process: Moddle): Diagram {
  return { plane: process.id, ...drawPool(undefined, process, 80) }
}

function drawCollaboration(collaboration: Moddle): Diagram {
  const shapes: DrawnShape[] = []
  const edges: DrawnEdge[] = []
  let y = 80
  for (const pool of many(collaboration.participants)) {
    const process = one(pool.processRef)
    const drawn = process ? drawPool(pool, process, y) : { shapes: [blackBox(pool, y)], edges: [], height: BLACK_BOX_HEIGHT }
    shapes.push(...drawn.shapes)
    edges.push(...drawn.edges)
    y += drawn.height + POOL_GAP
  }
  const stretchedShapes = stretched(shapes)
  return { plane: collaboration.id, shapes: stretchedShapes, edges: [...edges, ...messageFlows(collaboration, stretchedShapes)] }
}

function drawPool(pool: Moddle | undefined, process: Moddle, y: number) {
  const laidOut = layOutScope(readScope(process))
  const hasLanes = laidOut.laneBoxes.some(({ id }) => id !== '')
  const head = pool ? POOL_HEAD : 0
  const inset = head + (hasLanes ? POOL_HEAD : 0) + 10
  const width = inset + laidOut.width
  const shapes: DrawnShape[] = pool ? [{ id: pool.id, x: MARGIN, y, width, height: laidOut.height, isHorizontal: true }] : []
  if (hasLanes) {
    for (const lane of laidOut.laneBoxes)
      shapes.push({ id: lane.id, x: MARGIN + head, y: y + lane.y, width: width - head, height: lane.height, isHorizontal: true })
  }
  const at = { x: MARGIN + inset, y }
  shapes.push(...laidOut.shapes.map((shape) => moveShape(shape, at)))
  return { shapes, edges: laidOut.edges.map((edge) => moveEdge(edge, at)), height: laidOut.height }
}

function blackBox(pool: Moddle, y: number): DrawnShape {
  return { id: pool.id, x: MARGIN, y, width: 600, height: BLACK_BOX_HEIGHT, isHorizontal: true }
}

/** Pools without content are as wide as the widest. */
function stretched(shapes: readonly DrawnShape[]): DrawnShape[] {
  const widest = Math.max(...shapes.map(({ width }) => width))
  return shapes.map((shape) => (shape.isHorizontal && shape.height === BLACK_BOX_HEIGHT ? { ...shape, width: widest } : shape))
}

function messageFlows(collaboration: Moddle, shapes: readonly DrawnShape[]): DrawnEdge[] {
  const boxOf = new Map(shapes.map((shape) => [shape.id, shape]))
  return many(collaboration.messageFlows).flatMap((flow) => {
    const from = boxOf.get(one(flow.sourceRef)?.id ?? '')
    const to = boxOf.get(one(flow.targetRef)?.id ?? '')
    if (!from || !to) return []
    const x = from.isHorizontal ? to.x + to.width / 2 : from.x + from.width / 2
    const isDown = from.y < to.y
    const y = (box: DrawnShape, isBottom: boolean) => (isBottom ? box.y + box.height : box.y)
    const points = [
      { x, y: y(from, isDown) },
      { x, y: y(to, !isDown) },
    ]
    return [{ id: flow.id, points }]
  })
}

interface Diagram {
  /** What the plane shows: a process or a collaboration. */
  readonly plane: string
  readonly shapes: readonly DrawnShape[]
  readonly edges: readonly DrawnEdge[]
}

/** The file with these diagrams in place of any others. */
function withDiagrams(xml: string, diagrams: readonly Diagram[]): string {
  const bare = xml.replace(/\s*<(\w+:)?BPMNDiagram[\s>][\s\S]*<\/(\w+:)?BPMNDiagram>/g, '')
  const end = bare.search(/\s*<\/(?:[\w.-]+:)?definitions>\s*$/)
  if (end < 0) throw new Error('Expected a file that ends with </definitions>')
  const prefixes = new Map<string, string>()
  let head = bare.slice(0, end)
  for (const [uri, usual] of Object.entries(NAMESPACES)) {
    const known = new RegExp(`xmlns:([\\w.-]+)="${uri.replaceAll('.', '\\.')}"`).exec(head)?.[1]
    prefixes.set(usual, known ?? usual)
    if (known === undefined) head = head.replace(/<((?:[\w.-]+:)?definitions)\b/, `<$1 xmlns:${usual}="${uri}"`)
  }
  const name = (usual: string) => prefixes.get(usual) ?? usual
  return `${head}\n${diagrams.map((diagram) => write(diagram, name)).join('\n')}${bare.slice(end)}`
}

function write({ plane, shapes, edges }: Diagram, name: (usual: string) => string): string {
  const [bpmndi, dc, di] = [name('bpmndi'), name('dc'), name('di')]
  const n = Math.round
  const bounds = (box: { x: number; y: number; width: number; height: number }) =>
    `<${dc}:Bounds x="${n(box.x)}" y="${n(box.y)}" width="${n(box.width)}" height="${n(box.height)}" />`
  const label = (box: DrawnShape['label']) => (box ? `<${bpmndi}:BPMNLabel>${bounds(box)}</${bpmndi}:BPMNLabel>` : '')
  const lines = shapes.map((shape) => {
    const flags = `${shape.isExpanded ? ' isExpanded="true"' : ''}${shape.isHorizontal ? ' isHorizontal="true"' : ''}`
    return `      <${bpmndi}:BPMNShape id="${shape.id}-di" bpmnElement="${shape.id}"${flags}>${bounds(shape)}${label(shape.label)}</${bpmndi}:BPMNShape>`
  })
  for (const edge of edges) {
    const points = edge.points.map(({ x, y }) => `<${di}:waypoint x="${n(x)}" y="${n(y)}" />`).join('')
    lines.push(`      <${bpmndi}:BPMNEdge id="${edge.id}-di" bpmnElement="${edge.id}">${points}${label(edge.label)}</${bpmndi}:BPMNEdge>`)
  }
  return [
    `  <${bpmndi}:BPMNDiagram id="${plane}-diagram">`,
    `    <${bpmndi}:BPMNPlane id="${plane}-plane" bpmnElement="${plane}">`,
    ...lines,
    `    </${bpmndi}:BPMNPlane>`,
    `  </${bpmndi}:BPMNDiagram>`,
  ].join('\n')
}
