import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type EngineHarness, openEngineHarness, TENANT, TESTER } from '../helpers/engine-harness.ts'
import { process } from '../helpers/process-builder.ts'

let house: EngineHarness
beforeEach(async () => {
  house = await openEngineHarness()
})
afterEach(async () => house.remove())

const waiter = (id: string) => process(id).start().catchEvent('wait', { message: 'paid', correlationKey: '=order' }).end()
const taker = (id: string) =>
  process(id)
    .start()
    .serviceTask('work', { type: id })
    .end()
    .boundary('work', 'note', { message: 'note', correlationKey: '=order', interrupting: false })
    .end('noted')
const notes = async (key: string) => (await house.completed(key)).filter((id) => id === 'noted').length
const instances = async (filter: Record<string, string> = {}) => (await house.temp.store.search('instance', { filter })).total

describe('a message', () => {
  test('reaches the instance that waits for its name and key, with its variables', async () => {
    await house.deploy(waiter('order'))
    const other = await house.start('order', { order: 'B' })
    const key = await house.start('order', { order: 'A' })

    await house.publish('paid', 'A', { variables: { amount: 5 } })

    expect(await house.stateOf(key)).toBe('COMPLETED')
    expect(await house.engine.getVariables(key)).toEqual({ order: 'A', amount: 5 })
    expect(await house.stateOf(other)).toBe('ACTIVE')
  })

  test('reaches one instance of a process id, the one that waited longest, and one of every other process id', async () => {
    await house.deploy(waiter('order'), waiter('audit'))
    const first = await house.start('order', { order: 'A' })
    house.clock.advance(1)
    const second = await house.start('order', { order: 'A' })
    const audit = await house.start('audit', { order: 'A' })

    await house.publish('paid', 'A', { timeToLiveMs: 60_000 })
    await house.settled()

    expect(await Promise.all([first, second, audit].map((key) => house.stateOf(key)))).toEqual(['COMPLETED', 'ACTIVE', 'COMPLETED'])
  })

  test('whose claim a crash left open is not taken again by a subscription that has taken too many since to remember', async () => {
    await house.deploy(taker('order'))
    const key = await house.start('order', { order: 'A' })
    const messageKey = await house.publish('note', 'A', { timeToLiveMs: 60_000 })
    const [stored] = await house.temp.store.bufferedMessages(TENANT, 'note', 'A', 0)
    const claim = stored?.claims.order
    if (!claim) throw new Error('Expected the message to be claimed')
    for (let more = 0; more < 100; more++) await house.publish('note', 'A')

    await house.temp.store.settleMessage(messageKey, 'order', { ...claim, confirmed: false })
    await house.restart()
    await house.settled()

    expect(await notes(key)).toBe(101)
  })

  test('waits for its time to live, and no longer', async () => {
    await house.deploy(waiter('order'))
    await house.publish('paid', 'A', { timeToLiveMs: 1_000 })
    await house.publish('paid', 'B', { timeToLiveMs: 1_000 })

    house.clock.advance(999)
    const inTime = await house.start('order', { order: 'A' })
    await house.settled()
    house.clock.advance(1)
    const tooLate = await house.start('order', { order: 'B' })
    await house.settled()

    expect(await house.stateOf(inTime)).toBe('COMPLETED')
    expect(await house.stateOf(tooLate)).toBe('ACTIVE')
  })

  test('without time to live is not buffered', async () => {
    await house.deploy(waiter('order'))
    await house.publish('paid', 'A')

    const key = await house.start('order', { order: 'A' })
    await house.settled()

    expect(await house.stateOf(key)).toBe('ACTIVE')
  })

  test('is refused while one with its id is buffered, and taken after that one expired', async () => {
    const publish = () => house.publish('paid', 'A', { timeToLiveMs: 1_000, messageId: 'receipt-1' })
    await publish()

    await expect(publish()).rejects.toMatchObject({ code: 'ALREADY_EXISTS' })
    house.clock.advance(1_000)

    await expect(publish()).resolves.toMatch(/^\d+$/)
    await house.settled()
    expect(await house.temp.store.dueOutbox(house.clock.now(), 10)).toEqual([])
  })

  test('that is larger than the limit is refused before anything is written', async () => {
    const text = 'x'.repeat(5 * 1024 * 1024)

    await expect(house.publish('paid', 'A', { timeToLiveMs: 1_000, variables: { text } })).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
    })
    expect(await house.temp.store.bufferedMessages('<default>', 'paid', 'A', 0)).toEqual([])
  })

  test('that is buffered is not taken twice by an instance that asks again', async () => {
    const twice = process('twice').start().catchEvent('one', { message: 'paid', correlationKey: '=order' })
    await house.deploy(twice.catchEvent('two', { message: 'paid', correlationKey: '=order' }).end())
    const key = await house.start('twice', { order: 'A' })

    await house.publish('paid', 'A', { timeToLiveMs: 60_000 })
    await house.settled()
    expect(await house.completed(key)).not.toContain('two')
    await house.publish('paid', 'A', { timeToLiveMs: 60_000 })
    await house.settled()

    expect(await house.stateOf(key)).toBe('COMPLETED')
  })

  test('of the same millisecond as another gives two activations of a non-interrupting event, round after round (F26)', async () => {
    await house.deploy(taker('taker'))
    const keys = await Promise.all(Array.from({ length: 50 }, (_, n) => house.start('taker', { order: `K${n}` })))

    await Promise.all(keys.flatMap((_, n) => [house.publish('note', `K${n}`), house.publish('note', `K${n}`)]))

    expect(await Promise.all(keys.map(notes))).toEqual(keys.map(() => 2))
  })

  test('published on two nodes at once gives one activation for each', async () => {
    await house.deploy(taker('taker'))
    const key = await house.start('taker', { order: 'A' })
    const other = await house.another()

    await Promise.all([
      house.publish('note', 'A', { timeToLiveMs: 60_000 }),
      other.publishMessage({ name: 'note', correlationKey: 'A', timeToLiveMs: 60_000, variables: {}, tenantId: '<default>' }, TESTER),
    ])
    await house.settled()

    expect(await notes(key)).toBe(2)
  })

  test('buffered in order is taken in order', async () => {
    await house.deploy(taker('taker'))
    for (const mark of ['1', '2', '3']) {
      await house.publish('note', 'A', { timeToLiveMs: 60_000, variables: { mark } })
      house.clock.advance(1)
    }

    const key = await house.start('taker', { order: 'A' })
    await house.settled()

    const history = await house.engine.getHistory(key)
    const marks = history.flatMap(({ events }) =>
      events.flatMap((event) => (event.type === 'variables.set' && event.variables.mark ? [event.variables.mark] : [])),
    )
    expect(marks).toEqual(['1', '2', '3'])
  })

  test('thrown by a process is published by the engine', async () => {
    const sender = process('sender')
      .start()
      .throwEvent('tell', { message: 'paid', correlationKey: '=order', timeToLive: 'PT1H', inputs: { amount: '=9' } })
    await house.deploy(sender.end(), waiter('order'))
    const key = await house.start('order', { order: 'A' })

    await house.start('sender', { order: 'A' })
    await house.settled()

    expect(await house.stateOf(key)).toBe('COMPLETED')
    expect(await house.engine.getVariables(key)).toMatchObject({ amount: 9 })
  })

  test('is removed some time after it expired', async () => {
    await house.publish('paid', 'A', { timeToLiveMs: 1_000 })
    house.clock.advance(3_600_000)

    expect(await house.temp.store.expireMessages(house.clock.now() - 30_000, 10)).toBe(1)
  })
})

