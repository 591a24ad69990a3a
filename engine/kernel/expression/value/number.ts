import { Decimal } from 'decimal.js'

/** DMN 1.5 §10.3.2.3.1: 34 digits, half even. */
export const FeelDecimal = Decimal.clone({ precision: 34, rounding: Decimal.ROUND_HALF_EVEN, maxE: 6144, minE: -6143 })

/**
 * A decimal. A JS number stands for the decimal its shortest text names (0.1 is exactly one tenth); a Decimal stands
 * only for values no JS number names. So equal numbers have one form, and `===` decides between two JS numbers.
 */
export type FeelNumber = number | Decimal

export function isNumber(value: unknown): value is FeelNumber {
  return typeof value === 'number' || value instanceof FeelDecimal
}

export function isDecimal(value: unknown): value is Decimal {
  return value instanceof FeelDecimal
}

/** The one form of a decimal; null when it is not a finite number. */
export function narrow(value: Decimal): FeelNumber | null {
  if (!value.isFinite()) return null
  const double = value.toNumber()
  if (!Number.isFinite(double)) return value
  if (double === 0) return value.isZero() ? 0 : value
  return value.eq(double) ? double : value
}

export function toDecimal(value: FeelNumber): Decimal {
  return new FeelDecimal(value)
}

export function numberFromText(text: string): number | Decimal {
  // up to 15 digits a double names the decimal
  if (text.length <= 15) return Number(text) || 0
  return narrow(new FeelDecimal(text)) ?? 0
}

/** `value` times a power of ten when that is a safe integer and nothing is lost; NaN otherwise. */
function scaledBy(value: number, factor: number): number {
  const scaled = Math.round(value * factor)
  return Math.abs(scaled) < 1e15 && scaled / factor === value ? scaled : Number.NaN
}

const safe = Number.MAX_SAFE_INTEGER

export function add(a: FeelNumber, b: FeelNumber): FeelNumber | null {
  if (typeof a === 'number' && typeof b === 'number') {
    const sum = a + b
    if (Number.isInteger(a) && Number.isInteger(b) && sum <= safe && sum >= -safe) return sum
    const scaled = scaledBy(a, 1e6) + scaledBy(b, 1e6)
    if (scaled < 1e15 && scaled > -1e15) return scaled / 1e6
  }
  return narrow(toDecimal(a).plus(b))
}

export function negate(a: FeelNumber): FeelNumber {
  return typeof a === 'number' ? 0 - a : (narrow(a.negated()) ?? 0)
}

export function subtract(a: FeelNumber, b: FeelNumber): FeelNumber | null {
  return add(a, negate(b))
}

export function multiply(a: FeelNumber, b: FeelNumber): FeelNumber | null {
  if (typeof a === 'number' && typeof b === 'number') {
    const product = a * b
    if (Number.isInteger(a) && Number.isInteger(b) && product <= safe && product >= -safe) return product === 0 ? 0 : product
    const scaled = scaledBy(a, 1e4) * scaledBy(b, 1e4)
    if (scaled < 1e15 && scaled > -1e15) return scaled / 1e8 + 0
  }
  return narrow(toDecimal(a).times(b))
}

/** Null for a zero divisor. */
export function divide(a: FeelNumber, b: FeelNumber): FeelNumber | null {
  if (b === 0) return null
  if (typeof a === 'number' && typeof b === 'number' && Number.isSafeInteger(a) && Number.isSafeInteger(b) && a % b === 0) return a / b + 0
  return narrow(toDecimal(a).div(b))
}

export function power(a: FeelNumber, b: FeelNumber): FeelNumber | null {
  return narrow(toDecimal(a).pow(b))
}

/** Negative, zero or positive. */
export function compareNumbers(a: FeelNumber, b: FeelNumber): number {
  if (typeof a === 'number' && typeof b === 'number') return a < b ? -1 : a > b ? 1 : 0
  return toDecimal(a).cmp(b)
}

export function equalNumbers(a: FeelNumber, b: FeelNumber): boolean {
  return a === b || compareNumbers(a, b) === 0
}

export function isInteger(value: FeelNumber): boolean {
  return typeof value === 'number' ? Number.isInteger(value) : value.isInteger()
}

/** Truncated to a JS integer; for positions, lengths and scales. */
export function toInteger(value: FeelNumber): number {
  return Math.trunc(toJsNumber(value))
}

export function toJsNumber(value: FeelNumber): number {
  return typeof value === 'number' ? value : value.toNumber()
}

export type Rounding = 'up' | 'down' | 'half-up' | 'half-down' | 'half-even' | 'floor' | 'ceiling'

const modes: Readonly<Record<Rounding, Decimal.Rounding>> = {
  up: Decimal.ROUND_UP,
  down: Decimal.ROUND_DOWN,
  'half-up': Decimal.ROUND_HALF_UP,
  'half-down': Decimal.ROUND_HALF_DOWN,
  'half-even': Decimal.ROUND_HALF_EVEN,
  floor: Decimal.ROUND_FLOOR,
  ceiling: Decimal.ROUND_CEIL,
}

/** Rounds to `scale` decimal places; a negative scale rounds to tens, hundreds … */
export function roundTo(value: FeelNumber, scale: number, rounding: Rounding): FeelNumber | null {
  if (typeof value === 'number' && Number.isInteger(value) && scale >= 0) return value
  const decimal = toDecimal(value)
  if (scale >= 0) return narrow(decimal.toDecimalPlaces(scale, modes[rounding]))
  const unit = new FeelDecimal(10).pow(-scale)
  return narrow(decimal.div(unit).toDecimalPlaces(0, modes[rounding]).times(unit))
}

/** Plain digits, no exponent. */
export function numberText(value: FeelNumber): string {
  if (typeof value === 'number' && Math.abs(value) < 1e21 && (value === 0 || Math.abs(value) >= 1e-6)) return String(value)
  return toDecimal(value).toFixed()
}
