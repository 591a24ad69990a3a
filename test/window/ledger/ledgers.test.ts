import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { readLedgers } from '../../../engine/window/ledger/ledger-definitions.ts'
import { openLedgers } from '../../../engine/window/ledger/ledgers.ts'
import { crashingStore } from '../../helpers/crashing-store.ts'
import { openTempStore, type TempStore } from '../../helpers/temp-store.ts'
import { CLERK, DAY_1, definitions, OWNER, openDesk, refusal } from './ledger-desk.ts'

let temp: TempStore
beforeEach(async () => {
  temp = await openTempStore()
})
afterEach(() => temp.remove())

describe('an account', () => {
  test('is opened once: a repeat answers the first result, another limit or another key is refused', async () => {
    const desk = await openDesk(temp.store)
    const first = await desk.enter('open', { amount: '1000', key: 'open', validTo: '2026-12-31' })
    await desk.enter('increase', { amount: 500 })

    expect(await desk.enter('open', { amount: '1000.00', key: 'open', validTo: '2026-12-31' })).toEqual(first)
    expect(await refusal(desk.enter('open', { amount: '2000', key: 'open' }))).toMatchObject({ code: 'LEDGER_KEY_REUSED' })
    expect(await refusal(desk.enter('open', { amount: '1000', key: 'open', validTo: '2027-12-31' }))).toMatchObject({
      code: 'LEDGER_KEY_REUSED',
    })
    expect(await refusal(desk.enter('open', { amount: '1000', key: 'again' }))).toEqual({ code: 'LEDGER_EXISTS' })
    expect(await desk.balance()).toMatchObject({ limit: '1500.00' })
  })

  test.each([
    ['before', 'announced to the lists', 1, 0],
    ['after', 'announced to the lists', 1, 0],
    ['before', 'opened', 2, 0],
    ['after', 'opened', 2, 1],
    ['before', 'kept for the lists', 3, 1],
  ] as const)('whose node dies right %s it was %s is listed only if it was opened', async (moment, _, write, listed) => {
    const node = crashingStore(temp.store, write, moment)
    const dying = await openLedgers({ store: node.store, clock: { now: () => DAY_1 }, zone: 'Asia/Shanghai', definitions })
    const entries = [{ kind: 'open', key: 'open', amount: 1, enterprise: OWNER }] as const
    void dying.post({ ledger: 'guarantee', account: 'G1', actor: CLERK, entries })
    while (!node.isDead) await new Promise((resolve) => setTimeout(resolve, 1))

    const desk = await openDesk(await temp.reopen())

    expect((await desk.ledgers.list({ enterprise: OWNER, from: 0, limit: 10 })).total).toBe(listed)
    expect(await desk.balance()).toEqual(listed === 0 ? undefined : expect.objectContaining({ limit: '1.00' }))
  })

  test('is valid on its first and its last day, in the zone of the house, and extended past it', async () => {
    const desk = await openDesk(temp.store)
    await desk.enter('open', { amount: 1000, validFrom: '2026-03-03', validTo: '2026-03-05' })
    const reserve = (reservation: string) => desk.enter('reserve', { amount: 1, reservation })

    desk.day(2)
    expect(await refusal(reserve('early'))).toEqual({ code: 'LEDGER_EXPIRED' })
    desk.day(3)
    await reserve('first')
    desk.day(5)
    await reserve('last')
    desk.day(6)
    expect(await refusal(reserve('late'))).toEqual({ code: 'LEDGER_EXPIRED' })
    expect(await refusal(desk.enter('write-off', { amount: 1 }))).toEqual({ code: 'LEDGER_EXPIRED' })
    await desk.enter('call', { reservation: 'last' })
    await desk.enter('extend', { validTo: '2026-03-31' })
    expect(await reserve('late')).toMatchObject({ reserved: '2.00', used: '1.00' })
  })

  test('belongs to an enterprise, and is not there for another one', async () => {
    const desk = await openDesk(temp.store)
    await desk.enter('open', { amount: 1000 })
    const other = { ledger: 'guarantee', account: 'G1', actor: CLERK, entries: [{ kind: 'reserve', key: 'k', amount: 1 }] } as const

    expect(await refusal(desk.ledgers.post({ ...other, enterprise: '91350100M000100Y43' }))).toEqual({ code: 'LEDGER_UNKNOWN' })
    expect(await refusal(desk.ledgers.post({ ...other, enterprise: null }))).toEqual({ code: 'LEDGER_UNKNOWN' })
    expect(await refusal(desk.ledgers.post({ ...other, account: 'G2' }))).toEqual({ code: 'LEDGER_UNKNOWN' })
  })

  test('of a shared ledger is drawn on for every enterprise, down to the last place', async () => {
    const desk = await openDesk(temp.store, 'slot', 'XM-2026-03-02-AM')
    await desk.enter('open', { amount: 2 })
    const book = (enterprise: string) =>
      desk.ledgers.post({
        ...{ ledger: 'slot', account: 'XM-2026-03-02-AM', actor: CLERK, enterprise },
        entries: [{ kind: 'reserve', key: enterprise, amount: 1 }],
      })
    await book(OWNER)
    await book('91350100M000100Y43')

    expect(await refusal(book('91350200M000100Y44'))).toEqual({ code: 'LEDGER_SHORT', short: '1', available: '0' })
  })
})

