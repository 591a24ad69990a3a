import {
  DaysDuration,
  FeelDate,
  FeelDateTime,
  type FeelDuration,
  type FeelTemporal,
  FeelTime,
  MonthsDuration,
  nanosPerSecond,
} from './temporal.ts'
import { readZone, type Zone } from './zone.ts'

const datePattern = /^(-?)(\d{4}|[1-9]\d{4,8})-(\d\d)-(\d\d)$/
const timePattern = /^(\d\d):(\d\d):(\d\d)(?:\.(\d+))?(Z|z|[+-]\d\d:\d\d(?::\d\d)?|@[\w/+-]+)?$/

export function readDate(text: string): FeelDate | undefined {
  const match = datePattern.exec(text)
  if (!match) return undefined
  const [, sign, year, month, day] = match
  return FeelDate.of(Number(year) * (sign ? -1 : 1), Number(month), Number(day))
}

export function readTime(text: string): FeelTime | undefined {
  const match = timePattern.exec(text)
  if (!match) return undefined
  const [, hours, minutes, seconds, fraction = '', zoneText] = match
  if (Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) > 59) return undefined
  const nanos = clockNanos(Number(hours), Number(minutes), Number(seconds)) + Number(fraction.slice(0, 9).padEnd(9, '0'))
  if (zoneText === undefined) return new FeelTime(nanos)
  const zone = readZone(zoneText)
  return zone && new FeelTime(nanos, zone)
}

export function readDateTime(text: string): FeelDateTime | undefined {
  const split = text.indexOf('T')
  if (split < 0) {
    const date = readDate(text)
    return date && new FeelDateTime(date, new FeelTime(0))
  }
  const date = readDate(text.slice(0, split))
  const clock = text.slice(split + 1)
  // XML Schema lets a day end at 24:00:00
  if (clock.startsWith('24:00:00')) {
    const midnight = readTime(clock.replace('24', '00'))
    const next = date && FeelDate.ofEpochDay(date.epochDay + 1)
    return midnight?.nanos === 0 && next ? new FeelDateTime(next, midnight) : undefined
  }
  const time = readTime(clock)
  return date && time && new FeelDateTime(date, time)
}

const monthsPattern = /^(-?)P(?:(\d+)Y)?(?:(\d+)M)?$/
const daysPattern = /^(-?)P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:\.(\d*))?S)?)?$/

export function readDuration(text: string): FeelDuration | undefined {
  const months = monthsPattern.exec(text)
  if (months && (months[2] !== undefined || months[3] !== undefined)) {
    const total = Number(months[2] ?? 0) * 12 + Number(months[3] ?? 0)
    return Number.isSafeInteger(total) ? new MonthsDuration(months[1] ? 0 - total : total) : undefined
  }
  const match = daysPattern.exec(text)
  if (!match || text.endsWith('T') || text.endsWith('P')) return undefined
  const [, sign, weeks = '0', days = '0', hours = '0', minutes = '0', seconds = '0', fraction = ''] = match
  const whole = (BigInt(weeks) * 7n + BigInt(days)) * 86_400n + BigInt(hours) * 3600n + BigInt(minutes) * 60n + BigInt(seconds)
  const nanos = whole * BigInt(nanosPerSecond) + BigInt(fraction.slice(0, 9).padEnd(9, '0'))
  return new DaysDuration(sign ? -nanos : nanos)
}

/** What `@"…"` stands for. */
export function readTemporal(text: string): FeelTemporal | undefined {
  if (/^-?P/.test(text)) return readDuration(text)
  if (/^\d\d:/.test(text)) return readTime(text)
  return text.includes('T') ? readDateTime(text) : readDate(text)
}

export function clockNanos(hours: number, minutes: number, seconds: number): number {
  return (hours * 3600 + minutes * 60 + seconds) * nanosPerSecond
}

/** The wall clock of a zone at a moment. */
export function dateTimeAt(epochMs: number, zone: Zone, offsetSeconds: number): FeelDateTime | undefined {
  const local = epochMs + offsetSeconds * 1000
  const day = Math.floor(local / 86_400_000)
  const date = FeelDate.ofEpochDay(day)
  return date && new FeelDateTime(date, new FeelTime((local - day * 86_400_000) * 1_000_000, zone))
}
