import type { Node } from './contract.ts'
import { textSize } from './label.ts'

export const BOUNDARY = 36
export const SCOPE_PADDING = 30
/** How far the boundary events of one host stand apart. */
const BOUNDARY_STEP = 44

export interface Size {
  readonly width: number
  readonly height: number
}

export function sizeOfNode(node: Node, inner: Size | undefined): Size {
  if (inner) return { width: Math.max(inner.width + 2 * SCOPE_PADDING, 160), height: Math.max(inner.height + 2 * SCOPE_PADDING, 110) }
  if (node.kind === 'event') return { width: 36, height: 36 }
  if (node.kind === 'gateway') return { width: 50, height: 50 }
  if (node.kind === 'data') return { width: 36, height: 50 }
  return { width: Math.max(110, node.boundary.length * BOUNDARY_STEP + 12), height: 80 }
}
/** What is written beside the shape and not in it needs room of its own. */
export function hasOuterLabel(node: Node): boolean {
  return node.kind === 'event' || node.kind === 'gateway' || node.kind === 'data'
}
export function roomAbove(node: Node, notes: readonly string[]): number {
  const label = node.kind === 'gateway' ? textSize(node.name).height + 4 : 0
  return label + notes.reduce((sum, text) => sum + noteSize(text).height + 18, 0)
}
export function roomBelow(node: Node): number {
  const label = node.kind === 'event' || node.kind === 'data' ? textSize(node.name).height + 4 : 0
  const boundary = node.boundary.map(({ name }) => Math.max(BOUNDARY / 2, 4 + textSize(name, 72).height))
  return Math.max(label, 0, ...boundary)
}
export function noteSize(text: string): Size {
  return { width: 180, height: textSize(text, 170).height + 12 }
}
/** Left edges of the boundary events of a host, from its right corner inwards. */
export function boundaryLefts(host: { readonly x: number; readonly width: number }, count: number): number[] {
  const step = Math.min(BOUNDARY_STEP, host.width / (count + 1))
  return Array.from({ length: count }, (_, index) => host.x + host.width - step * (count - index) - BOUNDARY / 2 + (count === 1 ? 0 : 4))
}
