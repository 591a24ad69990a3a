import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type EngineHarness, openEngineHarness, TESTER } from '../helpers/engine-harness.ts'
import { FAKE_CLOCK_ORIGIN } from '../helpers/fake-clock.ts'
import { process } from '../helpers/process-builder.ts'

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE

let house: EngineHarness
beforeEach(async () => {
  house = await openEngineHarness()
})
afterEach(async () => house.remove())

const waiting = (id: string, trigger: { readonly duration?: string; readonly date?: string }) =>
  process(id).start().catchEvent('wait', trigger).end()

async function advance(ms: number): Promise<void> {
  await house.settled()
  house.clock.advance(ms)
  await house.settled()
}

describe('a timer', () => {
  test.each([
    ['30 days, beyond what a 32-bit delay holds', { duration: 'P30D' }, 30 * DAY],
    ['a date in two years', { date: '2028-03-01T09:00:00+08:00' }, Date.parse('2028-03-01T09:00:00+08:00') - FAKE_CLOCK_ORIGIN],
  ])('fires at %s, and not before', async (_, trigger, length) => {
    await house.deploy(waiting('long', trigger))
    const key = await house.start('long')

    await advance(length - 1)
    expect(await house.stateOf(key)).toBe('ACTIVE')

    await advance(1)
    expect(await house.stateOf(key)).toBe('COMPLETED')
  })

  test('fires at once when its date has passed', async () => {
    await house.deploy(waiting('late', { date: '2020-01-01T00:00:00Z' }))

    const key = await house.start('late')
    await house.settled()

    expect(await house.stateOf(key)).toBe('COMPLETED')
  })

  test('fires before a later one that was there first', async () => {
    await house.deploy(waiting('later', { duration: 'PT2H' }), waiting('sooner', { duration: 'PT1H' }))
    const later = await house.start('later')
    const sooner = await house.start('sooner')

    await advance(60 * MINUTE)

    expect(await house.stateOf(sooner)).toBe('COMPLETED')
    expect(await house.stateOf(later)).toBe('ACTIVE')
  })

  test('of a cancelled instance does nothing, and its row is gone with the instance (F25)', async () => {
    await house.deploy(waiting('short', { duration: 'PT5S' }))
    const key = await house.start('short')
    await house.engine.cancelInstance(key, TESTER)

    expect((await house.temp.store.search('timer', {})).total).toBe(0)
    await advance(10_000)

    expect(house.complaints).toEqual([])
    expect(await house.stateOf(key)).toBe('TERMINATED')
  })

  test('that fell due while the engine was down fires when it is back', async () => {
    await house.deploy(waiting('short', { duration: 'PT1H' }))
    const key = await house.start('short')
    await house.engine.close()
    house.clock.advance(3 * DAY)

    await house.restart()
    await house.settled()

    expect(await house.stateOf(key)).toBe('COMPLETED')
  })

  test('whose row outlived it is dropped', async () => {
    await house.deploy(waiting('short', { duration: 'PT1H' }))
    const key = await house.start('short')
    const [row] = (await house.temp.store.search('timer', {})).items
    if (!row) throw new Error('Expected a timer row')
    await house.engine.cancelInstance(key, TESTER)
    const stored = await house.temp.store.loadInstance(key as never)
    if (!stored) throw new Error('Expected the instance')
    await house.temp.store.commit({
      ...{ key: key as never, expectedRevision: stored.revision, state: stored.state, outbox: [] },
      history: { processInstanceKey: key as never, revision: stored.revision + 1, at: 0, command: 'updateJob', actor: TESTER, events: [] },
      changes: [{ table: 'timer', op: 'put', row }],
    })

    house.clock.advance(DAY)
    await house.restart()
    await house.settled()

    expect((await house.temp.store.search('timer', {})).total).toBe(0)
  })

  test('fires with hundreds of others at one moment, each once', async () => {
    await house.deploy(waiting('many', { duration: 'PT1M' }))
    await Promise.all(Array.from({ length: 300 }, () => house.start('many')))

    await advance(MINUTE)

    expect(house.engine.metrics()['timers.fired']).toBe(300)
    expect(house.engine.metrics()['instances.completed']).toBe(300)
  })
})

