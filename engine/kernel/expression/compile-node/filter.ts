import type { FeelValue } from '../contract.ts'
import type { FeelNode, NodeOf } from '../syntax/node.ts'
import { isList } from '../value/kind.ts'
import { isNumber, toInteger } from '../value/number.ts'
import { compileTest } from './comparison.ts'
import { compileNode } from './compile-node.ts'
import { type Evaluator, Frame } from './frame.ts'
import type { Names } from './names.ts'

/** DMN 1.5 §10.3.2.5: a number picks one element, a condition keeps those for which it is true. */
export function compileFilter(node: NodeOf<'filter'>, names: Names): Evaluator {
  const target = compileNode(node.target, names)
  const { condition } = node
  if (condition.kind === 'literal' && isNumber(condition.value)) {
    const position = toInteger(condition.value)
    return (frame) => elementAt(asList(target(frame)), position)
  }
  const inner: Names = { kind: 'filter', up: names }
  if (condition.kind === 'unary' || condition.kind === 'range') {
    const test = compileTest(condition, inner)
    return (frame) => asList(target(frame)).filter((item) => test(item, new Frame(frame.run, frame, [item])) === true)
  }
  const evaluate = compileNode(condition, inner)
  if (isCondition(condition)) return (frame) => keep(asList(target(frame)), evaluate, frame)
  return (frame) => {
    const list = asList(target(frame))
    const first = evaluate(new Frame(frame.run, frame, [list[0] ?? null]))
    return isNumber(first) ? elementAt(list, toInteger(first)) : keep(list, evaluate, frame)
  }
}

/** Conditions that can never be a position, so they need no look at the first element. */
function isCondition(node: FeelNode): boolean {
  return ['compare', 'and', 'or', 'in', 'between', 'some', 'every', 'instance-of'].includes(node.kind)
}

function asList(value: FeelValue): readonly FeelValue[] {
  if (isList(value)) return value
  return value === null ? [] : [value]
}

function elementAt(list: readonly FeelValue[], position: number): FeelValue {
  return list.at(position > 0 ? position - 1 : position === 0 ? list.length : position) ?? null
}

function keep(list: readonly FeelValue[], condition: Evaluator, frame: Frame): FeelValue {
  return list.filter((item) => condition(new Frame(frame.run, frame, [item])) === true)
}
