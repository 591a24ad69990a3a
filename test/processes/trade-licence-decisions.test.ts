import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Json, JsonObject, Variables } from '../../engine/kernel/index.ts'
import { loadLibrary } from '../helpers/process-play.ts'

const { decisions } = await loadLibrary(['trade-licence', 'trq-allocation'])
const ENV = { now: Date.parse('2026-05-18T09:00:00+08:00'), zone: 'Asia/Shanghai' }

function evaluate(decisionId: string, variables: Variables): Json {
  const outcome = decisions.get(decisionId)?.evaluate((name) => variables[name], ENV)
  if (!outcome) throw new Error(`Expected a decision ${decisionId}`)
  if (!outcome.ok) throw new Error(outcome.message)
  return outcome.output
}

describe('licence-type', () => {
  const typeOf = (licenceType: string, facts: JsonObject = {}) =>
    evaluate('licence-type', { facts: { licenceType, kind: null, product: null, declaredOn: '2026-05-18', ...facts } }) as JsonObject

  test.each([
    ['a filing on the last day of the duty', 'operator-filing', { declaredOn: '2022-12-29' }, { action: 'process', output: 'record' }],
    ['a filing on the day the duty ended', 'operator-filing', { declaredOn: '2022-12-30' }, { action: 'skip' }],
    ['an annual inspection', 'overseas-inspection', {}, { authority: 'commerce', opinions: ['safe'], within: 'P30D', output: 'grade' }],
    ['processing trade', 'processing-trade', {}, { second: 'customs', within: 'working P5D', output: 'handbook' }],
    ['grain', 'agri-tariff-quota', { product: 'corn' }, { authority: 'drc', allocation: 'collected', ledger: 'quota' }],
    ['sugar', 'agri-tariff-quota', { product: 'sugar' }, { authority: 'commerce', allocation: 'collected' }],
    ['wool tops', 'agri-tariff-quota', { product: 'wool-tops' }, { authority: 'commerce', allocation: 'first-come' }],
    ['a licence', 'import-export-licence', { kind: 'general' }, { within: 'P30D', ledger: 'licence' }],
    ['a quota licence', 'import-export-licence', { kind: 'quota' }, { within: 'working P3D', validity: 'year-end' }],
    ['an automatic licence', 'import-export-licence', { kind: 'automatic' }, { within: 'P10D' }],
    ['a dual-use licence', 'import-export-licence', { kind: 'dual-use' }, { opinions: ['customs', 'drc'] }],
  ])('knows %s', (_, licenceType, facts, expected) => {
    expect(typeOf(licenceType, facts)).toMatchObject(expected)
  })
})

describe('trq-window', () => {
  const windowOf = (appliedOn: string, licenceType = 'agri-tariff-quota', allocation = 'collected') =>
    evaluate('trq-window', { facts: { licenceType }, licenceType: { allocation }, appliedOn })

  test.each([
    ['2026-08-31', { open: false, round: 'none', year: 2026, nextOn: '2026-09-01' }],
    ['2026-09-01', { open: true, round: 'reallocation', year: 2026, nextOn: null }],
    ['2026-09-15', { open: true, round: 'reallocation', year: 2026, nextOn: null }],
    ['2026-09-16', { open: false, round: 'none', year: 2026, nextOn: '2026-10-15' }],
    ['2026-10-14', { open: false, round: 'none', year: 2026, nextOn: '2026-10-15' }],
    ['2026-10-15', { open: true, round: 'first', year: 2027, nextOn: null }],
    ['2026-10-30', { open: true, round: 'first', year: 2027, nextOn: null }],
    ['2026-10-31', { open: false, round: 'none', year: 2026, nextOn: '2027-09-01' }],
  ])('on %s', (day, expected) => {
    expect(windowOf(day)).toEqual(expected)
  })

  test('is open in its months for inspections, all year for wool and for everything else', () => {
    expect(windowOf('2026-03-31', 'overseas-inspection', 'none')).toMatchObject({ open: false, nextOn: '2026-04-01' })
    expect(windowOf('2026-04-01', 'overseas-inspection', 'none')).toMatchObject({ open: true })
    expect(windowOf('2026-07-01', 'overseas-inspection', 'none')).toMatchObject({ open: false, nextOn: '2027-04-01' })
    expect(windowOf('2026-07-01', 'agri-tariff-quota', 'first-come')).toMatchObject({ open: true, year: 2026 })
    expect(windowOf('2026-12-31', 'processing-trade', 'none')).toMatchObject({ open: true })
  })
})

