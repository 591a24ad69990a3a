import fc from 'fast-check'
import { DateTime } from 'luxon'
import { describe, expect, test } from 'vitest'
import { type BusinessCalendar, planTimer, WEEKDAYS } from '../../../../engine/kernel/index.ts'
import { businessCalendar, PUBLIC_DAYS } from '../../../../engine/runtime/business-calendar.ts'
import { calendarProblems, PUBLIC_CALENDAR } from '../../../../engine/runtime/calendar-document.ts'

const ZONE = 'Asia/Shanghai'

function due(duration: string, from: string, calendar?: BusinessCalendar, zone = ZONE): string {
  const plan = planTimer('duration', duration, DateTime.fromISO(from, { zone }).toMillis(), zone, { calendar })
  return plan.ok ? DateTime.fromMillis(plan.value.dueAt, { zone }).toFormat("yyyy-MM-dd'T'HH:mm") : plan.failure.message
}

describe('working time', () => {
  test.each([
    ['working PT16H', '2026-03-02T09:00', '2026-03-03T17:00'],
    ['working PT16H', '2026-03-06T13:00', '2026-03-10T13:00'],
    ['working PT1H', '2026-03-07T11:00', '2026-03-09T10:00'],
    ['working PT1H', '2026-03-02T16:30', '2026-03-03T09:30'],
    ['working PT30M', '2026-03-02T03:00', '2026-03-02T09:30'],
    ['working P3D', '2026-03-05T10:00', '2026-03-10T10:00'],
    ['working P1D', '2026-03-07T10:00', '2026-03-09T10:00'],
    ['working P1DT4H', '2026-03-06T15:00', '2026-03-10T11:00'],
    ['working P260D', '2026-03-02T10:00', '2027-03-01T10:00'],
  ])('%s from %s is over at %s, on weekdays', (duration, from, expected) => {
    expect(due(duration, from)).toBe(expected)
  })

  test.each(['working P1M', 'working P1W', 'working -PT1H', 'working soon', 'working P1.5D'])(
    '%s is refused with a way out',
    (duration) => {
      expect(due(duration, '2026-03-02T09:00')).toMatch(/^Expected .* but found .*; (write|correct)/)
    },
  )

  test('knows that a calendar without working days never ends', () => {
    const never: BusinessCalendar = { isWorkingDay: () => false, hours: () => [] }

    expect(due('working P1D', '2026-03-02T09:00', never)).toContain('the business calendar has none')
    expect(due('working PT1H', '2026-03-02T09:00', never)).toContain('the business calendar has none')
  })

  test('adds up: one duration after another is their sum, whatever the zone', () => {
    const zones = fc.constantFrom('Asia/Shanghai', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe')
    const hours = fc.integer({ min: 0, max: 100 })
    fc.assert(
      fc.property(zones, fc.integer({ min: Date.UTC(2024, 0), max: Date.UTC(2029, 0) }), hours, hours, (zone, now, first, second) => {
        const endOf = (from: number, amount: number) => {
          const plan = planTimer('duration', `working PT${amount}H`, from, zone)
          return plan.ok ? plan.value.dueAt : Number.NaN
        }
        if (first > 0 && second > 0) expect(endOf(endOf(now, first), second)).toBe(endOf(now, first + second))
        const end = DateTime.fromMillis(endOf(now, first + 1), { zone })
        expect(WEEKDAYS.isWorkingDay(end.toISODate() ?? '')).toBe(true)
      }),
      { numRuns: 200 },
    )
  })
})

describe('the public days of China', () => {
  const calendar = businessCalendar(PUBLIC_CALENDAR)

  test('leave out holidays and count weekends that are worked', () => {
    expect(calendar.isWorkingDay('2026-02-17')).toBe(false)
    expect(calendar.isWorkingDay('2026-02-28')).toBe(true)
    expect(due('working P1D', '2026-09-30T10:00', calendar)).toBe('2026-10-08T10:00')
    expect(due('working PT8H', '2026-10-09T09:00', calendar)).toBe('2026-10-09T17:00')
    expect(due('working P1D', '2026-10-09T10:00', calendar)).toBe('2026-10-10T10:00')
  })

  test('say for which years they are known, and go by the weekday in others', () => {
    const years = PUBLIC_DAYS.CN?.years ?? []

    expect(years).toContain(2026)
    expect(years).not.toContain(2035)
    expect(calendar.isWorkingDay('2035-10-01')).toBe(true)
    expect(calendar.isWorkingDay('2035-10-06')).toBe(false)
  })

  test('can be changed as data', () => {
    const split = [
      { from: '08:30', to: '12:00' },
      { from: '14:00', to: '17:30' },
    ]
    const week = { ...PUBLIC_CALENDAR.week, monday: split }
    const own = businessCalendar({ ...PUBLIC_CALENDAR, week, days: [{ date: '2035-10-01', kind: 'off' }] })

    expect(own.isWorkingDay('2035-10-01')).toBe(false)
    expect(due('working PT4H', '2026-03-02T08:00', own)).toBe('2026-03-02T14:30')
  })

  test('a make-up Saturday has the hours of the first working weekday, or its own', () => {
    const saturday = { date: '2026-10-10', kind: 'work' as const }
    const own = businessCalendar({ ...PUBLIC_CALENDAR, days: [{ ...saturday, hours: [{ from: '10:00', to: '12:00' }] }] })

    expect(due('working PT9H', '2026-10-09T09:00', calendar)).toBe('2026-10-10T10:00')
    expect(due('working PT9H', '2026-10-09T09:00', own)).toBe('2026-10-10T11:00')
  })

  test('count in the zone of the calendar, and leave days outside its time to the other one', () => {
    const shifted = businessCalendar({ ...PUBLIC_CALENDAR, zone: 'Asia/Tokyo' })
    const short = businessCalendar({
      ...PUBLIC_CALENDAR,
      validTo: '2026-03-03',
      days: [
        { date: '2026-03-03', kind: 'off' },
        { date: '2026-03-04', kind: 'off' },
      ],
    })

    expect(due('working PT8H', '2026-03-02T00:00', shifted)).toBe('2026-03-02T16:00')
    expect(due('working P1D', '2026-03-02T10:00', short)).toBe('2026-03-04T10:00')
  })

  test('refuse everything that is wrong with a calendar at once, in both languages', () => {
    const wrong = {
      ...PUBLIC_CALENDAR,
      zone: 'Mars/Base',
      week: {
        ...PUBLIC_CALENDAR.week,
        monday: [
          { from: '09:00', to: '13:00' },
          { from: '12:00', to: '17:00' },
        ],
        tuesday: [{ from: '9', to: '17:00' }],
      },
      holidays: { country: 'XX' },
      days: [
        { date: '2026-02-30', kind: 'off' as const },
        { date: '2026-05-01', kind: 'off' as const, hours: [{ from: '09:00', to: '10:00' }] },
        { date: '2026-05-01', kind: 'work' as const },
      ],
      validFrom: '2026-05-01',
      validTo: '2026-01-01',
    }
    const problems = calendarProblems(wrong, ['CN'])

    expect(problems.map(({ path }) => path)).toEqual([
      '/zone',
      '/week/monday/1',
      '/week/tuesday/0',
      '/holidays/country',
      '/days/0/date',
      '/days/1/hours',
      '/days/2/date',
      '/validTo',
    ])
    for (const { text } of problems) expect(text.zh).toMatch(/[\u4e00-\u9fff]/)
    expect(calendarProblems(PUBLIC_CALENDAR, ['CN'])).toEqual([])
  })
})
