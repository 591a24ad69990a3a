import fc from 'fast-check'
import { DateTime } from 'luxon'
import { describe, expect, test } from 'vitest'
import { type MissedRuns, planNext, planTimer } from '../../../../engine/kernel/index.ts'
import { play } from '../../../helpers/kernel-harness.ts'
import { process } from '../../../helpers/process-builder.ts'

const MINUTE = 60_000
const DAY = 86_400_000
const at = (iso: string, zone = 'UTC') => DateTime.fromISO(iso, { zone }).toMillis()

function first(cycle: string, now: number, zone = 'UTC', missed?: MissedRuns) {
  const plan = planTimer('cycle', cycle, now, zone, missed && { missed })
  if (!plan.ok) throw new Error(plan.failure.message)
  return plan.value
}
/** The first firings in local time, each taken when it is due. */
function firings(cycle: string, from: string, zone: string, count: number): string[] {
  const local = (moment: number) => DateTime.fromMillis(moment, { zone }).toFormat("yyyy-MM-dd'T'HH:mm:ss")
  let plan: ReturnType<typeof planNext> = first(cycle, at(from, zone), zone)
  const found: string[] = []
  while (plan && found.length < count) {
    found.push(local(plan.dueAt))
    plan = planNext(plan.cycle ?? '', plan.repetitions ?? 0, plan.dueAt, plan.dueAt, zone)
  }
  return found
}

const ZONES = [
  'Europe/Berlin',
  'America/New_York',
  'America/Havana',
  'Asia/Beirut',
  'Africa/Cairo',
  'Australia/Lord_Howe',
  'America/St_Johns',
  'Asia/Shanghai',
  'Pacific/Chatham',
  'America/Santiago',
  'Antarctica/Troll',
  'Africa/Casablanca',
]
const zones = fc.constantFrom(...ZONES)
const moments = fc.integer({ min: at('2024-01-01'), max: at('2029-12-31') })

describe('a cron expression', () => {
  test.each([
    ['0 0 9 L * *', ['2026-01-31T09:00:00', '2026-02-28T09:00:00', '2026-03-31T09:00:00']],
    ['0 0 9 L-3 * *', ['2026-01-28T09:00:00', '2026-02-25T09:00:00', '2026-03-28T09:00:00']],
    ['0 0 9 LW * *', ['2026-01-30T09:00:00', '2026-02-27T09:00:00', '2026-03-31T09:00:00']],
    ['0 0 9 15W * *', ['2026-01-15T09:00:00', '2026-02-16T09:00:00', '2026-03-16T09:00:00']],
    ['0 0 9 ? * MON#2', ['2026-01-12T09:00:00', '2026-02-09T09:00:00', '2026-03-09T09:00:00']],
    ['0 0 9 * * FRIL', ['2026-01-30T09:00:00', '2026-02-27T09:00:00', '2026-03-27T09:00:00']],
    ['0 0 9 13 * FRI', ['2026-02-13T09:00:00', '2026-03-13T09:00:00', '2026-11-13T09:00:00']],
    ['0 0/20 9 1 * *', ['2026-01-01T09:00:00', '2026-01-01T09:20:00', '2026-01-01T09:40:00']],
    ['0 0 9 * * MON-FRI', ['2026-01-01T09:00:00', '2026-01-02T09:00:00', '2026-01-05T09:00:00']],
    ['30 9 * * *', ['2026-01-01T09:30:00', '2026-01-02T09:30:00', '2026-01-03T09:30:00']],
    ['@daily', ['2026-01-01T00:00:00', '2026-01-02T00:00:00', '2026-01-03T00:00:00']],
    ['@monthly', ['2026-01-01T00:00:00', '2026-02-01T00:00:00', '2026-03-01T00:00:00']],
    ['@hourly', ['2026-01-01T00:00:00', '2026-01-01T01:00:00', '2026-01-01T02:00:00']],
  ])('%s fires at %j', (cron, expected) => {
    expect(firings(cron, '2026-01-01T00:00', 'Europe/Berlin', 3)).toEqual(expected)
  })

  test.each(['0 0 9 * *  * * *', '@reboot', '99 * * * * *', '0 0 9 * * *[Europe/Nowhere]', 'every day'])('%s is refused', (cron) => {
    expect(planTimer('cycle', cron, 0, 'UTC').ok).toBe(false)
  })

  test('may name its zone', () => {
    expect(first('0 0 9 * * *[Europe/Berlin]', at('2026-07-01T00:00'), 'Asia/Shanghai').dueAt).toBe(at('2026-07-01T07:00'))
  })

  test('fires once on every day of every zone at its time of day, and when the gap ends where that time does not exist', () => {
    fc.assert(
      fc.property(zones, moments, fc.nat(23), fc.nat(59), (zone, from, hour, minute) => {
        let plan: ReturnType<typeof planNext> = first(`0 ${minute} ${hour} * * *`, from, zone)
        let expected = DateTime.fromMillis(from, { zone }).startOf('day')
        if (expected.set({ hour, minute }).toMillis() < from) expected = expected.plus({ days: 1 })
        for (let day = 0; day < 20; day++) {
          const fired = DateTime.fromMillis(plan?.dueAt ?? 0, { zone })
          const wanted = expected.plus({ days: day }).set({ hour, minute })
          expect(fired.toISODate()).toBe(wanted.toISODate())
          if (wanted.hour === hour && wanted.minute === minute) expect([fired.hour, fired.minute]).toEqual([hour, minute])
          plan = planNext(plan?.cycle ?? '', -1, plan?.dueAt ?? 0, plan?.dueAt ?? 0, zone)
        }
      }),
      {
        numRuns: 40,
        examples: [
          ['Europe/Berlin', at('2026-03-20'), 2, 30],
          ['Africa/Cairo', at('2026-04-20'), 0, 0],
        ],
      },
    )
  })
})

