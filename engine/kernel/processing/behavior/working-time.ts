import { DateTime, type Duration } from 'luxon'
import type { EpochMs } from '../../record/keys.ts'
import { fail, ok, type Result } from '../failure.ts'

/** Which days and hours count. Dates are ISO dates (`2026-03-01`), local to its zone. */
export interface BusinessCalendar {
  /** IANA zone of its days and hours. Absent: that of the timer. */
  readonly zone?: string
  isWorkingDay(date: string): boolean
  /** In order, without overlap. */
  hours(date: string): readonly WorkingHours[]
}
/** Minutes after midnight. */
export interface WorkingHours {
  readonly from: number
  readonly to: number
}

const OFFICE_HOURS: readonly WorkingHours[] = [{ from: 9 * 60, to: 17 * 60 }]
const SATURDAY = 6

/** Monday to Friday, 09:00 to 17:00. */
export const WEEKDAYS: BusinessCalendar = {
  isWorkingDay: (date) => DateTime.fromISO(date, { zone: 'utc' }).weekday < SATURDAY,
  hours: () => OFFICE_HOURS,
}

/** Days that may pass without one that counts. */
const LONGEST_BREAK = 366

/**
 * The moment at which a duration of working time that begins at `now` is over. Days first: `P3D` is the same time of day on
 * the third working day after today. Then hours, minutes and seconds, which pass only in working hours.
 */
export function addWorkingTime(now: EpochMs, duration: Duration, zone: string, calendar: BusinessCalendar): Result<EpochMs> {
  const { days = 0, hours = 0, minutes = 0, seconds = 0, ...others } = duration.toObject()
  const rest = hours * 3_600_000 + minutes * 60_000 + seconds * 1_000
  if (Object.values(others).some((amount) => amount !== 0) || days < 0 || !Number.isInteger(days) || rest < 0)
    return fail(
      'EXTRACT_VALUE_ERROR',
      `Expected working time in days, hours, minutes and seconds, but found '${duration.toISO()}'; write for example working P3D or working PT16H; correct the timer of the event`,
    )
  let day: DateTime = DateTime.fromMillis(now, { zone: calendar.zone ?? zone })
  for (let left = days; left > 0; left--) {
    const next = nextWorkingDay(day, calendar)
    if (!next.ok) return next
    day = next.value
  }
  return rest === 0 ? ok(day.toMillis()) : spend(day, rest, calendar)
}

function nextWorkingDay(from: DateTime, calendar: BusinessCalendar): Result<DateTime> {
  for (let days = 1; days <= LONGEST_BREAK; days++) {
    // Counted from the same moment, so that a day without its time of day does not move those behind it.
    const day = from.plus({ days })
    if (calendar.isWorkingDay(dateOf(day))) return ok(day)
  }
  return withoutDays(from)
}

function spend(from: DateTime, time: number, calendar: BusinessCalendar): Result<EpochMs> {
  let left = time
  let idle = 0
  for (let day = from.startOf('day'); idle < LONGEST_BREAK; day = day.plus({ days: 1 })) {
    const date = dateOf(day)
    const before = left
    for (const { from: opens, to: closes } of calendar.isWorkingDay(date) ? calendar.hours(date) : []) {
      const begin = Math.max(from.toMillis(), momentOf(day, opens))
      const available = Math.max(0, momentOf(day, closes) - begin)
      if (left <= available) return ok(begin + left)
      left -= available
    }
    idle = left === before ? idle + 1 : 0
  }
  return withoutDays(from)
}

function momentOf(day: DateTime, minutes: number): EpochMs {
  if (minutes >= 24 * 60) return day.plus({ days: 1 }).startOf('day').toMillis()
  return day.set({ hour: Math.floor(minutes / 60), minute: minutes % 60 }).toMillis()
}

function dateOf(day: DateTime): string {
  return day.toISODate() ?? ''
}

function withoutDays(from: DateTime): ReturnType<typeof fail> {
  return fail(
    'EXTRACT_VALUE_ERROR',
    `Expected a working day in the year after ${dateOf(from)}, but the business calendar has none; correct the calendar, then the timer of the event`,
  )
}