describe('a repeating boundary timer', () => {
  beforeEach(async () => {
    const remind = process('remind').start().serviceTask('work', { type: 'work' }).end()
    await house.deploy(remind.boundary('work', 'tick', { cycle: 'R/PT1M', interrupting: false }).end('reminded'))
  })
  const reminders = async (key: string) => (await house.completed(key)).filter((id) => id === 'reminded').length

  test('fires again and again', async () => {
    const key = await house.start('remind')

    for (let minute = 0; minute < 3; minute++) await advance(MINUTE)

    expect(await reminders(key)).toBe(3)
  })

  test('catches up once after half an hour of downtime, then goes on by its grid (F23)', async () => {
    const key = await house.start('remind')
    await advance(MINUTE)
    await house.engine.close()
    house.clock.advance(30 * MINUTE + 10_000)
    await house.restart()
    await house.settled()
    expect(await reminders(key)).toBe(2)

    await advance(49_999)
    expect(await reminders(key)).toBe(2)
    await advance(1)

    expect(await reminders(key)).toBe(3)
  })
})

describe('a start timer', () => {
  const onTimer = (trigger: { readonly date?: string; readonly cycle?: string }, type = 'work') =>
    process('nightly').start('due', trigger).serviceTask('work', { type }).end()
  const runs = async () => (await house.temp.store.search('instance', {})).total

  test('starts an instance at its date, once', async () => {
    await house.deploy(onTimer({ date: '2026-03-02T10:00:00+08:00' }))
    await advance(60 * MINUTE - 1)
    expect(await runs()).toBe(0)

    await advance(1)
    await advance(DAY)

    expect(await runs()).toBe(1)
    const [instance] = (await house.temp.store.search('instance', {})).items
    expect(await house.completed(instance?.key ?? '')).toEqual(['due'])
  })

  test('runs on the grid of its cycle, whatever the minute of deployment (F22)', async () => {
    house.clock.advance(10 * MINUTE)
    await house.deploy(onTimer({ cycle: 'R/2023-07-01T00:00:00+02:00/PT15M' }))

    await advance(5 * MINUTE - 1)
    expect(await runs()).toBe(0)
    await advance(1)
    expect(await runs()).toBe(1)
    await advance(15 * MINUTE)

    expect(await runs()).toBe(2)
  })

  test('reads cron in the zone of the engine', async () => {
    await house.deploy(onTimer({ cycle: '0 30 9 * * *' }))

    await advance(30 * MINUTE)
    expect(await runs()).toBe(1)
    await advance(DAY)

    expect(await runs()).toBe(2)
  })

  test('starts as often as its repetitions say', async () => {
    await house.deploy(onTimer({ cycle: 'R3/PT10M' }))

    for (let turn = 0; turn < 6; turn++) await advance(10 * MINUTE)

    expect(await runs()).toBe(3)
  })

  test('catches up once after downtime, then goes on by the grid', async () => {
    await house.deploy(onTimer({ cycle: 'R/2026-03-02T09:00:00+08:00/PT1M' }))
    await house.settled()
    const before = await runs()
    await house.engine.close()
    house.clock.advance(30 * MINUTE + 30_000)

    await house.restart()
    await house.settled()
    expect(await runs()).toBe(before + 1)
    await advance(30_000)

    expect(await runs()).toBe(before + 2)
  })

  test('of an older version gives way to that of the new one', async () => {
    await house.deploy(onTimer({ cycle: 'R/PT10M' }))
    await advance(10 * MINUTE)
    await house.deploy(onTimer({ cycle: 'R/PT1H' }, 'other'))

    await advance(59 * MINUTE)
    expect(await runs()).toBe(1)
    await advance(MINUTE)

    const { items } = await house.temp.store.search('instance', { sort: [{ field: 'startedAt', order: 'asc' }] })
    expect(items.map(({ version }) => version)).toEqual([1, 2])
  })

  test('that cannot be read is refused when it is deployed', async () => {
    await expect(house.deploy(onTimer({ cycle: 'every now and then' }))).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' })
    expect(house.engine.definitions.all()).toEqual([])
  })

  test('starts one instance when two nodes fire it', async () => {
    await house.deploy(onTimer({ date: '2026-03-02T10:00:00+08:00' }))
    await house.another()

    await advance(60 * MINUTE)

    expect(await runs()).toBe(1)
  })
})
