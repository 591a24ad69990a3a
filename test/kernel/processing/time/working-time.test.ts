import fc from 'fast-check'
import { DateTime } from 'luxon'
import { describe, expect, test } from 'vitest'
import { type BusinessCalendar, planTimer, WEEKDAYS } from '../../../../engine/kernel/index.ts'
import { businessCalendar, chinesePublicDays } from '../../../../engine/runtime/business-calendar.ts'

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
  const calendar = businessCalendar(chinesePublicDays())

  test('leave out holidays and count weekends that are worked', () => {
    expect(calendar.isWorkingDay('2026-02-17')).toBe(false)
    expect(calendar.isWorkingDay('2026-02-28')).toBe(true)
    expect(due('working P1D', '2026-09-30T10:00', calendar)).toBe('2026-10-08T10:00')
    expect(due('working PT8H', '2026-10-09T09:00', calendar)).toBe('2026-10-09T17:00')
    expect(due('working P1D', '2026-10-09T10:00', calendar)).toBe('2026-10-10T10:00')
  })

  test('say for which years they are known, and go by the weekday in others', () => {
    const { years } = chinesePublicDays()

    expect(years).toContain(2026)
    expect(years).not.toContain(2035)
    expect(calendar.isWorkingDay('2035-10-01')).toBe(true)
    expect(calendar.isWorkingDay('2035-10-06')).toBe(false)
  })

  test('can be changed as data', () => {
    const data = chinesePublicDays()
    const own = businessCalendar({
      ...data,
      hours: [
        { from: '08:30', to: '12:00' },
        { from: '14:00', to: '17:30' },
      ],
      days: { ...data.days, '2035-10-01': 'off' },
    })

    expect(own.isWorkingDay('2035-10-01')).toBe(false)
    expect(due('working PT4H', '2026-03-02T08:00', own)).toBe('2026-03-02T14:30')
  })

  test('refuse hours that overlap', () => {
    const data = chinesePublicDays()

    expect(() =>
      businessCalendar({
        ...data,
        hours: [
          { from: '09:00', to: '13:00' },
          { from: '12:00', to: '17:00' },
        ],
      }),
    ).toThrow('without overlap')
    expect(() => businessCalendar({ ...data, hours: [{ from: '9', to: '17:00' }] })).toThrow('time of day')
  })
})