describe('a message start event', () => {
  const starter = (type = 'work') => process('claim').start('received', { message: 'claimed' }).serviceTask('work', { type }).end()
  const finish = async () => {
    for (const job of await house.take('work'))
      await house.engine.completeJob(job.jobKey, { variables: {}, leaseToken: job.leaseToken }, TESTER)
    await house.settled()
  }

  test('starts an instance with the message', async () => {
    await house.deploy(starter())

    await house.publish('claimed', 'A', { variables: { amount: 5 } })

    const { items } = await house.temp.store.search('instance', {})
    expect(items).toHaveLength(1)
    expect(await house.engine.getVariables(items[0]?.key ?? '')).toEqual({ amount: 5 })
    expect(await house.completed(items[0]?.key ?? '')).toEqual(['received'])
  })

  test('holds a message back while an instance its key started is active, then starts the next', async () => {
    await house.deploy(starter())
    for (const part of [1, 2, 3]) {
      await house.publish('claimed', 'A', { timeToLiveMs: 3_600_000, variables: { part } })
      house.clock.advance(1)
    }
    await house.publish('claimed', 'B', { timeToLiveMs: 3_600_000 })
    expect(await instances()).toBe(2)

    await finish()

    expect(await instances()).toBe(3)
    expect(await instances({ state: 'ACTIVE' })).toBe(1)
    await finish()
    expect(await instances()).toBe(4)
    await finish()
    expect(await instances({ state: 'ACTIVE' })).toBe(0)
  })

  test('does not begin by a message that was published before its process was deployed', async () => {
    await house.publish('claimed', 'A', { timeToLiveMs: 3_600_000 })

    await house.deploy(starter())
    await house.settled()

    expect(await instances()).toBe(0)
  })

  test('without a key always starts', async () => {
    await house.deploy(starter())

    await house.publish('claimed', '')
    await house.publish('claimed', '')

    expect(await instances({ state: 'ACTIVE' })).toBe(2)
  })

  test('of the newest version is the one that counts, also after a restart', async () => {
    await house.deploy(starter())
    await house.deploy(starter('other'))
    await house.restart()

    await house.publish('claimed', 'A')

    const { items } = await house.temp.store.search('instance', {})
    expect(items.map(({ version }) => version)).toEqual([2])
  })

  test('is the only way in for a process without another start', async () => {
    await house.deploy(starter())

    await expect(house.start('claim')).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' })
  })
})
