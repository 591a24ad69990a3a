import { FeelDecimal, type FeelNumber, narrow, toDecimal } from './number.ts'
import {
  DaysDuration,
  daysInMonth,
  FeelDate,
  FeelDateTime,
  type FeelDuration,
  type FeelTemporal,
  FeelTime,
  MonthsDuration,
  nanosPerDay,
  nanosPerSecond,
} from './temporal.ts'
import { offsetAt, utc } from './zone.ts'

const dayNanos = BigInt(nanosPerDay)
const secondNanos = BigInt(nanosPerSecond)

function isDuration(value: FeelTemporal): value is FeelDuration {
  return value instanceof MonthsDuration || value instanceof DaysDuration
}

/** DMN 1.5 table 59: `+` where a date, time or duration takes part; undefined where FEEL has no sum. */
export function addTemporals(a: FeelTemporal, b: FeelTemporal): FeelTemporal | undefined {
  if (isDuration(a) && isDuration(b)) {
    if (a instanceof MonthsDuration) return b instanceof MonthsDuration ? new MonthsDuration(a.months + b.months) : undefined
    return b instanceof DaysDuration ? new DaysDuration(a.nanos + b.nanos) : undefined
  }
  if (isDuration(b)) return isDuration(a) ? undefined : shift(a, b)
  return isDuration(a) ? shift(b, a) : undefined
}

export function negateDuration(value: FeelDuration): FeelDuration {
  return value instanceof MonthsDuration ? new MonthsDuration(0 - value.months) : new DaysDuration(-value.nanos)
}

export function subtractTemporals(a: FeelTemporal, b: FeelTemporal): FeelTemporal | undefined {
  if (isDuration(b)) return addTemporals(a, negateDuration(b))
  if (a instanceof FeelTime && b instanceof FeelTime) {
    if ((a.zone === undefined) !== (b.zone === undefined)) return undefined
    return new DaysDuration(BigInt(a.nanos - b.nanos) - BigInt((a.offset ?? 0) - (b.offset ?? 0)) * secondNanos)
  }
  const left = asDateTime(a, b)
  const right = asDateTime(b, a)
  if (!left || !right || (left.zone === undefined) !== (right.zone === undefined)) return undefined
  return new DaysDuration(instantNanos(left) - instantNanos(right))
}

/** A date beside a zoned date and time counts as midnight UTC. */
function asDateTime(value: FeelTemporal, beside: FeelTemporal): FeelDateTime | undefined {
  if (value instanceof FeelDateTime) return value
  if (!(value instanceof FeelDate)) return undefined
  return new FeelDateTime(value, beside instanceof FeelDateTime && beside.zone ? new FeelTime(0, utc) : new FeelTime(0))
}

/** Nanoseconds since 1970 in UTC; of a zoneless value, on its own clock. */
export function instantNanos(value: FeelDateTime): bigint {
  return localNanos(value) - BigInt(value.offset ?? 0) * secondNanos
}

function localNanos(value: FeelDateTime): bigint {
  return BigInt(value.date.epochDay) * dayNanos + BigInt(value.time.nanos)
}

function shift(value: FeelDate | FeelTime | FeelDateTime, by: FeelDuration): FeelTemporal | undefined {
  if (value instanceof FeelTime) {
    if (by instanceof MonthsDuration) return undefined
    return new FeelTime(Number(floorMod(BigInt(value.nanos) + by.nanos, dayNanos)), value.zone)
  }
  if (by instanceof MonthsDuration) {
    if (value instanceof FeelDate) return addMonths(value, by.months)
    const date = addMonths(value.date, by.months)
    return date && new FeelDateTime(date, value.time)
  }
  if (value instanceof FeelDate) return dateOfNanos(BigInt(value.epochDay) * dayNanos + by.nanos)
  const zone = value.zone
  if (!zone || zone.offset !== undefined) return dateTimeOfNanos(localNanos(value) + by.nanos, value)
  // hours in a named zone are elapsed hours, whatever its clock does between
  const instant = instantNanos(value) + by.nanos
  const offset = offsetAt(zone, Number(floorDiv(instant, secondNanos)))
  return dateTimeOfNanos(instant + BigInt(offset) * secondNanos, value)
}

function dateOfNanos(nanos: bigint): FeelDate | undefined {
  return FeelDate.ofEpochDay(Number(floorDiv(nanos, dayNanos)))
}

function dateTimeOfNanos(nanos: bigint, like: FeelDateTime): FeelDateTime | undefined {
  const date = dateOfNanos(nanos)
  return date && new FeelDateTime(date, new FeelTime(Number(floorMod(nanos, dayNanos)), like.zone))
}

/** The 31st becomes the last day of a shorter month. */
export function addMonths(date: FeelDate, months: number): FeelDate | undefined {
  const total = date.year * 12 + (date.month - 1) + months
  const year = Math.floor(total / 12)
  const month = total - year * 12 + 1
  return FeelDate.of(year, month, Math.min(date.day, daysInMonth(year, month)))
}

function floorDiv(a: bigint, b: bigint): bigint {
  const quotient = a / b
  return a % b < 0n ? quotient - 1n : quotient
}

function floorMod(a: bigint, b: bigint): bigint {
  return ((a % b) + b) % b
}

export function scaleDuration(value: FeelDuration, factor: FeelNumber): FeelDuration | undefined {
  if (value instanceof MonthsDuration) {
    const months = toDecimal(factor).times(value.months).trunc().toNumber()
    return Number.isSafeInteger(months) ? new MonthsDuration(months + 0) : undefined
  }
  const nanos = toDecimal(factor).times(value.nanos.toString()).trunc()
  return nanos.isFinite() ? new DaysDuration(BigInt(nanos.toFixed(0))) : undefined
}

export function divideDuration(value: FeelDuration, divisor: FeelNumber): FeelDuration | undefined {
  if (divisor === 0) return undefined
  if (value instanceof MonthsDuration) {
    const months = new FeelDecimal(value.months).div(divisor).trunc().toNumber()
    return new MonthsDuration(months + 0)
  }
  return new DaysDuration(BigInt(new FeelDecimal(value.nanos.toString()).div(divisor).trunc().toFixed(0)))
}

/** How often one duration holds the other. */
export function ratioOfDurations(a: FeelDuration, b: FeelDuration): FeelNumber | null | undefined {
  if (a instanceof MonthsDuration) {
    if (!(b instanceof MonthsDuration) || b.months === 0) return undefined
    return narrow(new FeelDecimal(a.months).div(b.months))
  }
  if (!(b instanceof DaysDuration) || b.nanos === 0n) return undefined
  return narrow(new FeelDecimal(a.nanos.toString()).div(b.nanos.toString()))
}

/** Whole months between two dates, negative when the second is earlier. */
export function monthsBetween(from: FeelDate, to: FeelDate): number {
  const months = (to.year - from.year) * 12 + to.month - from.month
  if (months > 0 && to.day < from.day) return months - 1
  if (months < 0 && to.day > from.day) return months + 1
  return months
}
