import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openStore as connect, type Store } from '../../../engine/store/index.ts'
import { type Balance, LedgerFailure, type Ledgers, type PostRequest } from '../../../engine/window/ledger/ledger-contract.ts'
import { openLedgers } from '../../../engine/window/ledger/ledgers.ts'
import { crashingStore } from '../../helpers/crashing-store.ts'
import type { TempStore } from '../../helpers/temp-store.ts'
import { CLERK, DAY_1, OWNER } from './ledger-desk.ts'
import { afterSomeOrder, anyWish, type LedgerModel, type ModelBalance, newModel, type Outcome, step, type Wish } from './ledger-model.ts'

const LIMIT = 60_000_000
const definitions = {
  ledgers: new Map([
    [
      'guarantee',
      {
        ledger: 'guarantee',
        name: { en: 'Guarantee', zh: '担保' },
        owner: 'customs',
        units: ['CNY'],
        shared: false,
        kinds: ['open', 'increase', 'decrease', 'reserve', 'release', 'write-off', 'call', 'restore', 'return', 'close'],
        afterExpiry: [],
        warnAt: 0.8,
      } as const,
    ],
  ]),
  scales: new Map([['CNY', 2]]),
}
const openNode = (store: Store): Promise<Ledgers> => openLedgers({ store, clock: { now: () => DAY_1 }, zone: 'Asia/Shanghai', definitions })

const yuan = (cents: number) => `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}`
const cents = (text: string) => Math.round(Number(text) * 100)
const toModel = ({ limit, reserved, used, returned }: Balance): ModelBalance => ({
  ...{ limit: cents(limit), reserved: cents(reserved), used: cents(used), returned: cents(returned) },
})
function toRequest(account: string, wishes: readonly Wish[]): PostRequest {
  const entries = wishes.map(({ amount, ...wish }) => ({ ...wish, ...(amount === undefined ? {} : { amount: yuan(amount) }) }))
  return { ledger: 'guarantee', account, entries, enterprise: OWNER, actor: CLERK }
}
async function outcomeOf(posting: ReturnType<Ledgers['post']>): Promise<Outcome> {
  try {
    return { balance: toModel((await posting).balance) }
  } catch (error) {
    if (error instanceof LedgerFailure) return { refused: error.code }
    throw error
  }
}

type Act =
  | { readonly act: 'one'; readonly wish: Wish }
  | { readonly act: 'crash'; readonly wish: Wish; readonly write: number; readonly moment: 'before' | 'after' }
  | { readonly act: 'atOnce'; readonly wishes: readonly Wish[] }
const anyAct: fc.Arbitrary<Act> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ act: fc.constant('one' as const), wish: anyWish }) },
  {
    weight: 2,
    arbitrary: fc.record({
      ...{ act: fc.constant('crash' as const), wish: anyWish, write: fc.integer({ min: 1, max: 3 }) },
      moment: fc.constantFrom('before', 'after'),
    }),
  },
  { weight: 2, arbitrary: fc.record({ act: fc.constant('atOnce' as const), wishes: fc.array(anyWish, { minLength: 2, maxLength: 4 }) }) },
)

