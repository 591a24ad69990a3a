import type { FeelValue } from '../contract.ts'
import { FeelRange } from './range.ts'
import { DaysDuration, FeelDate, FeelDateTime, FeelTime, MonthsDuration } from './temporal.ts'

const dateProperties: Readonly<Record<string, (date: FeelDate) => FeelValue>> = {
  year: (date) => date.year,
  month: (date) => date.month,
  day: (date) => date.day,
  weekday: (date) => date.weekday,
}

const timeProperties: Readonly<Record<string, (time: FeelTime, offset: number | undefined) => FeelValue>> = {
  hour: (time) => time.hour,
  minute: (time) => time.minute,
  second: (time) => time.second,
  'time offset': (_, offset) => (offset === undefined ? null : DaysDuration.ofSeconds(offset)),
  timezone: ({ zone }) => (zone && /^[A-Za-z]{2}/.test(zone.id) ? zone.id : null),
}

const monthsProperties: Readonly<Record<string, (duration: MonthsDuration) => number>> = {
  years: ({ months }) => Math.trunc(months / 12) + 0,
  months: ({ months }) => (months % 12) + 0,
}

type DaysParts = DaysDuration['parts']
const daysProperties: Readonly<Record<string, (parts: DaysParts) => number>> = {
  days: (parts) => parts.days,
  hours: (parts) => parts.hours,
  minutes: (parts) => parts.minutes,
  seconds: (parts) => parts.seconds,
}

const rangeProperties: Readonly<Record<string, (range: FeelRange) => FeelValue>> = {
  start: (range) => range.start ?? null,
  end: (range) => range.end ?? null,
  'start included': (range) => range.startIncluded,
  'end included': (range) => range.endIncluded,
}

/** DMN 1.5 table 65: what a dot reads of a date, time, duration or range; undefined when it has no such property. */
export function propertyOf(value: FeelValue, name: string): FeelValue | undefined {
  if (value instanceof FeelDate) return dateProperties[name]?.(value)
  if (value instanceof FeelTime) return timeProperties[name]?.(value, value.offset)
  if (value instanceof FeelDateTime) return dateProperties[name]?.(value.date) ?? timeProperties[name]?.(value.time, value.offset)
  if (value instanceof MonthsDuration) return monthsProperties[name]?.(value)
  if (value instanceof DaysDuration) {
    const part = daysProperties[name]?.(value.parts)
    return part === undefined ? undefined : value.nanos < 0n ? 0 - part : part
  }
  if (value instanceof FeelRange) return rangeProperties[name]?.(value)
  return undefined
}
