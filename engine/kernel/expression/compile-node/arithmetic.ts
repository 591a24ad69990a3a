import type { FeelValue } from '../contract.ts'
import type { ArithmeticOperator, NodeOf } from '../syntax/node.ts'
import { kindOf } from '../value/kind.ts'
import { add, divide, type FeelNumber, isNumber, multiply, negate, power, subtract } from '../value/number.ts'
import type { Run } from '../value/run.ts'
import { DaysDuration, type FeelDuration, isTemporal, MonthsDuration } from '../value/temporal.ts'
import {
  addTemporals,
  divideDuration,
  negateDuration,
  ratioOfDurations,
  scaleDuration,
  subtractTemporals,
} from '../value/temporal-arithmetic.ts'
import { compileNode } from './compile-node.ts'
import type { Evaluator } from './frame.ts'
import type { Names } from './names.ts'

type Operation = (a: FeelValue, b: FeelValue) => FeelValue | undefined

export function compileArithmetic(node: NodeOf<'arithmetic'>, names: Names): Evaluator {
  const left = compileNode(node.left, names)
  const right = compileNode(node.right, names)
  const { operator } = node
  const onNumbers = numberOperations[operator]
  const onOthers = otherOperations[operator]
  return (frame) => {
    const a = left(frame)
    const b = right(frame)
    if (isNumber(a) && isNumber(b)) {
      const result = onNumbers(a, b)
      return result === null ? failed(operator, a, b, frame.run) : result
    }
    const result = onOthers(a, b)
    return result === undefined ? failed(operator, a, b, frame.run) : result
  }
}

const numberOperations: Readonly<Record<ArithmeticOperator, (a: FeelNumber, b: FeelNumber) => FeelNumber | null>> = {
  '+': add,
  '-': subtract,
  '*': multiply,
  '/': divide,
  '**': power,
}

const otherOperations: Readonly<Record<ArithmeticOperator, Operation>> = {
  '+': (a, b) => {
    if (typeof a === 'string' && typeof b === 'string') return a + b
    return isTemporal(a) && isTemporal(b) ? addTemporals(a, b) : undefined
  },
  '-': (a, b) => (isTemporal(a) && isTemporal(b) ? subtractTemporals(a, b) : undefined),
  '*': (a, b) => {
    if (isDuration(a) && isNumber(b)) return scaleDuration(a, b)
    return isNumber(a) && isDuration(b) ? scaleDuration(b, a) : undefined
  },
  '/': (a, b) => {
    if (!isDuration(a)) return undefined
    if (isNumber(b)) return divideDuration(a, b)
    return isDuration(b) ? ratioOfDurations(a, b) : undefined
  },
  '**': () => undefined,
}

function isDuration(value: FeelValue): value is FeelDuration {
  return value instanceof DaysDuration || value instanceof MonthsDuration
}

function failed(operator: ArithmeticOperator, a: FeelValue, b: FeelValue, run: Run): null {
  if (operator === '/' && b === 0) return run.warn('Division by zero')
  return run.warn(`Cannot compute ${kindOf(a)} ${operator} ${kindOf(b)}`)
}

export function compileNegate(node: NodeOf<'negate'>, names: Names): Evaluator {
  const operand = compileNode(node.operand, names)
  return (frame) => {
    const value = operand(frame)
    if (isNumber(value)) return negate(value)
    if (isDuration(value)) return negateDuration(value)
    return frame.run.warn(`Cannot negate a ${kindOf(value)}`)
  }
}
