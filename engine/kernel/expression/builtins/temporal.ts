import type { FeelValue } from '../contract.ts'
import { equal } from '../value/compare.ts'
import { kindOf } from '../value/kind.ts'
import { dateTimeAt } from '../value/read-temporal.ts'
import type { Run } from '../value/run.ts'
import { daysInMonth, epochDay, FeelDate, FeelDateTime, FeelTime } from '../value/temporal.ts'
import { namedZone, offsetAt, utc } from '../value/zone.ts'
import { type BuiltinTable, type Signature, signature } from './signature.ts'

const weekdays = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday']
const months = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December']

function ofDay(body: (date: FeelDate) => FeelValue): readonly Signature[] {
  return [
    signature('date: date|date and time', ([day]: readonly [FeelDate | FeelDateTime]) =>
      body(day instanceof FeelDateTime ? day.date : day),
    ),
  ]
}

/** ISO 8601: week 1 holds the year's first Thursday. */
function weekOfYear(date: FeelDate): number {
  const thursday = FeelDate.ofEpochDay(date.epochDay + 4 - date.weekday)
  return thursday ? Math.floor((thursday.epochDay - epochDay(thursday.year, 1, 1)) / 7) + 1 : 1
}

function nowIn(run: Run): FeelDateTime | null {
  const zone = namedZone(run.env.zone) ?? utc
  return dateTimeAt(run.env.now, zone, offsetAt(zone, Math.floor(run.env.now / 1000))) ?? null
}

/** DMN 1.5 §10.3.4.6: same kind, same value, and of times the same zone. */
function is([a, b]: readonly [FeelValue, FeelValue]): boolean {
  if (kindOf(a) !== kindOf(b)) return false
  const zoned = (value: FeelValue) => (value instanceof FeelTime || value instanceof FeelDateTime ? value.zone : undefined)
  const x = zoned(a)
  const y = zoned(b)
  const sameZone = x?.id === y?.id || (x?.offset !== undefined && x.offset === y?.offset)
  return equal(a, b) === true && sameZone
}

/** DMN 1.5 §10.3.4.6 and §10.3.4.8; the clock is the caller's. */
export const temporalFunctions: BuiltinTable = {
  now: [signature('', (_, run) => nowIn(run))],
  today: [signature('', (_, run) => nowIn(run)?.date ?? null)],
  is: [signature('value1: any, value2: any', is)],
  'day of year': ofDay((date) => date.epochDay - epochDay(date.year, 1, 1) + 1),
  'day of week': ofDay((date) => weekdays[date.weekday - 1] ?? null),
  'month of year': ofDay((date) => months[date.month - 1] ?? null),
  'week of year': ofDay(weekOfYear),
  'last day of month': ofDay((date) => new FeelDate(date.year, date.month, daysInMonth(date.year, date.month))),
}