/** What ledgers promise on every store. `runs`: how many random sequences. */
export function ledgerContract(openStore: () => Promise<TempStore>, runs: number): void {
  let temp: TempStore
  /** What a second node has: a connection of its own, where the store lets several in. */
  let other: Store
  let accounts = 0
  beforeEach(async () => {
    temp = await openStore()
    other = temp.options.url === undefined ? temp.store : await connect(temp.options)
  })
  afterEach(async () => {
    if (other !== temp.store) await other.close()
    await temp.remove()
  })

  async function openAccount(ledgers: Ledgers, limit = LIMIT): Promise<string> {
    const account = `G${++accounts}`
    const entries = [{ kind: 'open', key: 'open', amount: yuan(limit), enterprise: OWNER }] as const
    await ledgers.post({ ...toRequest(account, []), entries })
    return account
  }

  /** The node dies at that write, if it gets there; another one is asked for the same. */
  async function crashThenRetry(account: string, { wish, write, moment }: Extract<Act, { act: 'crash' }>): Promise<Outcome> {
    const node = crashingStore(temp.store, write, moment)
    const dying = await openNode(node.store)
    let isOver = false
    const over = () => {
      isOver = true
    }
    dying.post(toRequest(account, [wish])).then(over, over)
    while (!isOver && !node.isDead) await new Promise((resolve) => setTimeout(resolve, 1))
    // A call that reached the store before the death may still be on its way.
    if (node.isDead) await temp.store.documents({ name: 'ledger_postings', indexes: ['marks'], unique: [] }).get('none')
    return outcomeOf((await openNode(temp.store)).post(toRequest(account, [wish])))
  }

  async function carryOut(nodes: readonly Ledgers[], account: string, model: LedgerModel, act: Act): Promise<LedgerModel> {
    const [first, second] = nodes as [Ledgers, Ledgers]
    if (act.act === 'atOnce') {
      const outcomes = await Promise.all(
        act.wishes.map((wish, index) => outcomeOf((index % 2 === 0 ? first : second).post(toRequest(account, [wish])))),
      )
      const state = await first.find('guarantee', account)
      const next = state && afterSomeOrder(model, act.wishes, outcomes, toModel(state.balance))
      if (!next) throw new Error(`No order of ${JSON.stringify(act.wishes)} explains ${JSON.stringify([outcomes, state?.balance])}`)
      return next
    }
    const [next, expected] = step(model, act.wish)
    const found = act.act === 'crash' ? await crashThenRetry(account, act) : await outcomeOf(second.post(toRequest(account, [act.wish])))
    expect(found).toEqual(expected)
    return next
  }

  test('any sequence of entries, repeats, crashes and rivals on two nodes does what the model does', async () => {
    const nodes = [await openNode(temp.store), await openNode(other)]
    await fc.assert(
      fc.asyncProperty(fc.array(anyAct, { minLength: 1, maxLength: 14 }), async (acts) => {
        const account = await openAccount(nodes[0] as Ledgers)
        let model = newModel(LIMIT)
        for (const act of acts) model = await carryOut(nodes, account, model, act)

        const check = await nodes[0]?.check('guarantee', account, false)
        expect(check?.problems).toEqual([])
        expect(check?.entries).toBe(Object.keys(model.made).length + 1)
        const { limit, reserved, used, returned } = model
        expect(toModel(check?.balance as Balance)).toEqual({ limit, reserved, used, returned })
      }),
      { numRuns: runs },
    )
  })

  test('any batch of entries is made whole or not at all', async () => {
    const ledgers = await openNode(temp.store)
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(anyWish, { minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 6 }), async (batches) => {
        const account = await openAccount(ledgers)
        for (const batch of batches) {
          const before = await ledgers.check('guarantee', account, false)
          const outcome = await outcomeOf(ledgers.post(toRequest(account, batch)))
          const after = await ledgers.check('guarantee', account, false)
          expect(after?.problems).toEqual([])
          const made = (after?.entries ?? 0) - (before?.entries ?? 0)
          expect(after?.postings).toBe((before?.postings ?? 0) + (made > 0 ? 1 : 0))
          if ('refused' in outcome) expect(after?.balance).toEqual(before?.balance)
        }
      }),
      { numRuns: Math.ceil(runs / 2) },
    )
  })

  test('of two batches that together overdraw at the same millisecond, one is told how much is missing', async () => {
    const nodes = [await openNode(temp.store), await openNode(other)] as const
    const account = await openAccount(nodes[0], 10_000_000)
    const reserve = (node: Ledgers, batch: string) =>
      node.post(toRequest(account, [{ kind: 'reserve', key: batch, reservation: batch, amount: 6_000_000 }]))

    const results = await Promise.allSettled([reserve(nodes[0], 'FZ'), reserve(nodes[1], 'XM')])

    const refused = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as LedgerFailure] : []))
    expect(refused).toHaveLength(1)
    expect(refused[0]).toMatchObject({ code: 'LEDGER_SHORT', details: { short: '20000.00', available: '40000.00' } })
    expect((await nodes[1].find('guarantee', account))?.balance).toMatchObject({ reserved: '60000.00', available: '40000.00' })
  })

  test('forty batches at once on two nodes reserve exactly what there is, each replay included once', async () => {
    const nodes = [await openNode(temp.store), await openNode(other)] as const
    const account = await openAccount(nodes[0], 1_000)
    const batches = Array.from({ length: 40 }, (_, index) => `B${index % 20}`)

    const outcomes = await Promise.all(
      batches.map((batch, index) =>
        outcomeOf(
          (nodes[index % 2] as Ledgers).post(toRequest(account, [{ kind: 'reserve', key: batch, reservation: batch, amount: 100 }])),
        ),
      ),
    )

    const state = await nodes[0].find('guarantee', account)
    expect(state?.balance).toMatchObject({ reserved: '10.00', available: '0.00' })
    expect(Object.keys(state?.reservations ?? {})).toHaveLength(10)
    expect(outcomes.filter((outcome) => 'refused' in outcome)).toHaveLength(20)
    expect(await nodes[0].check('guarantee', account, false)).toMatchObject({ equal: true, postings: 11 })
  })

  test('a snapshot that was spoilt or lost is found and written anew from the postings', async () => {
    const ledgers = await openNode(temp.store)
    const account = await openAccount(ledgers)
    await ledgers.post(toRequest(account, [{ kind: 'reserve', key: 'k', reservation: 'B1', amount: 100 }]))
    const snapshots = temp.store.documents({ name: 'ledger_accounts', indexes: ['ledger', 'enterprise', 'status', 'stage'], unique: [] })
    const kept = await snapshots.get(`guarantee/${account}`)
    const { balance, ...rest } = kept?.body ?? {}
    const spoilt = { ...rest, balance: { ...(balance as object), reserved: '0.00', available: '600000.00' } }
    await snapshots.replace(`guarantee/${account}`, kept?.revision ?? 0, spoilt)

    expect(await ledgers.check('guarantee', account, false)).toMatchObject({ equal: false, repaired: false })
    expect(await ledgers.check('guarantee', account, true)).toMatchObject({ equal: false, repaired: true })
    expect(await ledgers.check('guarantee', account, false)).toMatchObject({ equal: true, repaired: false })
    await snapshots.delete(`guarantee/${account}`)
    expect((await ledgers.find('guarantee', account))?.balance).toMatchObject({ reserved: '1.00' })
  })
}
