import type { FeelValue } from '../contract.ts'
import type { FeelNode, NodeOf } from '../syntax/node.ts'
import { compareOrder, equal, inRange } from '../value/compare.ts'
import { isList, kindOf } from '../value/kind.ts'
import { FeelRange } from '../value/range.ts'
import type { Run } from '../value/run.ts'
import { compileNode } from './compile-node.ts'
import type { Evaluator } from './frame.ts'
import type { Names } from './names.ts'

type OrderTest = (order: number) => boolean

const orderTests: Readonly<Record<'<' | '<=' | '>' | '>=', OrderTest>> = {
  '<': (order) => order < 0,
  '<=': (order) => order <= 0,
  '>': (order) => order > 0,
  '>=': (order) => order >= 0,
}

export function compileCompare(node: NodeOf<'compare'>, names: Names): Evaluator {
  const left = compileNode(node.left, names)
  const right = compileNode(node.right, names)
  switch (node.operator) {
    case '=':
      return (frame) => equal(left(frame), right(frame), frame.run.env.zone)
    case '!=':
      return (frame) => {
        const same = equal(left(frame), right(frame), frame.run.env.zone)
        return same === null ? null : !same
      }
    default:
      return ordered(left, right, node.operator)
  }
}

function ordered(left: Evaluator, right: Evaluator, operator: '<' | '<=' | '>' | '>='): Evaluator {
  const test = orderTests[operator]
  return (frame) => {
    const a = left(frame)
    const b = right(frame)
    const order = compareOrder(a, b, frame.run.env.zone)
    return order === null ? incomparable(a, b, frame.run) : test(order)
  }
}

function incomparable(a: FeelValue, b: FeelValue, run: Run): null {
  if (a === null || b === null || a === undefined || b === undefined) return run.warn('A comparison with null is null')
  const kind = kindOf(a)
  const zoned = kind === kindOf(b) && (kind === 'time' || kind === 'date and time')
  return run.warn(
    zoned ? `Cannot compare a ${kind} that has a time zone with one that has none` : `Cannot compare a ${kind} with a ${kindOf(b)}`,
  )
}

export function compileBetween(node: NodeOf<'between'>, names: Names): Evaluator {
  const value = compileNode(node.value, names)
  const low = compileNode(node.low, names)
  const high = compileNode(node.high, names)
  return (frame) => {
    const at = value(frame)
    const from = low(frame)
    const to = high(frame)
    const above = compareOrder(at, from, frame.run.env.zone)
    const below = compareOrder(at, to, frame.run.env.zone)
    if (above === null) return incomparable(at, from, frame.run)
    if (below === null) return incomparable(at, to, frame.run)
    return above >= 0 && below <= 0
  }
}

/** `x in test` and `x in (test, test)`: one test that holds is enough (DMN 1.5 table 55). */
export function compileIn(node: NodeOf<'in'>, names: Names): Evaluator {
  const value = compileNode(node.value, names)
  const tests = node.tests.map((test) => compileTest(test, names))
  return (frame) => {
    const at = value(frame)
    let unknown = false
    for (const test of tests) {
      const holds = test(at, frame)
      if (holds === true) return true
      if (holds === null) unknown = true
    }
    return unknown ? null : false
  }
}

/** Whether a value passes a test. */
export type Test = (value: FeelValue, frame: Parameters<Evaluator>[0]) => boolean | null

/** A test of `in`, of a filter or of a cell: `> 3` compares, a range and a list contain, anything else equals. */
export function compileTest(node: FeelNode, names: Names): Test {
  if (node.kind === 'unary') return compileUnaryTest(node, names)
  if (node.kind === 'any') return () => true
  const operand = compileNode(node, names)
  return (value, frame) => passes(value, operand(frame), frame.run.env.zone)
}

function compileUnaryTest(node: NodeOf<'unary'>, names: Names): Test {
  const operand = compileNode(node.operand, names)
  const { operator } = node
  if (operator === '=') return (value, frame) => equal(value, operand(frame), frame.run.env.zone)
  if (operator === '!=') {
    return (value, frame) => {
      const same = equal(value, operand(frame), frame.run.env.zone)
      return same === null ? null : !same
    }
  }
  const test = orderTests[operator]
  return (value, frame) => {
    const order = compareOrder(value, operand(frame), frame.run.env.zone)
    return order === null ? null : test(order)
  }
}

export function passes(value: FeelValue, expected: FeelValue, zone: string): boolean | null {
  if (expected instanceof FeelRange) {
    return value instanceof FeelRange ? equal(value, expected) : inRange(expected, value, zone)
  }
  if (isList(expected)) {
    if (isList(value) && equal(value, expected) === true) return true
    return expected.some((item) => (item instanceof FeelRange ? inRange(item, value, zone) : equal(value, item, zone)) === true)
  }
  return equal(value, expected, zone)
}

/** `> 3` as a value: a range open at one end (DMN 1.5 §10.3.2.7). */
export function compileUnary(node: NodeOf<'unary'>, names: Names): Evaluator {
  const operand = compileNode(node.operand, names)
  const { operator } = node
  return (frame) => {
    const bound = operand(frame)
    switch (operator) {
      case '>':
        return new FeelRange(bound, undefined, false, false)
      case '>=':
        return new FeelRange(bound, undefined, true, false)
      case '<':
        return new FeelRange(undefined, bound, false, false)
      case '<=':
        return new FeelRange(undefined, bound, false, true)
      case '=':
        return new FeelRange(bound, bound, true, true)
      default:
        return frame.run.warn('`!=` without a left side is no range')
    }
  }
}
