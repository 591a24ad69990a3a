import type { FeelValue } from '../contract.ts'
import { entryOf, type FeelContext, isList, kindOf } from './kind.ts'
import { compareNumbers, equalNumbers, type FeelNumber, isNumber } from './number.ts'
import { FeelRange } from './range.ts'
import { DaysDuration, FeelDate, FeelDateTime, FeelTime, MonthsDuration, nanosPerDay, nanosPerSecond } from './temporal.ts'
import { namedZone, offsetAtLocal, type Zone } from './zone.ts'

/**
 * DMN 1.5 §10.3.2.13.1. Null when the two are of different kinds.
 *
 * @param zone where a date-time without zone is meant when it meets one with a zone; without it the two are not equal
 */
export function equal(a: FeelValue, b: FeelValue, zone?: string): boolean | null {
  if (a === b) return true
  if (a === null || a === undefined || b === null || b === undefined) return (a ?? null) === (b ?? null)
  if (isNumber(a)) return isNumber(b) ? equalNumbers(a, b) : null
  if (typeof a !== 'object') return typeof a === typeof b ? false : null
  if (isList(a)) return isList(b) ? equalLists(a, b) : null
  const kind = kindOf(a)
  if (kind !== kindOf(b)) return null
  switch (kind) {
    case 'context':
      return equalContexts(a as FeelContext, b as FeelContext)
    case 'range':
      return equalRanges(a as FeelRange, b as FeelRange)
    case 'function':
      return false
    default: {
      const order = compareOrder(a, b, zone)
      return order === null ? false : order === 0
    }
  }
}

function equalLists(a: readonly FeelValue[], b: readonly FeelValue[]): boolean | null {
  if (a.length !== b.length) return false
  return a.every((item, index) => equal(item, b[index]) === true)
}

function equalContexts(a: FeelContext, b: FeelContext): boolean | null {
  const keys = Object.keys(a)
  if (keys.length !== Object.keys(b).length) return false
  return keys.every((key) => Object.hasOwn(b, key) && equal(entryOf(a, key) ?? null, entryOf(b, key) ?? null) === true)
}

function equalRanges(a: FeelRange, b: FeelRange): boolean {
  return a.startIncluded === b.startIncluded && a.endIncluded === b.endIncluded && equalEnds(a.start, b.start) && equalEnds(a.end, b.end)
}

/** An end that lies at infinity is not one that is null. */
function equalEnds(a: FeelValue | undefined, b: FeelValue | undefined): boolean {
  return (a === undefined) === (b === undefined) && equal(a, b) === true
}

/**
 * Negative, zero or positive; null when the two have no order (null, different kinds, a time with and one without zone).
 *
 * @param zone where a date-time without zone is meant when it meets one with a zone; without it the two have no order
 */
export function compareOrder(a: FeelValue, b: FeelValue, zone?: string): number | null {
  if (typeof a === 'number' && typeof b === 'number') return a < b ? -1 : a > b ? 1 : 0
  if (typeof a === 'string') return typeof b === 'string' ? compareTexts(a, b) : null
  if (isNumber(a)) return isNumber(b) ? compareNumbers(a, b as FeelNumber) : null
  if (a instanceof FeelDate) return b instanceof FeelDate ? a.epochDay - b.epochDay : null
  if (a instanceof FeelDateTime) return b instanceof FeelDateTime ? compareDateTimes(a, b, zone) : null
  if (a instanceof FeelTime) return b instanceof FeelTime ? compareTimes(a, b) : null
  if (a instanceof DaysDuration) return b instanceof DaysDuration ? sign(a.nanos, b.nanos) : null
  if (a instanceof MonthsDuration) return b instanceof MonthsDuration ? a.months - b.months : null
  return null
}

/** By code point, as XPath compares; UTF-16 units would put emoji before some Chinese signs. */
function compareTexts(a: string, b: string): number {
  if (a === b) return 0
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i)
    const y = b.charCodeAt(i)
    if (x === y) continue
    const xHigh = x >= 0xd800 && x <= 0xdfff
    const yHigh = y >= 0xd800 && y <= 0xdfff
    return xHigh === yHigh ? x - y : xHigh ? 1 : -1
  }
  return a.length - b.length
}

function sign(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function compareTimes(a: FeelTime, b: FeelTime): number | null {
  if ((a.zone === undefined) !== (b.zone === undefined)) return null
  return a.nanos - (a.offset ?? 0) * nanosPerSecond - (b.nanos - (b.offset ?? 0) * nanosPerSecond)
}

function compareDateTimes(a: FeelDateTime, b: FeelDateTime, zone: string | undefined): number | null {
  const own = (a.zone === undefined) === (b.zone === undefined) ? undefined : zone === undefined ? null : (namedZone(zone) ?? null)
  if (own === null) return null
  const x = moment(a, own)
  const y = moment(b, own)
  return x.day === y.day ? x.nanos - y.nanos : x.day - y.day
}

/** Day and nanosecond in UTC; two numbers because far years exceed one. */
function moment(value: FeelDateTime, own: Zone | undefined): { readonly day: number; readonly nanos: number } {
  const offset = value.offset ?? (own ? offsetAtLocal(own, value.localSeconds) : 0)
  const nanos = value.time.nanos - offset * nanosPerSecond
  const days = Math.floor(nanos / nanosPerDay)
  return { day: value.date.epochDay + days, nanos: nanos - days * nanosPerDay }
}

/** Whether a value lies in a range; null when it cannot be told. */
export function inRange(range: FeelRange, value: FeelValue, zone?: string): boolean | null {
  if (range.start === null || range.end === null || value === null || value === undefined) return null
  let afterStart = true
  let beforeEnd = true
  if (range.start !== undefined) {
    const order = compareOrder(value, range.start, zone)
    if (order === null) return null
    afterStart = order > 0 || (order === 0 && range.startIncluded)
  }
  if (range.end !== undefined) {
    const order = compareOrder(value, range.end, zone)
    if (order === null) return null
    beforeEnd = order < 0 || (order === 0 && range.endIncluded)
  }
  return afterStart && beforeEnd
}

export function isRange(value: FeelValue): value is FeelRange {
  return value instanceof FeelRange
}
