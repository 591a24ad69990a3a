import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { JsonObject } from '../../engine/kernel/index.ts'
import { projectRoot } from '../../engine/root.ts'
import { type CaseResult, type CaseRule, type CaseToPlay, type ProcessCase, playCases, readCases } from '../../engine/verify/cases/index.ts'
import type { Posting } from '../../engine/window/index.ts'
import { type InProcessWorld, openCaseWorld } from '../helpers/case-world.ts'

const GUARANTEE = 'segmented-tax-guarantee'
const BATCHES = 'special-zone-batch-consolidated'
const ENTERPRISE = '91350200MA2DEM121N'
const USUAL = { [GUARANTEE]: usualOf(GUARANTEE, 'returned'), [BATCHES]: usualOf(BATCHES, 'worked-example') }

/** A case of the service whose usual rules of the outside world are to be taken. */
function usualOf(service: string, id: string): CaseToPlay {
  const found = readCases(`${projectRoot()}/processes/${service}`).find(({ played }) => played.id === id)
  if (!found) throw new Error(`Expected a case ${id} of ${service}`)
  return found
}
/** The rules of `cases/defaults.json` answer whenever they are asked. */
function usualRules({ played }: CaseToPlay): readonly CaseRule[] {
  return played.script.filter(({ times }) => times === 'any')
}
function toPlay(
  service: typeof GUARANTEE | typeof BATCHES,
  id: string,
  more: Partial<ProcessCase> & Pick<ProcessCase, 'script'>,
): CaseToPlay {
  const usual = USUAL[service]
  const played: ProcessCase = {
    ...usual.played,
    ...{ id, enterprise: ENTERPRISE, before: [], expect: { end: '' } },
    ...more,
    script: [...more.script, ...usualRules(usual)],
  }
  return { played, files: usual.files }
}

function note(noteNo: string, usd: number): JsonObject {
  const line = { line_no: 1, hs_code: '3923100090', goods_name: '塑料周转箱', qty_declared: 100, unit_declared: '035' }
  return {
    ...{ note_no: noteNo, vehicle_no: `闽D${noteNo}`, gross_weight: 105, net_weight: 100 },
    lines: [{ ...line, total_price: usd, currency: 'USD', origin_country: 'JP' }],
  }
}
/** Each batch is announced on its day; the gate tells twice that it is out, and what comes before the pass is kept for a week. */
function deliveries(amounts: readonly number[], everyHours: number): readonly CaseRule[] {
  return amounts.map((usd, index) => {
    const noteNo = `N${index + 1}`
    const gateOut = { publish: 'zone.gate-out', key: `=receiptNo + "/${noteNo}"`, variables: { gateOut: { weight: 105 } } }
    return {
      when: { after: `PT${24 + index * everyHours}H` },
      do: [
        { notice: 'batch', data: note(noteNo, usd) },
        { ...gateOut, after: 'PT1H', twice: true },
      ],
    }
  })
}
const closing = (after: string): CaseRule => ({ when: { after }, do: { notice: 'consolidation', data: { closing: true } } })
function bonded(account: string) {
  return { openAccount: { ledger: 'bonded', account, unit: 'kg', amount: 1_000_000 } }
}

/** What must hold of every account at every moment, told by its postings alone. */
function expectSound(postings: readonly Posting[]): void {
  expect(postings.map(({ sequence }) => sequence)).toEqual(postings.map((_, index) => index + 1))
  const cents = (amount: string) => Math.round(Number(amount) * 100)
  for (const { balance } of postings) {
    const { limit, reserved, used, available } = balance
    expect(cents(reserved)).toBeGreaterThanOrEqual(0)
    expect(cents(reserved) + cents(used)).toBeLessThanOrEqual(cents(limit))
    expect(cents(available)).toBe(cents(limit) - cents(reserved) - cents(used))
  }
  const sumsOf = (kind: string) => {
    const found = postings.flatMap(({ entries }) => entries.filter((entry) => entry.kind === kind))
    return new Map(found.map(({ reservation, amount }) => [reservation, amount]))
  }
  const released = sumsOf('release')
  expect([...sumsOf('reserve')].filter(([id, amount]) => released.get(id) !== amount)).toEqual([])
}

