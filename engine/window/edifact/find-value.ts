import type { MessageNode } from './check-message.ts'
import type { Condition, Leaf, Selector, Step } from './selector.ts'
import type { Segment } from './tokenize.ts'

/** A node with what is around it, outermost first. */
export interface NodeAt {
  readonly node: MessageNode
  readonly around: readonly MessageNode[]
}
/** A value and where it stands. */
export interface FoundValue {
  readonly value: string
  readonly segment: Segment
  readonly leaf: Leaf
}
/** Items of the row that conditions may name. */
export type RowText = Readonly<Record<string, unknown>>

/** Values that the selector finds, in the order of the message; empty ones are not found. */
export function findValues(selector: Selector, from: NodeAt, row: RowText = {}): readonly FoundValue[] {
  const { leaf } = selector
  if (leaf === undefined) return []
  return findSegments(selector, from, row).flatMap((segment) => {
    const value = readLeaf(segment, leaf)
    return value === '' ? [] : [{ value, segment, leaf }]
  })
}

const GROUP = /^SG\d+$/

/** Groups that the selector finds, or single segments, each as a node of its own. */
export function findNodes(selector: Selector, from: NodeAt): readonly NodeAt[] {
  const last = selector.steps.at(-1)
  if (last !== undefined && !GROUP.test(last.name)) {
    return findSegments(selector, from, {}).map((segment) => ({
      node: { id: segment.tag, segments: [segment], groups: [] },
      around: [...from.around, from.node],
    }))
  }
  return selector.steps.reduce<readonly NodeAt[]>(
    (nodes, step) => nodes.flatMap((each) => stepInto(each, step, {})),
    [startOf(selector, from)],
  )
}

/** Segments that the selector ends at. */
export function findSegments(selector: Selector, from: NodeAt, row: RowText = {}): readonly Segment[] {
  const groups = selector.steps.slice(0, -1)
  const last = selector.steps.at(-1) as Step
  const nodes = groups.reduce<readonly NodeAt[]>(
    (found, step) => found.flatMap((each) => stepInto(each, step, row)),
    [startOf(selector, from)],
  )
  return nodes.flatMap((at) => at.node.segments.filter((segment) => segment.tag === last.name && holds(last.conditions, segment, at, row)))
}

function startOf({ isFromRoot, up }: Selector, from: NodeAt): NodeAt {
  const [root] = from.around
  if (isFromRoot) return root === undefined ? from : { node: root, around: [] }
  if (up === 0) return from
  const node = from.around.at(-up)
  return node === undefined ? from : { node, around: from.around.slice(0, -up) }
}

function stepInto({ node, around }: NodeAt, step: Step, row: RowText): readonly NodeAt[] {
  return node.groups.flatMap((group) => {
    const at = { node: group, around: [...around, node] }
    const [trigger] = group.segments
    return group.id === step.name && holds(step.conditions, trigger, at, row) ? [at] : []
  })
}

function holds(conditions: readonly Condition[], segment: Segment | undefined, at: NodeAt, row: RowText): boolean {
  return conditions.every(({ left, isNegated, values }) => {
    const found =
      'steps' in left ? findValues(left, at, row).map(({ value }) => value) : segment === undefined ? [] : [readLeaf(segment, left)]
    const wanted = values.map((value) => (/^\{\w+\}$/.test(value) ? String(row[value.slice(1, -1)] ?? '') : value))
    return found.some((value) => wanted.includes(value)) !== isNegated
  })
}

function readLeaf(segment: Segment, { element, component, lastComponent }: Leaf): string {
  return (segment.elements[element - 1] ?? []).slice(component - 1, lastComponent).join('')
}
