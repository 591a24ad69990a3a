import type { JsonObject } from '../kernel/index.ts'

/** A text shown to people, in both languages. */
export interface CalendarText {
  readonly en: string
  readonly zh: string
}
export interface OpenHours extends JsonObject {
  /** `09:00`; `24:00` is the end of the day. */
  readonly from: string
  readonly to: string
}
export const WEEK = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const
export type Weekday = (typeof WEEK)[number]

/** A business calendar as an administrator keeps it: which days and hours count for `working PT16H`. */
export interface CalendarDocument extends JsonObject {
  readonly calendarId: string
  readonly name: { readonly en: string; readonly zh: string }
  /** IANA zone of its days and hours. Absent: the engine's. */
  readonly zone?: string
  /** Working hours by weekday, in order, without overlap; an empty list is a day off. */
  readonly week: { readonly [day in Weekday]: readonly OpenHours[] }
  /** Public holidays and make-up days of a country, out of the package. Absent: none. */
  readonly holidays?: { readonly country: string; readonly years?: readonly number[] }
  /** Days that differ from the week and the holidays. */
  readonly days: readonly SpecialDay[]
  /** ISO dates, both included; on other days the default calendar counts. Absent: without end. */
  readonly validFrom?: string
  readonly validTo?: string
  /** Instances of these operators go by it, unless their service names another. */
  readonly operators: readonly string[]
}
export interface SpecialDay extends JsonObject {
  readonly date: string
  readonly kind: 'off' | 'work'
  /** Of a working day. Absent: those of its weekday, or on a weekend those of the first working weekday. */
  readonly hours?: readonly OpenHours[]
  readonly note?: string
}

/** What is wrong with one part of a calendar. */
export interface CalendarProblem {
  /** JSON pointer. */
  readonly path: string
  readonly rule: string
  readonly text: CalendarText
}

export const DEFAULT_CALENDAR_ID = 'default'
const OFFICE: readonly OpenHours[] = [{ from: '09:00', to: '17:00' }]

/** The calendar that counts where nobody chose another, until an administrator changes it. */
export const PUBLIC_CALENDAR: CalendarDocument = {
  calendarId: DEFAULT_CALENDAR_ID,
  name: { en: 'Public working days', zh: '法定工作日' },
  week: { monday: OFFICE, tuesday: OFFICE, wednesday: OFFICE, thursday: OFFICE, friday: OFFICE, saturday: [], sunday: [] },
  holidays: { country: 'CN' },
  days: [],
  operators: [],
}

/** Everything that is wrong, each with its place. */
export function calendarProblems(calendar: CalendarDocument, countries: readonly string[]): CalendarProblem[] {
  const problems: CalendarProblem[] = []
  const add = (path: string, rule: string, en: string, zh: string): void => void problems.push({ path, rule, text: { en, zh } })
  const { zone, week, holidays, days, validFrom, validTo, operators } = calendar
  if (zone !== undefined && !isZone(zone))
    add(
      '/zone',
      'zone',
      `expected an IANA zone such as Asia/Shanghai, found ${zone}`,
      `时区应为 Asia/Shanghai 之类的 IANA 时区，实际为 ${zone}`,
    )
  for (const day of WEEK) checkHours(week[day], `/week/${day}`, add)
  if (WEEK.every((day) => week[day].length === 0))
    add(
      '/week',
      'noWorkingDay',
      'expected at least one weekday with hours; name the hours of one',
      '每周至少须有一个工作日；请填写工作时间',
    )
  if (holidays && !countries.includes(holidays.country)) {
    const list = countries.join(', ')
    add(
      '/holidays/country',
      'country',
      `expected one of ${list}, found ${holidays.country}; list other days in days`,
      `国家应为 ${list}，实际为 ${holidays.country}；其他日期请在 days 中列出`,
    )
  }
  const seen = new Set<string>()
  for (const [index, { date, kind, hours }] of days.entries()) {
    if (!isDate(date))
      add(`/days/${index}/date`, 'date', `expected a day such as 2026-10-01, found ${date}`, `日期应为 2026-10-01 的形式，实际为 ${date}`)
    else if (seen.has(date))
      add(`/days/${index}/date`, 'twice', `expected each day once, found ${date} again; keep one`, `日期 ${date} 重复；请只保留一条`)
    seen.add(date)
    if (hours && kind === 'off')
      add(`/days/${index}/hours`, 'hours', 'expected a day off to have no hours; leave them out', '休息日不应有工作时间；请去掉')
    else if (hours) checkHours(hours, `/days/${index}/hours`, add)
  }
  for (const [name, date] of [
    ['validFrom', validFrom],
    ['validTo', validTo],
  ] as const)
    if (date !== undefined && !isDate(date))
      add(`/${name}`, 'date', `expected a day such as 2026-10-01, found ${date}`, `日期应为 2026-10-01 的形式，实际为 ${date}`)
  if (validFrom !== undefined && validTo !== undefined && validTo < validFrom)
    add('/validTo', 'order', `expected a day not before ${validFrom}, found ${validTo}`, `结束日期不得早于 ${validFrom}，实际为 ${validTo}`)
  if (new Set(operators).size !== operators.length) add('/operators', 'twice', 'expected each operator once', '同一运营主体只能列一次')
  return problems
}

function checkHours(hours: readonly OpenHours[], path: string, add: (path: string, rule: string, en: string, zh: string) => void): void {
  let last = 0
  for (const [index, { from, to }] of hours.entries()) {
    const [opens, closes] = [minutesOf(from), minutesOf(to)]
    const found = `${from}–${to}`
    if (opens === undefined || closes === undefined)
      add(`${path}/${index}`, 'time', `expected times such as 09:00, found ${found}`, `时间应为 09:00 的形式，实际为 ${found}`)
    else if (opens >= closes || opens < last)
      add(
        `${path}/${index}`,
        'order',
        `expected hours in order and without overlap, found ${found}`,
        `工作时间应依次排列且不重叠，实际为 ${found}`,
      )
    last = closes ?? last
  }
}

/** Minutes after midnight, or undefined when it is no time of the day. */
export function minutesOf(time: string): number | undefined {
  const match = /^(\d\d):([0-5]\d)$/.exec(time)
  const minutes = match ? Number(match[1]) * 60 + Number(match[2]) : Number.NaN
  return minutes <= 24 * 60 ? minutes : undefined
}

function isDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false
  const time = Date.parse(`${text}T00:00:00Z`)
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text)
}

function isZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone })
    return true
  } catch {
    return false
  }
}
