import type { FeelValue } from '../contract.ts'
import { type FeelNumber, isInteger, numberFromText, toInteger, toJsNumber } from '../value/number.ts'
import { clockNanos, dateTimeAt, readDate, readDateTime, readDuration, readTime } from '../value/read-temporal.ts'
import type { Run } from '../value/run.ts'
import {
  type DaysDuration,
  FeelDate,
  FeelDateTime,
  type FeelDuration,
  FeelTime,
  MonthsDuration,
  nanosPerSecond,
} from '../value/temporal.ts'
import { instantNanos, monthsBetween } from '../value/temporal-arithmetic.ts'
import { toText } from '../value/to-text.ts'
import { fixedZone, namedZone, offsetAt, readZone, utc, type Zone } from '../value/zone.ts'
import { type BuiltinTable, signature } from './signature.ts'

function number([from, grouping, decimal]: readonly [string, string?, string?], run: Run): FeelValue {
  const fail = () => run.warn(`number() cannot read "${from}"`)
  if (grouping !== undefined && ![' ', ',', '.'].includes(grouping))
    return run.warn('number() takes space, comma or point as grouping separator')
  if (decimal !== undefined && ![',', '.'].includes(decimal)) return run.warn('number() takes comma or point as decimal separator')
  if (grouping !== undefined && grouping === decimal) return run.warn('number() wants two different separators')
  let text = grouping === undefined ? from : from.replaceAll(grouping, '')
  if (decimal === ',') {
    if (text.includes('.')) return fail()
    text = text.replace(',', '.')
  }
  return /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/.test(text) ? numberFromText(text) : fail()
}

function read<T>(what: string, reader: (text: string) => T | undefined): (args: readonly [string], run: Run) => FeelValue {
  return ([text], run) => reader(text) ?? run.warn(`"${text}" is not a ${what}`)
}

function date([year, month, day]: readonly [FeelNumber, FeelNumber, FeelNumber], run: Run): FeelValue {
  return FeelDate.of(toJsNumber(year), toJsNumber(month), toJsNumber(day)) ?? run.warn('date() got no day of the calendar')
}

function dateOf([from]: readonly [FeelDate | FeelDateTime]): FeelValue {
  return from instanceof FeelDateTime ? from.date : from
}

function clock(hour: FeelNumber, minute: FeelNumber, second: FeelNumber): number | undefined {
  if (!isInteger(hour) || !isInteger(minute)) return undefined
  const [h, m, s] = [toInteger(hour), toInteger(minute), toJsNumber(second)]
  if (h < 0 || h > 23 || m < 0 || m > 59 || s < 0 || s >= 60) return undefined
  return clockNanos(h, m, 0) + Math.round(s * nanosPerSecond)
}

function zoneOfOffset(offset: DaysDuration | undefined): Zone | undefined {
  return offset && fixedZone(Number(offset.nanos / BigInt(nanosPerSecond)))
}

type TimeParts = readonly [FeelNumber, FeelNumber, FeelNumber, DaysDuration?]

function time([hour, minute, second, offset]: TimeParts, run: Run): FeelValue {
  const nanos = clock(hour, minute, second)
  const zone = zoneOfOffset(offset)
  if (nanos === undefined || (offset && !zone)) return run.warn('time() got no time of the day')
  return zone ? new FeelTime(nanos, zone) : new FeelTime(nanos)
}

function timeOf([from]: readonly [FeelTime | FeelDateTime | FeelDate]): FeelValue {
  if (from instanceof FeelDateTime) return from.time
  return from instanceof FeelTime ? from : new FeelTime(0, utc)
}

type DateTimeParts = readonly [FeelNumber, FeelNumber, FeelNumber, FeelNumber, FeelNumber, FeelNumber, (DaysDuration | string)?]

function dateTime([year, month, day, hour, minute, second, zoneText]: DateTimeParts, run: Run): FeelValue {
  const on = FeelDate.of(toJsNumber(year), toJsNumber(month), toJsNumber(day))
  const nanos = clock(hour, minute, second)
  const zone = typeof zoneText === 'string' ? zoneNamed(zoneText) : zoneOfOffset(zoneText)
  if (!on || nanos === undefined || (zoneText !== undefined && !zone)) return run.warn('date and time() got no moment of the calendar')
  return new FeelDateTime(on, zone ? new FeelTime(nanos, zone) : new FeelTime(nanos))
}

function zoneNamed(text: string): Zone | undefined {
  return namedZone(text) ?? readZone(text)
}

/** The same moment on the clocks of another zone; a value without zone is only given one. */
function inZone([from, zoneText]: readonly [FeelDateTime, string], run: Run): FeelValue {
  const zone = zoneNamed(zoneText)
  if (!zone) return run.warn(`"${zoneText}" is not a time zone`)
  if (!from.zone) return new FeelDateTime(from.date, new FeelTime(from.time.nanos, zone))
  const nanos = instantNanos(from)
  const ms = Number(nanos / 1_000_000n)
  const moved = dateTimeAt(ms, zone, offsetAt(zone, Math.floor(ms / 1000)))
  return moved ? new FeelDateTime(moved.date, new FeelTime(moved.time.nanos + Number(nanos % 1_000_000n), zone)) : null
}

function combine([on, at]: readonly [FeelDate | FeelDateTime, FeelTime]): FeelValue {
  return new FeelDateTime(on instanceof FeelDateTime ? on.date : on, at)
}

function monthsDuration([from, to]: readonly [FeelDate | FeelDateTime, FeelDate | FeelDateTime]): FeelValue {
  const day = (value: FeelDate | FeelDateTime) => (value instanceof FeelDateTime ? value.date : value)
  return new MonthsDuration(monthsBetween(day(from), day(to)))
}

/** DMN 1.5 §10.3.4.1. */
export const conversionFunctions: BuiltinTable = {
  number: [
    signature('from: string, grouping separator?: string?, decimal separator?: string?', number),
    signature('from: number', ([from]: readonly [FeelNumber]) => from),
  ],
  string: [signature('from: any', ([from]: readonly [FeelValue]) => (from === null ? null : toText(from)))],
  date: [
    signature(
      'from: string',
      read('date', (text) => (text.includes('T') ? readDateTime(text)?.date : readDate(text))),
    ),
    signature('from: date|date and time', dateOf),
    signature('year: number, month: number, day: number', date),
  ],
  time: [
    signature('from: string', read('time', readTime)),
    signature('from: time|date and time|date', timeOf),
    signature('hour: number, minute: number, second: number, offset?: days and time duration', time),
  ],
  'date and time': [
    signature('from: string', read('date and time', readDateTime)),
    signature('date: date|date and time, time: time', combine),
    signature('from: date and time', ([from]: readonly [FeelDateTime]) => from),
    signature('from: date and time, timezone: string', inZone),
    signature(
      'year: number, month: number, day: number, hour: number, minute: number, second: number, offset?: days and time duration',
      dateTime,
    ),
    signature('year: number, month: number, day: number, hour: number, minute: number, second: number, timezone: string', dateTime),
  ],
  duration: [
    signature('from: string', read('duration', readDuration)),
    signature('from: duration', ([from]: readonly [FeelDuration]) => from),
  ],
  'years and months duration': [signature('from: date|date and time, to: date|date and time', monthsDuration)],
}
