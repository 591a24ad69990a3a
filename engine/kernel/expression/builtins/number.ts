import type { FeelValue } from '../contract.ts'
import {
  divide,
  type FeelNumber,
  isInteger,
  isNumber,
  multiply,
  narrow,
  negate,
  type Rounding,
  roundTo,
  subtract,
  toDecimal,
  toInteger,
} from '../value/number.ts'
import type { Run } from '../value/run.ts'
import { DaysDuration, type FeelDuration, MonthsDuration } from '../value/temporal.ts'
import { type BuiltinTable, type Signature, signature } from './signature.ts'

/** DMN 1.5 table 77: scales lie between -6111 and 6176. */
function rounding(mode: Rounding): readonly Signature[] {
  return [
    signature('n: number, scale?: number', ([n, scale = 0]: readonly [FeelNumber, FeelNumber?], run: Run) => {
      const places = toInteger(scale)
      if (places < -6111 || places > 6176) return run.warn(`The scale ${places} is not between -6111 and 6176`)
      return roundTo(n, places, mode)
    }),
  ]
}

/** The result has the sign of the divisor. */
function modulo([dividend, divisor]: readonly [FeelNumber, FeelNumber], run: Run): FeelValue {
  if (divisor === 0) return run.warn('Division by zero')
  if (typeof dividend === 'number' && typeof divisor === 'number' && Number.isSafeInteger(dividend) && Number.isSafeInteger(divisor)) {
    const rest = dividend % divisor
    return rest !== 0 && rest < 0 !== divisor < 0 ? rest + divisor : rest + 0
  }
  const quotient = divide(dividend, divisor)
  const whole = quotient === null ? null : roundTo(quotient, 0, 'floor')
  const part = whole === null ? null : multiply(divisor, whole)
  return part === null ? null : subtract(dividend, part)
}

function absolute([n]: readonly [FeelNumber | FeelDuration]): FeelValue {
  if (n instanceof MonthsDuration) return new MonthsDuration(Math.abs(n.months))
  if (n instanceof DaysDuration) return new DaysDuration(n.nanos < 0n ? -n.nanos : n.nanos)
  return isNumber(n) && toDecimal(n).isNegative() ? negate(n) : n
}

function parity([n]: readonly [FeelNumber]): boolean | null {
  return isInteger(n) ? toDecimal(n).mod(2).isZero() : null
}

/** DMN 1.5 §10.3.4.5. */
export const numberFunctions: BuiltinTable = {
  decimal: rounding('half-even'),
  floor: rounding('floor'),
  ceiling: rounding('ceiling'),
  'round up': rounding('up'),
  'round down': rounding('down'),
  'round half up': rounding('half-up'),
  'round half down': rounding('half-down'),
  abs: [signature('n: number|duration', absolute)],
  modulo: [signature('dividend: number, divisor: number', modulo)],
  sqrt: [signature('number: number', ([n]: readonly [FeelNumber]) => narrow(toDecimal(n).sqrt()))],
  log: [signature('number: number', ([n]: readonly [FeelNumber]) => narrow(toDecimal(n).ln()))],
  exp: [signature('number: number', ([n]: readonly [FeelNumber]) => narrow(toDecimal(n).exp()))],
  even: [signature('number: number', parity)],
  odd: [
    signature('number: number', (args: readonly [FeelNumber]) => {
      const even = parity(args)
      return even === null ? null : !even
    }),
  ],
}