describe('a posting', () => {
  test('of several kinds is weighed in its order: what is released first can be reserved again', async () => {
    const desk = await openDesk(temp.store)
    await desk.enter('open', { amount: 100 })
    await desk.enter('reserve', { amount: 80, reservation: 'B1' })
    const swap = [
      { kind: 'release', reservation: 'B1' },
      { kind: 'reserve', amount: 90, reservation: 'B2' },
    ] as const

    expect(await refusal(desk.enterAll(swap.toReversed()))).toEqual({ code: 'LEDGER_SHORT', short: '70.00', available: '20.00' })
    expect(await desk.enterAll(swap)).toMatchObject({ reserved: '90.00' })
  })

  test('that is short says what is missing for all of its entries', async () => {
    const desk = await openDesk(temp.store)
    await desk.enter('open', { amount: 100 })

    const refused = await refusal(desk.enterAll(['a', 'b', 'c'].map((reservation) => ({ kind: 'reserve', amount: 50, reservation }))))

    expect(refused).toEqual({ code: 'LEDGER_SHORT', short: '50.00', available: '100.00' })
    expect(await desk.balance()).toMatchObject({ reserved: '0.00' })
  })

  test('makes the lines that are new and leaves those that were made', async () => {
    const desk = await openDesk(temp.store, 'licence', 'L1')
    await desk.enter('open', { amount: '10.000', unit: 't' })
    const lines = (count: number) =>
      Array.from({ length: count }, (_, line) => ({ kind: 'write-off' as const, amount: 1, key: `SW1-${line + 1}` }))

    await desk.enterAll(lines(2))

    expect(await desk.enterAll(lines(3))).toMatchObject({ used: '3.000' })
    expect((await desk.ledgers.postings('licence', 'L1', 0, 10)).map(({ entries }) => entries.length)).toEqual([1, 2, 1])
  })

  test.each([
    ['quota', 't', '1.0005', 'at most 3 decimals'],
    ['licence', 'piece', '1.5', 'at most 0 decimals'],
    ['guarantee', 'CNY', 0.1 + 0.2, 'at most 2 decimals'],
    ['guarantee', 'CNY', '1e3', 'a decimal'],
    ['guarantee', 'CNY', '-1', 'not negative'],
    ['guarantee', 'CNY', Number.POSITIVE_INFINITY, 'a decimal'],
    ['guarantee', 'CNY', '10000000000000000000', 'below 10^18'],
    ['guarantee', 'CNY', null, 'a decimal'],
  ])('of %s in %s does not take %s', async (ledger, unit, amount, message) => {
    const desk = await openDesk(temp.store, ledger, 'A1')

    await expect(desk.enter('open', { unit, amount })).rejects.toThrow(message)
  })

  test('of a kind that the ledger does not take, or with an id that is none, is refused with the way out', async () => {
    const desk = await openDesk(temp.store)
    await desk.enter('open', { amount: 100 })

    await expect(desk.enter('return', { amount: 1 })).rejects.toThrow('Expected one of the entries that ledger guarantee takes')
    await expect(desk.enter('increase', { amount: 1, key: '' })).rejects.toThrow('Expected key to be a text')
    await expect((await openDesk(temp.store, 'guarantee', 'G/1')).enter('close')).rejects.toThrow('Expected account to be an id')
    await expect((await openDesk(temp.store, 'guarantees')).enter('close')).rejects.toThrow('add it to processes/ledgers.json')
  })

  test('warns from the share on that the ledger names', async () => {
    const { ledgers } = await openDesk(temp.store)
    const balance = { limit: '600000.00', used: '0.00', returned: '0.00' }

    expect(ledgers.useOf('guarantee', { ...balance, reserved: '480000.00', available: '120000.00' })).toEqual({ use: 0.8, warn: true })
    expect(ledgers.useOf('guarantee', { ...balance, reserved: '479999.99', available: '120000.01' })).toMatchObject({ warn: false })
    expect(ledgers.useOf('guarantee', { ...balance, limit: '0.00', reserved: '0.00', available: '0.00' })).toEqual({ use: 0, warn: false })
  })
})

describe('the definitions of ledgers', () => {
  const ledger = { ledger: 'quota', name: { en: 'Quota', zh: '配额' }, owner: 'drc', units: ['t'], shared: false }
  async function read(content: string): ReturnType<typeof readLedgers> {
    const folder = await mkdtemp(join(tmpdir(), 'ledgers-'))
    try {
      await writeFile(join(folder, 'ledgers.json'), content)
      return await readLedgers(folder)
    } finally {
      await rm(folder, { recursive: true })
    }
  }

  test('have defaults for what they do not say', async () => {
    const { ledgers } = await read(JSON.stringify({ units: { t: 3 }, ledgers: [ledger] }))

    expect(ledgers.get('quota')).toMatchObject({ warnAt: 0.8, kinds: expect.arrayContaining(['open', 'restore', 'close']) })
  })

  test.each([
    ['no JSON', '{', 'expected JSON'],
    ['an unknown field', JSON.stringify({ units: {}, ledgers: [{ ...ledger, colour: 'red' }] }), '/ledgers/0'],
    ['a unit without decimals', JSON.stringify({ units: {}, ledgers: [ledger] }), 'expected units of /units, found t'],
    ['a ledger twice', JSON.stringify({ units: { t: 3 }, ledgers: [ledger, ledger] }), 'quota is defined twice'],
    ['a kind that is none', JSON.stringify({ units: { t: 3 }, ledgers: [{ ...ledger, kinds: ['open', 'lend'] }] }), '/ledgers/0/kinds/1'],
  ])('with %s are refused with the place', async (_, content, message) => {
    await expect(read(content)).rejects.toThrow(message)
  })

  test('are none where there is no file', async () => {
    expect((await readLedgers(join(tmpdir(), 'no-such-folder'))).ledgers.size).toBe(0)
  })
})
