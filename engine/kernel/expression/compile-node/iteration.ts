import type { FeelValue } from '../contract.ts'
import type { Iterator, NodeOf } from '../syntax/node.ts'
import { compareOrder } from '../value/compare.ts'
import { isList, kindOf } from '../value/kind.ts'
import { isInteger, isNumber, toInteger } from '../value/number.ts'
import { FeelRange } from '../value/range.ts'
import type { Run } from '../value/run.ts'
import { FeelDate } from '../value/temporal.ts'
import { compileNode } from './compile-node.ts'
import { type Evaluator, Frame } from './frame.ts'
import type { Names } from './names.ts'

/** Ends loops over absurd ranges before they stop the engine. */
const mostIterations = 1_000_000

interface Source {
  readonly name: string
  readonly items: (frame: Frame) => readonly FeelValue[] | null
}

/** Each iterator sees the ones before it. Returns the sources and the names their body sees. */
function compileSources(iterators: readonly Iterator[], names: Names): { readonly sources: readonly Source[]; readonly inner: Names } {
  let inner = names
  const sources = iterators.map((iterator) => {
    const from = compileNode(iterator.from, inner)
    const to = iterator.to && compileNode(iterator.to, inner)
    inner = { kind: 'slots', names: [iterator.name], up: inner }
    const items = to
      ? (frame: Frame) => between(from(frame), to(frame), true, true, frame.run)
      : (frame: Frame) => itemsOf(from(frame), frame.run)
    return { name: iterator.name, items }
  })
  return { sources, inner }
}

function itemsOf(value: FeelValue, run: Run): readonly FeelValue[] | null {
  if (isList(value)) return value
  if (value instanceof FeelRange && (compareOrder(value.start, value.end) ?? 0) > 0)
    return run.warn('Nothing to iterate: the range ends before it starts')
  if (value instanceof FeelRange) return between(value.start, value.end, value.startIncluded, value.endIncluded, run)
  if (value === null) return run.warn('Nothing to iterate: the list is null')
  return [value]
}

/** Integers or days from one end to the other, downwards when the end is smaller. */
function between(from: FeelValue, to: FeelValue, fromIncluded: boolean, toIncluded: boolean, run: Run): readonly FeelValue[] | null {
  let ends: readonly [number, number] | undefined
  const dates = from instanceof FeelDate && to instanceof FeelDate
  if (dates) ends = [from.epochDay, to.epochDay]
  else if (isNumber(from) && isNumber(to) && isInteger(from) && isInteger(to)) ends = [toInteger(from), toInteger(to)]
  if (!ends) return run.warn(`Cannot iterate from a ${kindOf(from)} to a ${kindOf(to)}: both must be whole numbers, or dates`)
  const step = ends[0] <= ends[1] ? 1 : -1
  const first = fromIncluded ? ends[0] : ends[0] + step
  const last = toIncluded ? ends[1] : ends[1] - step
  if (Math.abs(last - first) >= mostIterations) return run.warn(`A range of more than ${mostIterations} steps cannot be iterated`)
  const items: FeelValue[] = []
  for (let at = first; step > 0 ? at <= last : at >= last; at += step) items.push(dates ? (FeelDate.ofEpochDay(at) ?? null) : at)
  return items
}

/** Walks all combinations, last iterator fastest, until `visit` answers false. Null when a source is no list. */
function walk(sources: readonly Source[], frame: Frame, visit: (frame: Frame) => boolean, at = 0): boolean | null {
  const source = sources[at]
  if (!source) return visit(frame)
  const items = source.items(frame)
  if (!items) return null
  for (const item of items) {
    const more = walk(sources, new Frame(frame.run, frame, [item]), visit, at + 1)
    if (more !== true) return more
  }
  return true
}

/** `partial` holds the results so far (DMN 1.5 §10.3.2.14). */
export function compileFor(node: NodeOf<'for'>, names: Names): Evaluator {
  const withPartial: Names = { kind: 'slots', names: ['partial'], up: names }
  const { sources, inner } = compileSources(node.iterators, withPartial)
  const body = compileNode(node.body, inner)
  const wantsPartial = mentions(node.body, 'partial')
  return (frame) => {
    const results: FeelValue[] = []
    const outer = new Frame(frame.run, frame, [[]])
    const done = walk(sources, outer, (each) => {
      if (wantsPartial) outer.slots[0] = results.slice()
      results.push(body(each))
      return results.length < mostIterations
    })
    if (done === null) return null
    return done ? results : frame.run.warn(`A loop of more than ${mostIterations} steps was ended`)
  }
}

/** Whether a variable of that name stands anywhere in a node. */
function mentions(node: unknown, name: string): boolean {
  if (Array.isArray(node)) return node.some((part) => mentions(part, name))
  if (typeof node !== 'object' || node === null) return false
  if ('kind' in node && node.kind === 'variable' && 'names' in node && Array.isArray(node.names)) return node.names.includes(name)
  return Object.values(node).some((part) => mentions(part, name))
}

export function compileQuantified(node: NodeOf<'some' | 'every'>, names: Names): Evaluator {
  const { sources, inner } = compileSources(node.iterators, names)
  const test = compileNode(node.test, inner)
  const decisive = node.kind === 'some'
  return (frame) => {
    let unknown = false
    const ended = walk(sources, frame, (each) => {
      const holds = test(each)
      if (holds === decisive) return false
      if (holds !== !decisive) unknown = true
      return true
    })
    if (ended === false) return decisive
    return ended === null || unknown ? null : !decisive
  }
}