describe('trq-eligibility and quota-balance', () => {
  test.each([
    ['agri-tariff-quota', 'dishonest', 600, 500, 'clear-no'],
    ['agri-tariff-quota', 'general', 0, 500, 'clear-no'],
    ['agri-tariff-quota', 'general', 499, 500, 'doubt'],
    ['agri-tariff-quota', 'general', 500, 500, 'clear'],
    ['import-export-licence', 'dishonest', null, 500, 'doubt'],
    ['import-export-licence', 'general', null, 500, 'clear'],
  ])('%s of a %s enterprise with capacity %s asking for %s: %s', (licenceType, creditClass, capacity, quantity, result) => {
    expect(evaluate('trq-eligibility', { facts: { licenceType, capacity, quantity }, creditClass })).toMatchObject({ result })
  })

  test.each([
    ['quota', 80, 80, 'in-quota', 80, 0],
    ['quota', 80, 81, 'split', 80, 1],
    ['quota', 0, 81, 'out-of-quota', 0, 81],
    ['licence', 80, 80, 'covered', 80, 0],
    ['licence', 80, 81, 'short', 0, 81],
  ])('a %s of which %s are left covers of %s: %s', (ledger, remaining, declared, outcome, covered, notCovered) => {
    expect(evaluate('quota-balance', { licenceType: { ledger }, remaining, declared })).toEqual({ outcome, covered, notCovered })
  })
})

describe('trq-allocation', () => {
  const quota = { round: 'first', total: 1000, newcomerReserve: 0.1, growthFactor: 1.25, lot: 1 }
  const applicant = (receiptNo: string, asks: number, capacity: number, lastYearUse: number, penalty = 0) => ({
    ...{ receiptNo, enterprise: receiptNo, asks, capacity, lastYearUse, penalty },
  })
  interface Allocated {
    readonly allocated: number
    readonly left: number
    readonly holds: boolean
    readonly list: readonly { readonly receiptNo: string; readonly allocated: number; readonly asks: number; readonly capacity: number }[]
  }
  const allocate = (applications: readonly JsonObject[], changes: JsonObject = {}) =>
    evaluate('trq-allocation', { applications, quota: { ...quota, ...changes } }) as unknown as Allocated
  const amounts = ({ list }: Allocated) => Object.fromEntries(list.map(({ receiptNo, allocated }) => [receiptNo, allocated]))

  test('gives P 500, Q 200 and R 100 of 1,000 t', () => {
    const result = allocate([applicant('P', 500, 600, 400), applicant('Q', 300, 300, 200, 50), applicant('R', 200, 200, 0)])

    expect(amounts(result)).toEqual({ P: 500, Q: 200, R: 100 })
    expect(result).toMatchObject({ allocated: 800, left: 200, holds: true })
  })

  test('cuts old users pro rata when they are entitled to more than their part, and rounds lots down', () => {
    const result = allocate([applicant('A', 900, 900, 700), applicant('B', 900, 900, 500)], {
      growthFactor: 1,
      newcomerReserve: 0,
      lot: 10,
    })

    expect(amounts(result)).toEqual({ A: 580, B: 410 })
  })

  test('shares the reserve among newcomers by capacity; what they do not take stays for September', () => {
    const result = allocate([applicant('A', 500, 300, 0), applicant('B', 10, 100, 0)])

    expect(amounts(result)).toEqual({ A: 75, B: 10 })
  })

  test('looks at what is asked for, not at last year, when it allocates again', () => {
    const result = allocate([applicant('A', 150, 600, 0), applicant('B', 150, 600, 10, 50)], { round: 'reallocation', total: 200 })

    expect(amounts(result)).toEqual({ A: 120, B: 80 })
  })

  test('never gives more than there is, than is asked for, or than can be processed', () => {
    const amount = fc.integer({ min: 0, max: 5_000 })
    const any = fc.record({
      asks: amount,
      capacity: amount,
      lastYearUse: fc.oneof(fc.constant(0), amount),
      penalty: fc.oneof(fc.constant(0), amount),
    })
    const terms = fc.record({
      round: fc.constantFrom('first', 'reallocation'),
      total: fc.integer({ min: 0, max: 20_000 }),
      newcomerReserve: fc.integer({ min: 0, max: 100 }).map((share) => share / 100),
      growthFactor: fc.integer({ min: 0, max: 300 }).map((factor) => factor / 100),
      lot: fc.constantFrom(0.001, 1, 7, 10, 100),
    })
    fc.assert(
      fc.property(fc.array(any, { maxLength: 8 }), terms, (rows, changes) => {
        const result = allocate(
          rows.map((row, index) => ({ ...row, receiptNo: `R${index}`, enterprise: 'e' })),
          changes,
        )
        expect(result.list).toHaveLength(rows.length)
        expect(result.holds).toBe(true)
        expect(result.allocated).toBeLessThanOrEqual(changes.total)
        for (const { allocated, asks, capacity } of result.list) {
          expect(allocated).toBeGreaterThanOrEqual(0)
          expect(allocated).toBeLessThanOrEqual(Math.min(asks, capacity))
        }
      }),
      { numRuns: 200 },
    )
  })
})