describe('a repeating period', () => {
  test('keeps its grid by the calendar of its zone, over daylight saving and short months', () => {
    expect(firings('R/2026-03-27T02:30:00/P1D', '2026-03-27T00:00', 'Europe/Berlin', 4)).toEqual([
      '2026-03-27T02:30:00',
      '2026-03-28T02:30:00',
      '2026-03-29T03:30:00',
      '2026-03-30T02:30:00',
    ])
    expect(firings('R/2026-01-31T08:00:00/P1M', '2026-01-01T00:00', 'Europe/Berlin', 4)).toEqual([
      '2026-01-31T08:00:00',
      '2026-02-28T08:00:00',
      '2026-03-31T08:00:00',
      '2026-04-30T08:00:00',
    ])
    expect(firings('R/P1M', '2026-01-31T08:00', 'Europe/Berlin', 3)).toEqual([
      '2026-02-28T08:00:00',
      '2026-03-28T08:00:00',
      '2026-04-28T08:00:00',
    ])
  })

  test('finds the next moment of its grid from any start, however far back', () => {
    const periods = fc.constantFrom('P1M', 'P1D', 'P1W', 'PT7H', 'P1Y', 'PT15M', 'P2M')
    fc.assert(
      fc.property(zones, moments, periods, fc.integer({ min: 1, max: 4_000 }), (zone, now, period, daysBack) => {
        const start = `${DateTime.fromMillis(now - daysBack * DAY, { zone }).toISO()}[${zone}]`
        const { dueAt, cycle = '' } = first(`R/${start}/${period}`, now, zone)

        expect(dueAt).toBeGreaterThanOrEqual(now)
        // The one before it lies in the past: none was left out.
        const before = planNext(cycle, -1, dueAt - 400 * DAY, dueAt - 400 * DAY, zone)
        expect(before === undefined || before.dueAt <= dueAt).toBe(true)
        expect(planNext(cycle, -1, now - 1, now - 1, zone)?.dueAt).toBe(dueAt)
      }),
      { numRuns: 200 },
    )
  })

  test('may name the zone of its start, whose calendar then counts', () => {
    const { dueAt } = first('R/2026-03-28T12:00:00[Europe/Berlin]/P1D', at('2026-03-29T00:00'), 'Asia/Shanghai')

    expect(dueAt).toBe(at('2026-03-29T10:00'))
  })

  test('that begins in the past goes on with its grid, not with the moment it was set (F22)', () => {
    expect(first('R/2023-07-01T00:00:00+02:00/PT15M', at('2026-07-01T08:10')).dueAt).toBe(at('2026-07-01T08:15'))
    expect(first('R3/2022-04-27T17:20:00Z/PT10M', at('2022-04-27T17:33'))).toMatchObject({ dueAt: at('2022-04-27T17:40'), repetitions: 0 })
  })

  test('that has passed altogether fires once to catch up, or all it missed (F22)', () => {
    const now = at('2026-01-01T00:00')

    expect(first('R3/2022-04-27T17:20:00Z/PT10M', now)).toMatchObject({ dueAt: now, repetitions: 0 })
    expect(first('R3/2022-04-27T17:20:00Z/PT10M', now, 'UTC', 'all')).toMatchObject({ dueAt: at('2022-04-27T17:20'), repetitions: 2 })
  })

  test.each(['R0/PT1M', 'R/PT0S', 'R/-PT1M', 'R/soon/PT1M', 'R/2026-01-01T00:00[Mars/Base]/PT1M'])('%s is refused', (cycle) => {
    expect(planTimer('cycle', cycle, 0, 'UTC').ok).toBe(false)
  })
})

