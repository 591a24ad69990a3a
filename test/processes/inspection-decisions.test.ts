import { describe, expect, test } from 'vitest'
import type { Json, Variables } from '../../engine/kernel/index.ts'
import { loadLibrary } from '../helpers/process-play.ts'

const { decisions } = await loadLibrary(['joint-inspection', 'exam-subsidy', 'declaration-amendment-withdrawal'])
const ENV = { now: Date.parse('2026-05-18T09:00:00+08:00'), zone: 'Asia/Shanghai' }

function evaluate(decisionId: string, variables: Variables): Json {
  const outcome = decisions.get(decisionId)?.evaluate((name) => variables[name], ENV)
  if (!outcome) throw new Error(`Expected a decision ${decisionId}`)
  if (!outcome.ok) throw new Error(outcome.message)
  return outcome.output
}

describe('subsidy-eligibility', () => {
  const FACTS = { moved: true, result: 'no-problem', referred: false, claimAge: 3 }
  const decide = (facts: object, more: Variables = {}) =>
    evaluate('subsidy-eligibility', {
      facts: { ...FACTS, ...facts },
      creditClass: 'general',
      costs: { waived: false },
      reviewDecision: null,
      ...more,
    }) as { decision: string; cap: number }

  test('pays at most 600 yuan a container on the 90th day', () => {
    expect(decide({ claimAge: 90 })).toMatchObject({ decision: 'pay', cap: 600 })
  })
  test.each([
    ['nothing was moved', { moved: false }, {}, 'none'],
    ['a problem was found', { result: 'problem' }, {}, 'none'],
    ['goods had to be treated', { result: 'treated' }, {}, 'none'],
    ['the enterprise is dishonest', {}, { creditClass: 'dishonest' }, 'none'],
    ['the case is with enforcement', { referred: true }, {}, 'none'],
    ['the terminal waived the costs, however late the claim', { claimAge: 91 }, { costs: { waived: true } }, 'waived-at-source'],
    ['it is the 91st day', { claimAge: 91 }, {}, 'none'],
    ['an objection was granted, whatever else', { moved: false, claimAge: 91 }, { reviewDecision: 'grant' }, 'pay'],
  ])('%s: %o', (_, facts, more, expected) => {
    expect(decide(facts, more as Variables).decision).toBe(expected)
  })
})

describe('amendment-allowed', () => {
  const FACTS = { state: 'accepted', kind: 'amend', reason: 'clerical-error', changedItems: ['package_count'] }
  const decide = (facts: object, creditClass = 'general') =>
    (evaluate('amendment-allowed', { facts: { ...FACTS, ...facts }, creditClass }) as { decision: string }).decision

  test.each([
    ['goods under investigation', { state: 'under-investigation' }, 'AEO-advanced', 'refuse'],
    ['an inspection is ordered', { state: 'inspection-ordered', reason: 'agency-ordered' }, 'general', 'refuse'],
    [
      'goods that have left are withdrawn',
      { state: 'exited', kind: 'withdraw', reason: 'other', changedItems: ['*'] },
      'general',
      'refuse',
    ],
    [
      'goods that did not leave are',
      { state: 'exited', kind: 'withdraw', reason: 'short-shipped', changedItems: ['*'] },
      'general',
      'officer',
    ],
    ['customs asked for it', { reason: 'agency-ordered', changedItems: ['hs_code'] }, 'dishonest', 'allow'],
    ['a dishonest enterprise changes a price', { changedItems: ['voyage_no', 'unit_price'] }, 'dishonest', 'refer'],
    ['a dishonest enterprise changes packages', {}, 'dishonest', 'officer'],
    ['a trusted enterprise changes packages', {}, 'certified', 'allow'],
    ['a trusted enterprise changes the code', { changedItems: ['hs_code'] }, 'AEO-advanced', 'officer'],
    ['a trusted enterprise, after release', { state: 'released' }, 'AEO-advanced', 'officer'],
    ['anybody else', {}, 'general', 'officer'],
  ])('%s', (_, facts, creditClass, expected) => {
    expect(decide(facts, creditClass)).toBe(expected)
  })
})

describe('joint inspection', () => {
  test.each([
    [['customs', 'inspection'], 'joint', 'customs'],
    [['customs'], 'single', 'customs'],
    [['inspection'], 'single', 'inspection'],
  ])('selected by %o: %s, led by %s', (agencies, mode, lead) => {
    expect(evaluate('joint-or-single', { facts: { agencies } })).toMatchObject({ mode, lead })
  })

  test.each([
    [{ methods: ['x-ray'] }, 'x-ray'],
    [{ methods: ['x-ray', 'open'] }, 'open'],
    [{ methods: ['open', 'sampling'], cold: true }, 'sampling'],
    [{ methods: ['open'], dangerousClass: '1.4' }, 'x-ray'],
    [{ methods: ['open'], dangerousClass: '3' }, 'open'],
  ])('ordered %o: %s', (facts, method) => {
    const known = { dangerousClass: null, cold: false, containerCount: 1, ...facts }
    expect(evaluate('inspection-equipment', { facts: known })).toMatchObject({ method })
  })

  test.each([
    ['XMHC', '2026-05-18', 'AM', 20],
    ['FZMW', '2026-05-18', 'PM', 4],
    ['XMHC', '2026-05-23', 'PM', 6],
    ['XMHC', '2026-05-24', 'AM', 6],
    ['XMHC', '2026-05-24', 'PM', 0],
    ['elsewhere', '2026-05-18', 'AM', 4],
  ])('%s on %s %s: %i places', (terminal, day, half, places) => {
    expect(evaluate('slot-capacity', { facts: { terminal }, booking: { day, half } })).toBe(places)
  })
})
