import type { Zone } from './zone.ts'
import { offsetAtLocal, offsetText } from './zone.ts'

export const nanosPerSecond = 1_000_000_000
export const nanosPerDay = 86_400 * nanosPerSecond

/** Days since 1970-01-01 in the proleptic Gregorian calendar (Hinnant's days_from_civil). */
export function epochDay(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year
  const era = Math.floor(y / 400)
  const yearOfEra = y - era * 400
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear
  return era * 146097 + dayOfEra - 719468
}

export function daysInMonth(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31
}

const lastYear = 999_999_999

export class FeelDate {
  constructor(
    readonly year: number,
    readonly month: number,
    readonly day: number,
  ) {}

  static of(year: number, month: number, day: number): FeelDate | undefined {
    if (!Number.isInteger(year) || Math.abs(year) > lastYear) return undefined
    if (!Number.isInteger(month) || month < 1 || month > 12) return undefined
    if (!Number.isInteger(day) || day < 1 || day > daysInMonth(year, month)) return undefined
    return new FeelDate(year, month, day)
  }

  static ofEpochDay(days: number): FeelDate | undefined {
    const shifted = days + 719468
    const era = Math.floor(shifted / 146097)
    const dayOfEra = shifted - era * 146097
    const yearOfEra = Math.floor(
      (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36524) - Math.floor(dayOfEra / 146096)) / 365,
    )
    const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
    const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153)
    const day = dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1
    const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    return FeelDate.of(yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
  }

  get epochDay(): number {
    return epochDay(this.year, this.month, this.day)
  }

  /** Monday is 1. */
  get weekday(): number {
    return ((((this.epochDay + 3) % 7) + 7) % 7) + 1
  }

  toString(): string {
    const year = String(Math.abs(this.year)).padStart(4, '0')
    return `${this.year < 0 ? '-' : ''}${year}-${two(this.month)}-${two(this.day)}`
  }
}

export class FeelTime {
  constructor(
    /** Nanoseconds since midnight. */
    readonly nanos: number,
    readonly zone?: Zone,
  ) {}

  get hour(): number {
    return Math.floor(this.nanos / (3600 * nanosPerSecond))
  }
  get minute(): number {
    return Math.floor(this.nanos / (60 * nanosPerSecond)) % 60
  }
  /** Whole seconds of the minute. */
  get second(): number {
    return Math.floor(this.nanos / nanosPerSecond) % 60
  }
  /** Seconds east of UTC, when the time has a zone. A named zone counts as on 1970-01-01. */
  get offset(): number | undefined {
    return this.zone && offsetAtLocal(this.zone, Math.floor(this.nanos / nanosPerSecond))
  }

  toString(): string {
    return clockText(this.nanos) + zoneText(this.zone)
  }
}

export class FeelDateTime {
  constructor(
    readonly date: FeelDate,
    readonly time: FeelTime,
  ) {}

  get zone(): Zone | undefined {
    return this.time.zone
  }
  get localSeconds(): number {
    return this.date.epochDay * 86_400 + Math.floor(this.time.nanos / nanosPerSecond)
  }
  get offset(): number | undefined {
    return this.zone && offsetAtLocal(this.zone, this.localSeconds)
  }

  toString(): string {
    return `${this.date}T${this.time}`
  }

  /** ISO 8601: a named zone is written as its offset. */
  toIso(): string {
    return `${this.date}T${clockText(this.time.nanos)}${this.offset === undefined ? '' : offsetText(this.offset)}`
  }
}

export class MonthsDuration {
  constructor(readonly months: number) {}

  toString(): string {
    const abs = Math.abs(this.months)
    const years = Math.floor(abs / 12)
    const rest = abs % 12
    if (abs === 0) return 'P0M'
    return `${this.months < 0 ? '-' : ''}P${years ? `${years}Y` : ''}${rest ? `${rest}M` : ''}`
  }
}

export class DaysDuration {
  constructor(readonly nanos: bigint) {}

  static ofSeconds(seconds: number): DaysDuration {
    return new DaysDuration(BigInt(seconds) * BigInt(nanosPerSecond))
  }

  get parts(): {
    readonly days: number
    readonly hours: number
    readonly minutes: number
    readonly seconds: number
    readonly nanos: number
  } {
    const abs = this.nanos < 0n ? -this.nanos : this.nanos
    const seconds = Number(abs / BigInt(nanosPerSecond))
    return {
      days: Math.floor(seconds / 86_400),
      hours: Math.floor(seconds / 3600) % 24,
      minutes: Math.floor(seconds / 60) % 60,
      seconds: seconds % 60,
      nanos: Number(abs % BigInt(nanosPerSecond)),
    }
  }

  toString(): string {
    if (this.nanos === 0n) return 'PT0S'
    const { days, hours, minutes, seconds, nanos } = this.parts
    const second = seconds || nanos ? `${seconds}${fraction(nanos)}S` : ''
    const clock = (hours ? `${hours}H` : '') + (minutes ? `${minutes}M` : '') + second
    return `${this.nanos < 0n ? '-' : ''}P${days ? `${days}D` : ''}${clock ? `T${clock}` : ''}`
  }
}

export type FeelDuration = MonthsDuration | DaysDuration
export type FeelTemporal = FeelDate | FeelTime | FeelDateTime | FeelDuration

export function isTemporal(value: unknown): value is FeelTemporal {
  return (
    value instanceof FeelDate ||
    value instanceof FeelDateTime ||
    value instanceof FeelTime ||
    value instanceof MonthsDuration ||
    value instanceof DaysDuration
  )
}

function two(value: number): string {
  return value < 10 ? `0${value}` : String(value)
}

function fraction(nanos: number): string {
  return nanos === 0 ? '' : `.${String(nanos).padStart(9, '0').replace(/0+$/, '')}`
}

function clockText(nanos: number): string {
  const seconds = Math.floor(nanos / nanosPerSecond)
  return `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}${fraction(nanos % nanosPerSecond)}`
}

function zoneText(zone: Zone | undefined): string {
  if (!zone) return ''
  return /^[A-Za-z]{2}/.test(zone.id) ? `@${zone.id}` : zone.id
}
