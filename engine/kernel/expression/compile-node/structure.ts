import type { FeelValue } from '../contract.ts'
import type { NodeOf } from '../syntax/node.ts'
import { compareOrder } from '../value/compare.ts'
import { kindOf, setEntry } from '../value/kind.ts'
import { FeelRange } from '../value/range.ts'
import { compileNode } from './compile-node.ts'
import { type Evaluator, Frame } from './frame.ts'
import type { Names } from './names.ts'

export function compileList(node: NodeOf<'list'>, names: Names): Evaluator {
  const items = node.items.map((item) => compileNode(item, names))
  return (frame) => items.map((item) => item(frame))
}

/** An entry sees the entries before it; a function sees itself too, so it may recurse. */
export function compileContext(node: NodeOf<'context'>, names: Names): Evaluator {
  const keys = node.entries.map((entry) => entry.key)
  const repeated = keys.find((key, index) => keys.indexOf(key) !== index)
  if (repeated !== undefined) return (frame) => frame.run.warn(`The context has two entries '${repeated}'`)
  const entries = node.entries.map(({ key, value }, index) => {
    const visible = keys.slice(0, value.kind === 'function' ? index + 1 : index)
    return { key, evaluate: compileNode(value, { kind: 'slots', names: visible, up: names }) }
  })
  return (frame) => {
    const slots: FeelValue[] = []
    const inner = new Frame(frame.run, frame, slots)
    const context: Record<string, FeelValue> = {}
    for (const { key, evaluate } of entries) {
      const value = evaluate(inner)
      slots.push(value)
      setEntry(context, key, value)
    }
    return context
  }
}

export function compileRange(node: NodeOf<'range'>, names: Names): Evaluator {
  const start = compileNode(node.start, names)
  const end = compileNode(node.end, names)
  const { startIncluded, endIncluded } = node
  const make: Evaluator = (frame) => {
    const from = start(frame)
    const to = end(frame)
    if (from !== null && to !== null && compareOrder(from, to) === null) {
      return frame.run.warn(`No range goes from a ${kindOf(from)} to a ${kindOf(to)}`)
    }
    return new FeelRange(from, to, from !== null && startIncluded, to !== null && endIncluded)
  }
  if (node.start.kind !== 'literal' || node.end.kind !== 'literal') return make
  const constant = new FeelRange(node.start.value, node.end.value, startIncluded, endIncluded)
  return typeof node.start.value === 'number' && typeof node.end.value === 'number' ? () => constant : make
}
