import type { ProcessBuilder } from './process-builder.ts'

interface Box {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** The least diagram of a process: boxes from left to right in the order of writing, straight edges between them. */
export function diagramXml(process: ProcessBuilder): string {
  const boxes = new Map<string, Box>()
  const parts: string[] = []
  place(process, 100, 100, boxes)
  for (const [id, box] of boxes) {
    const bounds = `<dc:Bounds x="${box.x}" y="${box.y}" width="${box.width}" height="${box.height}" />`
    parts.push(`<bpmndi:BPMNShape id="${id}_di" bpmnElement="${id}">${bounds}</bpmndi:BPMNShape>`)
  }
  edges(process, boxes, parts)
  return `<bpmndi:BPMNDiagram id="${process.id}_diagram"><bpmndi:BPMNPlane id="${process.id}_plane" bpmnElement="${process.id}">
${parts.join('\n')}
</bpmndi:BPMNPlane></bpmndi:BPMNDiagram>
`
}

export function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}

function place(
  scope: ProcessBuilder,
  left: number,
  top: number,
  boxes: Map<string, Box>,
): { readonly width: number; readonly height: number } {
  let x = left
  let bottom = top + 80
  for (const element of scope.elements) {
    const host = element.attachedTo === undefined ? undefined : boxes.get(element.attachedTo)
    if (host) {
      boxes.set(element.id, { x: host.x + host.width / 2, y: host.y + host.height - 18, width: 36, height: 36 })
      continue
    }
    const box = { x, y: top, ...sizeOf(element.tag) }
    boxes.set(element.id, box)
    if (element.inner) {
      const inner = place(element.inner, x + 40, top + 40, boxes)
      boxes.set(element.id, { ...box, width: inner.width + 80, height: inner.height + 80 })
    }
    const placed = boxes.get(element.id) ?? box
    x += placed.width + 60
    bottom = Math.max(bottom, top + placed.height)
  }
  return { width: Math.max(x - left - 60, 100), height: bottom - top }
}

function sizeOf(tag: string): { readonly width: number; readonly height: number } {
  if (tag.endsWith('Event')) return { width: 36, height: 36 }
  if (tag.endsWith('Gateway')) return { width: 50, height: 50 }
  return { width: 100, height: 80 }
}

function edges(scope: ProcessBuilder, boxes: ReadonlyMap<string, Box>, parts: string[]): void {
  for (const flow of scope.flows) {
    const source = boxes.get(flow.source)
    const target = boxes.get(flow.target)
    if (!source || !target) continue
    const from = `<di:waypoint x="${source.x + source.width}" y="${source.y + source.height / 2}" />`
    const to = `<di:waypoint x="${target.x}" y="${target.y + target.height / 2}" />`
    parts.push(`<bpmndi:BPMNEdge id="${flow.id}_di" bpmnElement="${flow.id}">${from}${to}</bpmndi:BPMNEdge>`)
  }
  for (const element of scope.elements) if (element.inner) edges(element.inner, boxes, parts)
}