describe('a guarantee that one service opened', () => {
  let world: InProcessWorld
  let results: readonly CaseResult[]
  let postings: readonly Posting[]
  beforeAll(async () => {
    world = await openCaseWorld()
    const account = 'GX-JOINT-0001'
    const validTo = '=string(today() + duration("P365D"))'
    const issue: CaseRule = {
      when: { task: 'issue-guarantee' },
      do: { after: 'P1D', complete: { decision: 'issue', guaranteeNo: account, amount: 600_000, validTo } },
    }
    const seen: CaseRule = { when: { task: 'still-reserved' }, do: { complete: { decision: 'seen', note: '已通知企业' } } }
    const ask = (after: string): CaseRule => ({ when: { after }, do: { notice: 'guaranteeReturn', data: {} } })
    const guarantee = toPlay(GUARANTEE, 'joint', { script: [issue, seen, ask('P20D'), ask('P60D')] })
    const change = { '/guarantee_no': account, '/record_no': 'T3711W009001', '/dom_party_uscc': ENTERPRISE }
    const batches = toPlay(BATCHES, 'joint', {
      start: '2026-03-12T09:00:00+08:00',
      before: [bonded('T3711W009001')],
      declaration: { file: 'application.json', change },
      script: [...deliveries([50_000, 20_000], 24), closing('P30D')],
    })
    results = await playCases([guarantee, batches], world, 'Asia/Shanghai')
    postings = await world.window.ledgers.postings('guarantee', account, 0, 1_000)
  }, 120_000)
  afterAll(() => world.close())

  test('is found by another, which reserves in it and releases to the fen', () => {
    expect(results.map(({ end }) => end)).toEqual(['end-released', 'consolidated-and-paid'])
    expectSound(postings)
    expect(postings.flatMap(({ entries }) => entries.map(({ kind }) => kind))).toEqual([
      'open',
      'reserve',
      'reserve',
      'release',
      'release',
      'close',
    ])
  })

  test('is not given back while something is reserved', () => {
    const passed = results[0]?.completed ?? []
    const order = ['return-asked', 'still-reserved', 'look-later', 'confirm-return', 'close-account'].map((id) => passed.lastIndexOf(id))
    expect(passed.indexOf('still-reserved')).toBeGreaterThan(passed.indexOf('return-asked'))
    expect(passed.lastIndexOf('return-asked')).toBeGreaterThan(passed.indexOf('look-later'))
    expect(order.every((at) => at >= 0)).toBe(true)
  })
})

describe('batches of any size, whatever is short', () => {
  const SEEDS = [1, 2, 3, 4]
  let world: InProcessWorld
  let results: readonly CaseResult[]
  const accountOf = (seed: number) => `GX-RANDOM-${seed}`
  beforeAll(async () => {
    world = await openCaseWorld()
    const cases = SEEDS.map((seed) => {
      const amounts = randomAmounts(seed, 8)
      const short: CaseRule = {
        when: { task: 'short-of-guarantee' },
        do: { after: 'PT6H', complete: { decision: 'consolidate' } },
        times: 6,
      }
      const recordNo = `T3711W00910${seed}`
      const change = { '/guarantee_no': accountOf(seed), '/record_no': recordNo, '/dom_party_uscc': ENTERPRISE }
      const validTo = '=string(today() + duration("P365D"))'
      return toPlay(BATCHES, `random-${seed}`, {
        before: [{ openAccount: { ledger: 'guarantee', account: accountOf(seed), amount: '300000.00', validTo } }, bonded(recordNo)],
        declaration: { file: 'application.json', change },
        script: [short, ...deliveries(amounts, 30), closing('P120D')],
      })
    })
    results = await playCases(cases, world, 'Asia/Shanghai')
  }, 120_000)
  afterAll(() => world.close())

  test.each(SEEDS)('keep the account sound at every posting, and are paid or never left (seed %i)', async (seed) => {
    const result = results[seed - 1]
    expect(result?.faults.filter((fault) => !fault.startsWith('Expected it to end at'))).toEqual([])
    expect(result?.end).toBe('consolidated-and-paid')
    const postings = await world.window.ledgers.postings('guarantee', accountOf(seed), 0, 1_000)
    expectSound(postings)
    expect(postings.at(-1)?.balance.reserved).toBe('0.00')
    const { played } = toPlay(BATCHES, '', { script: [] })
    const { variables } = await world.record(result?.receiptNo ?? '', played)
    const batches = variables.batches as readonly { status: string }[]
    expect(batches.map(({ status }) => status).filter((status) => !['paid', 'given-up', 'cancelled'].includes(status))).toEqual([])
    const bills = variables.bills as readonly { total: number; noteNos: readonly string[] }[]
    expect(variables.taxPaid).toBeCloseTo(
      bills.reduce((sum, { total }) => sum + total, 0),
      2,
    )
    const paid = bills.flatMap(({ noteNos }) => noteNos)
    expect(new Set(paid).size).toBe(paid.length)
    expect(paid.length).toBe(batches.filter(({ status }) => status === 'paid').length)
  })
})

/** Prices in dollars between 10,000 and 110,000, with cents; the same for the same seed. */
function randomAmounts(seed: number, count: number): readonly number[] {
  let state = seed * 1_000_003
  return Array.from({ length: count }, () => {
    state = (state * 48_271) % 2_147_483_647
    return (1_000_000 + (state % 10_000_000)) / 100
  })
}
