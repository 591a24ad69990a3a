import { DateTime } from 'luxon'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type CalendarDocument, PUBLIC_CALENDAR } from '../../engine/runtime/index.ts'
import { type EngineHarness, openEngineHarness } from '../helpers/engine-harness.ts'
import { process } from '../helpers/process-builder.ts'

const ZONE = 'Asia/Shanghai'
const at = (text: string): number => DateTime.fromISO(text, { zone: ZONE }).toMillis()

let house: EngineHarness
beforeEach(async () => {
  house = await openEngineHarness({ calendar: PUBLIC_CALENDAR })
  await house.deploy(process('answer').start().catchEvent('wait', { duration: 'working PT16H' }).end())
})
afterEach(async () => house.remove())

async function moveTo(text: string): Promise<void> {
  house.clock.advance(at(text) - house.clock.now())
  await house.settled()
}
/** Starts an instance and tells when its deadline of 16 working hours is over. */
async function deadline(variables: object = {}): Promise<{ readonly key: string; readonly due: string }> {
  const key = await house.start('answer', variables as never)
  return { key, due: await dueOf(key) }
}
async function dueOf(key: string): Promise<string> {
  const { items } = await house.temp.store.search('timer', { filter: { processInstanceKey: key } })
  return DateTime.fromMillis(items[0]?.dueAt ?? 0, { zone: ZONE }).toFormat("yyyy-MM-dd'T'HH:mm")
}
const customs: CalendarDocument = {
  ...PUBLIC_CALENDAR,
  calendarId: 'customs',
  name: { en: 'Customs', zh: '海关' },
  days: [{ date: '2026-10-08', kind: 'off' }],
}

describe('a deadline in working time', () => {
  test('passes over Golden Week and counts the make-up Saturday', async () => {
    await moveTo('2026-09-30T13:00')
    expect((await deadline()).due).toBe('2026-10-09T13:00')
    await moveTo('2026-10-09T13:00')
    // Friday afternoon, the make-up Saturday 10 October, and Monday.
    expect((await deadline()).due).toBe('2026-10-12T13:00')
  })

  test('goes by the calendar its service names, else by that of its operator, else by the default', async () => {
    await moveTo('2026-09-30T13:00')
    await house.engine.calendars.put(customs)
    await house.engine.calendars.put({
      ...PUBLIC_CALENDAR,
      calendarId: 'xiamen',
      days: [{ date: '2026-10-05', kind: 'work' }],
      operators: ['OP-XM'],
    })
    house.engine.calendars.assign(
      new Map<string, string | Record<string, string>>([
        ['goods-export', 'customs'],
        ['permit', { 'OP-FZ': 'customs' }],
      ]),
    )

    expect((await deadline()).due).toBe('2026-10-09T13:00')
    expect((await deadline({ service: 'goods-export', operator: 'OP-XM' })).due).toBe('2026-10-10T13:00')
    expect((await deadline({ service: 'permit', operator: 'OP-XM' })).due).toBe('2026-10-08T13:00')
    expect((await deadline({ service: 'permit', operator: 'OP-FZ' })).due).toBe('2026-10-10T13:00')
    expect((await deadline({ service: 'other', operator: 'OP-FZ' })).due).toBe('2026-10-09T13:00')
  })

  test('is set by a change from then on, while those that run keep their time; a restart keeps both', async () => {
    await moveTo('2026-09-30T13:00')
    const before = await deadline()
    await house.engine.calendars.put({ ...customs, calendarId: 'default' })
    const after = await deadline()
    await house.restart()

    expect([await dueOf(before.key), await dueOf(after.key)]).toEqual(['2026-10-09T13:00', '2026-10-10T13:00'])
    expect((await deadline()).due).toBe('2026-10-10T13:00')
    expect(house.engine.calendars.find('default')?.days).toEqual([{ date: '2026-10-08', kind: 'off' }])
  })
})

describe('a calendar', () => {
  test('that cannot be counted by, or takes the operator of another, is refused', async () => {
    await house.engine.calendars.put({ ...customs, operators: ['OP-XM'] })

    await expect(house.engine.calendars.put({ ...customs, calendarId: 'own', operators: ['OP-XM'] })).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: expect.stringContaining('OP-XM has customs'),
    })
    await expect(house.engine.calendars.put({ ...customs, zone: 'Mars/Base' })).rejects.toThrow('/zone')
    expect(house.engine.calendars.all().map(({ calendarId }) => calendarId)).toEqual(['customs', 'default'])
  })
})
