import chineseDays from 'chinese-days/dist/chinese-days.json' with { type: 'json' }
import { type BusinessCalendar, type JsonObject, WEEKDAYS, type WorkingHours } from '../kernel/index.ts'

/** A calendar as data that an administrator can keep. */
export interface CalendarData extends JsonObject {
  /** `09:00` to `17:00`, in order. */
  readonly hours: readonly { readonly from: string; readonly to: string }[]
  /** By ISO date: holidays, and weekend days that are worked. All others go by the weekday. */
  readonly days: Readonly<Record<string, 'off' | 'work'>>
  /** Years whose days are complete; in others only the weekday speaks. */
  readonly years: readonly number[]
}

/** @throws Error when hours are not times of the day in order: the data was not checked when it was taken in */
export function businessCalendar({ hours, days }: CalendarData): BusinessCalendar {
  const working = hours.map(({ from, to }): WorkingHours => ({ from: minutesOf(from), to: minutesOf(to) }))
  for (const [index, { from, to }] of working.entries())
    if (from >= to || from < (working[index - 1]?.to ?? 0))
      throw new Error(`Expected working hours in order and without overlap, but found ${JSON.stringify(hours)}`)
  return {
    isWorkingDay: (date) => (days[date] === undefined ? WEEKDAYS.isWorkingDay(date) : days[date] === 'work'),
    hours: () => working,
  }
}

function minutesOf(time: string): number {
  const match = /^(\d\d):([0-5]\d)$/.exec(time)
  const minutes = Number(match?.[1]) * 60 + Number(match?.[2])
  if (!match || minutes > 24 * 60) throw new Error(`Expected a time of day such as 09:00, but found '${time}'`)
  return minutes
}

/**
 * Holidays and make-up days of mainland China, for the years that are published. The year after the last is announced in
 * autumn; until then its days go by the weekday, and `years` says so.
 */
export function chinesePublicDays(): CalendarData {
  const { holidays, workdays } = chineseDays as { readonly holidays: Days; readonly workdays: Days }
  const off = Object.keys(holidays).map((date) => [date, 'off'] as const)
  const work = Object.keys(workdays).map((date) => [date, 'work'] as const)
  const years = new Set(Object.keys(holidays).map((date) => Number(date.slice(0, 4))))
  return {
    hours: [{ from: '09:00', to: '17:00' }],
    days: Object.fromEntries([...off, ...work]),
    years: [...years].sort((a, b) => a - b),
  }
}

type Days = Readonly<Record<string, string>>