describe('after a pause', () => {
  const start = (missedRuns?: MissedRuns, cycle = 'R/PT1M') =>
    play(
      process('p')
        .start()
        .serviceTask('a', { type: 'work' })
        .end()
        .boundary('a', 'tick', { cycle, interrupting: false, ...(missedRuns && { properties: { 'timer.missedRuns': missedRuns } }) })
        .end('ticked'),
    )
  /** Half an hour without an engine, then half a minute with it. */
  async function afterPause(missedRuns?: MissedRuns, cycle?: string) {
    const run = await start(missedRuns, cycle)
    const began = run.now
    run.now += 30.5 * MINUTE
    run.advance(0)
    const caughtUp = run.completed().filter((id) => id === 'ticked').length
    const [timer] = Object.values(run.state.timers)
    return { caughtUp, next: timer && (timer.dueAt - began) / MINUTE, left: timer?.repetitions }
  }

  test('a cycle fires once to catch up, and is on its grid again (F23)', async () => {
    expect(await afterPause()).toEqual({ caughtUp: 1, next: 31, left: -1 })
    expect(await afterPause('once', 'R40/PT1M')).toEqual({ caughtUp: 1, next: 31, left: 9 })
    expect(await afterPause('once', 'R20/PT1M')).toEqual({ caughtUp: 1, next: undefined, left: undefined })
  })

  test('a cycle that skips does not catch up', async () => {
    expect(await afterPause('skip')).toEqual({ caughtUp: 0, next: 31, left: -1 })
    expect(await afterPause('skip', '0 * * * * *')).toEqual({ caughtUp: 0, next: 31, left: -1 })
  })

  test('a cycle that wants all fires for each that was missed', async () => {
    expect(await afterPause('all')).toEqual({ caughtUp: 30, next: 31, left: -1 })
    expect(await afterPause('all', 'R20/PT1M')).toEqual({ caughtUp: 20, next: undefined, left: undefined })
  })

  test('a cycle that skips still fires when it is in time', async () => {
    const run = await start('skip')
    run.advance(3 * MINUTE)

    expect(run.completed().filter((id) => id === 'ticked')).toHaveLength(3)
  })
})

describe('a delay', () => {
  test.each([
    ['duration', { duration: 'P30D' }, 30 * DAY],
    ['date in two years', { date: '2028-03-01T00:00:00Z' }, at('2028-03-01') - at('2026-03-01')],
    ['duration of ten years', { duration: 'P10Y' }, at('2036-03-01') - at('2026-03-01')],
  ])('by %s fires then, neither at once nor never (F24)', async (_, trigger, after) => {
    const run = await play(process('p').start().catchEvent('wait', trigger).end())
    run.advance(after - 1)
    expect(run.state.status).toBe('active')
    run.advance(1)

    expect(run.state.status).toBe('completed')
  })
})
