import type { FeelValue } from '../contract.ts'
import { compareOrder } from '../value/compare.ts'
import { isList } from '../value/kind.ts'
import {
  add,
  compareNumbers,
  divide,
  equalNumbers,
  FeelDecimal,
  type FeelNumber,
  isNumber,
  multiply,
  narrow,
  toDecimal,
} from '../value/number.ts'
import { isTemporal } from '../value/temporal.ts'
import { addTemporals } from '../value/temporal-arithmetic.ts'
import { type BuiltinTable, type Signature, signature } from './signature.ts'

type List = readonly FeelValue[]

/** Takes one list, or its items as arguments. */
function overList(body: (list: List) => FeelValue): readonly Signature[] {
  return [
    signature('...list: any', ([args]: readonly [List], run) => {
      const [only] = args
      if (args.length === 0) return run.warn('The function wants a list')
      if (args.length === 1 && only === null) return null
      return body(args.length === 1 && isList(only) ? only : args)
    }),
  ]
}

function overNumbers(body: (numbers: readonly FeelNumber[]) => FeelValue): readonly Signature[] {
  return overList((list) => (list.every(isNumber) ? body(list) : null))
}

function extreme(list: List, wanted: -1 | 1): FeelValue {
  let best: FeelValue = list[0] ?? null
  for (const item of list) {
    const order = compareOrder(item, best)
    if (order === null) return null
    if (Math.sign(order) === wanted) best = item
  }
  return best
}

function sum(list: List): FeelValue {
  if (list.length === 0) return null
  return list.reduce((total, item) => {
    if (isNumber(total) && isNumber(item)) return add(total, item)
    return isTemporal(total) && isTemporal(item) ? (addTemporals(total, item) ?? null) : null
  })
}

function mean(numbers: readonly FeelNumber[]): FeelNumber | null {
  const total = sum(numbers)
  return isNumber(total) ? divide(total, numbers.length) : null
}

function sorted(numbers: readonly FeelNumber[]): FeelNumber[] {
  return [...numbers].sort(compareNumbers)
}

function median(numbers: readonly FeelNumber[]): FeelValue {
  const ordered = sorted(numbers)
  const middle = ordered.length >> 1
  if (ordered.length % 2 === 1) return ordered[middle] ?? null
  const pair = ordered.slice(middle - 1, middle + 1)
  return pair.length === 2 ? mean(pair) : null
}

/** Of a sample: divides by n - 1. */
function standardDeviation(numbers: readonly FeelNumber[]): FeelValue {
  const average = mean(numbers)
  if (average === null || numbers.length < 2) return null
  const squares = numbers.map((number) => toDecimal(number).minus(average).pow(2))
  return narrow(
    squares
      .reduce((total, square) => total.plus(square), new FeelDecimal(0))
      .div(numbers.length - 1)
      .sqrt(),
  )
}

function mode(numbers: readonly FeelNumber[]): FeelValue {
  const groups: { value: FeelNumber; count: number }[] = []
  for (const value of sorted(numbers)) {
    const last = groups.at(-1)
    if (last && equalNumbers(last.value, value)) last.count++
    else groups.push({ value, count: 1 })
  }
  const most = Math.max(...groups.map((group) => group.count))
  return groups.filter((group) => group.count === most).map((group) => group.value)
}

/** Three-valued, over a list: the decisive value wins, then the unknown. */
function quantify(list: List, decisive: boolean): boolean | null {
  if (list.includes(decisive)) return decisive
  return list.every((item) => item === !decisive) ? !decisive : null
}

export const statisticsFunctions: BuiltinTable = {
  min: overList((list) => extreme(list, -1)),
  max: overList((list) => extreme(list, 1)),
  sum: overList(sum),
  product: overNumbers((numbers) =>
    numbers.length === 0 ? null : numbers.reduce<FeelNumber | null>((a, b) => (a === null ? null : multiply(a, b)), 1),
  ),
  mean: overNumbers(mean),
  median: overNumbers(median),
  stddev: overNumbers(standardDeviation),
  mode: overNumbers(mode),
  all: overList((list) => quantify(list, false)),
  any: overList((list) => quantify(list, true)),
}
