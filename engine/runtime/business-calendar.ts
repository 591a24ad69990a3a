import chineseDays from 'chinese-days/dist/chinese-days.json' with { type: 'json' }
import { type BusinessCalendar, WEEKDAYS, type WorkingHours } from '../kernel/index.ts'
import { type CalendarDocument, minutesOf, type OpenHours, WEEK } from './calendar-document.ts'

type Days = Readonly<Record<string, string>>
export interface PublicDays {
  /** ISO dates. */
  readonly off: ReadonlySet<string>
  readonly work: ReadonlySet<string>
  /** Years whose days are complete; in others only the weekday speaks. */
  readonly years: readonly number[]
}

/**
 * Holidays and make-up days by country, for the years that are published. The year after the last is announced in autumn;
 * until then its days go by the weekday, and `years` says so.
 */
export const PUBLIC_DAYS: Readonly<Record<string, PublicDays>> = {
  CN: publicDays(chineseDays as { readonly holidays: Days; readonly workdays: Days }),
}

function publicDays({ holidays, workdays }: { readonly holidays: Days; readonly workdays: Days }): PublicDays {
  const years = new Set(Object.keys(holidays).map((date) => Number(date.slice(0, 4))))
  return { off: new Set(Object.keys(holidays)), work: new Set(Object.keys(workdays)), years: [...years].sort((a, b) => a - b) }
}

/** A checked calendar, ready to be counted by. `otherwise` counts on days on which it is not valid. */
export function businessCalendar(document: CalendarDocument, otherwise: BusinessCalendar = WEEKDAYS): BusinessCalendar {
  const { zone, holidays, validFrom = '', validTo = '9999-12-31' } = document
  const week = WEEK.map((day) => workingHours(document.week[day]))
  const first = week.find((hours) => hours.length > 0) ?? []
  const days = new Map(document.days.map((day) => [day.date, { ...day, hours: day.hours && workingHours(day.hours) }]))
  const isValid = (date: string): boolean => validFrom <= date && date <= validTo
  const ofWeekday = (date: string): readonly WorkingHours[] => week[(new Date(`${date}T00:00:00Z`).getUTCDay() + 6) % 7] ?? []
  return {
    ...(zone !== undefined && { zone }),
    isWorkingDay: (date) => {
      if (!isValid(date)) return otherwise.isWorkingDay(date)
      const special = days.get(date)?.kind ?? publicKind(holidays, date)
      return special === undefined ? ofWeekday(date).length > 0 : special === 'work'
    },
    hours: (date) => {
      if (!isValid(date)) return otherwise.hours(date)
      const own = days.get(date)?.hours
      if (own) return own
      const usual = ofWeekday(date)
      return usual.length > 0 ? usual : first
    },
  }
}

function publicKind(holidays: CalendarDocument['holidays'], date: string): 'off' | 'work' | undefined {
  const known = holidays && PUBLIC_DAYS[holidays.country]
  if (!known || (holidays.years && !holidays.years.includes(Number(date.slice(0, 4))))) return undefined
  if (known.off.has(date)) return 'off'
  return known.work.has(date) ? 'work' : undefined
}

/** @throws Error when hours are not times of the day: the document was not checked when it was taken in */
function workingHours(hours: readonly OpenHours[]): readonly WorkingHours[] {
  return hours.map(({ from, to }) => {
    const [opens, closes] = [minutesOf(from), minutesOf(to)]
    if (opens === undefined || closes === undefined) throw new Error(`Expected times of the day such as 09:00, but found ${from} to ${to}`)
    return { from: opens, to: closes }
  })
}
