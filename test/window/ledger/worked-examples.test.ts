import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openTempStore, type TempStore } from '../../helpers/temp-store.ts'
import { type LedgerDesk, openDesk, refusal } from './ledger-desk.ts'

let temp: TempStore
beforeEach(async () => {
  temp = await openTempStore()
})
afterEach(() => temp.remove())

describe('the guarantee of 600,000 yuan for batched deliveries', () => {
  const TAX = { B1: '99015.00', B2: '237636.00', B3: '198030.00', B4: '158424.00', B5: '118818.00' } as const
  type Batch = keyof typeof TAX
  const gateOut = (desk: LedgerDesk, batch: Batch) => desk.enter('reserve', { amount: TAX[batch], reservation: batch, key: `out-${batch}` })
  const paid = (desk: LedgerDesk, batches: readonly Batch[]) =>
    desk.enterAll(batches.map((reservation) => ({ kind: 'release', reservation, key: `paid-${reservation}` })))

  test('is reserved and released day by day, to the cent', async () => {
    const desk = await openDesk(temp.store)
    await desk.enter('open', { amount: '600000.00', validTo: '2026-12-31' })
    const days: [number, string, string][] = []
    const on = async (day: number, act: () => Promise<unknown>) => {
      desk.day(day)
      const result = await act()
      const { reserved = '', available = '' } = (await desk.balance()) ?? {}
      days.push([day, reserved, available])
      return result
    }

    await on(2, () => gateOut(desk, 'B1'))
    await on(5, () => gateOut(desk, 'B2'))
    await on(9, () => gateOut(desk, 'B3'))
    const short = await on(12, () => refusal(gateOut(desk, 'B4')))
    await on(14, () => paid(desk, ['B1', 'B2', 'B3']))
    await on(14, () => gateOut(desk, 'B4'))
    await on(16, () => gateOut(desk, 'B5'))
    await on(45, () => paid(desk, ['B4', 'B5']))

    expect(days).toEqual([
      [2, '99015.00', '500985.00'],
      [5, '336651.00', '263349.00'],
      [9, '534681.00', '65319.00'],
      [12, '534681.00', '65319.00'],
      [14, '0.00', '600000.00'],
      [14, '158424.00', '441576.00'],
      [16, '277242.00', '322758.00'],
      [45, '0.00', '600000.00'],
    ])
    expect(short).toEqual({ code: 'LEDGER_SHORT', short: '93105.00', available: '65319.00' })
    expect(await desk.ledgers.check('guarantee', 'G1', false)).toMatchObject({ equal: true, postings: 8, entries: 11 })
  })

  test('releases exactly what each batch reserved, also when the note and the receipt come twice', async () => {
    const desk = await openDesk(temp.store)
    await desk.enter('open', { amount: 600_000 })
    for (const batch of ['B1', 'B2', 'B3'] as const) await gateOut(desk, batch)
    await gateOut(desk, 'B2')
    await paid(desk, ['B1', 'B2', 'B3'])
    await paid(desk, ['B1', 'B2', 'B3'])

    const entries = (await desk.ledgers.postings('guarantee', 'G1', 0, 100)).flatMap((posting) => posting.entries)
    const of = (kind: string) => entries.filter((entry) => entry.kind === kind).map(({ reservation, amount }) => [reservation, amount])
    expect(of('release')).toEqual(of('reserve'))
    expect(of('reserve')).toHaveLength(3)
    expect(await desk.balance()).toMatchObject({ reserved: '0.00', available: '600000.00' })
  })

  test('is called for a batch that nobody paid, and closed when nothing is reserved', async () => {
    const desk = await openDesk(temp.store)
    await desk.enter('open', { amount: '600000.00' })
    await gateOut(desk, 'B4')
    expect(await refusal(desk.enter('close'))).toMatchObject({ code: 'LEDGER_IN_USE' })

    expect(await desk.enter('call', { reservation: 'B4' })).toMatchObject({ reserved: '0.00', used: '158424.00', available: '441576.00' })
    await desk.enter('close')

    expect(await refusal(gateOut(desk, 'B5'))).toEqual({ code: 'LEDGER_CLOSED' })
  })
})

describe('the tariff quota of 1,000 t', () => {
  test('is allocated to P, Q and R within the total, and P leaves 20 t unused', async () => {
    const total = await openDesk(temp.store, 'quota', 'TRQ-2026')
    const holder = await openDesk(temp.store, 'quota', 'TRQ-2026-P')
    await total.enter('open', { amount: 1000, unit: 't' })
    const allocated = await total.enterAll(
      [500, 200, 100].map((amount, index) => ({ kind: 'write-off', amount, key: `allocated-${'PQR'[index]}` })),
    )
    expect(allocated).toMatchObject({ limit: '1000.000', used: '800.000', available: '200.000' })
    expect(await refusal(total.enter('write-off', { amount: 200.001, key: 'too-much' }))).toMatchObject({ short: '0.001' })

    await holder.enter('open', { amount: 500, unit: 't', validTo: '2026-12-31' })
    await holder.enter('write-off', { amount: 300, key: 'declaration-1-line-1' })
    await holder.enter('write-off', { amount: 300, key: 'declaration-1-line-1' })
    await holder.enter('write-off', { amount: 150, key: 'declaration-2-line-1' })
    const left = await holder.enter('return', { amount: 30 })

    expect(left).toEqual({ limit: '500.000', reserved: '0.000', used: '450.000', returned: '30.000', available: '20.000' })
    expect(await refusal(holder.enter('write-off', { amount: '20.001', key: 'declaration-3-line-1' }))).toEqual({
      code: 'LEDGER_SHORT',
      short: '0.001',
      available: '20.000',
    })
  })
})
