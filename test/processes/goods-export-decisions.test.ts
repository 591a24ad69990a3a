import { describe, expect, test } from 'vitest'
import type { Json, Variables } from '../../engine/kernel/index.ts'
import { loadLibrary } from '../helpers/process-play.ts'

const { decisions } = await loadLibrary(['goods-export', 'shared'])
const ENV = { now: Date.parse('2026-05-18T09:00:00+08:00'), zone: 'Asia/Shanghai' }

const FACTS = {
  direction: 'E',
  hsCodes: ['6109100021'],
  destination: 'US',
  consignor: '91350200MA2DEM017J',
  overseasParty: 'Oakland Outfitters Inc.',
  documentTypes: ['00000001', '00000002'],
  brokered: false,
  woodPacking: false,
  dangerousGoods: false,
  valuePerKg: 12,
  taxStatus: 'exempt',
  randomDraw: 0.5,
}

function evaluate(decisionId: string, variables: Variables): Json {
  const outcome = decisions.get(decisionId)?.evaluate((name) => variables[name], ENV)
  if (!outcome) throw new Error(`Expected a decision ${decisionId}`)
  if (!outcome.ok) throw new Error(outcome.message)
  return outcome.output
}

describe('risk-channel', () => {
  const channel = (facts: object, creditClass = 'general') => evaluate('risk-channel', { facts: { ...FACTS, ...facts }, creditClass })

  test.each([
    ['a destination on the watch list', { destination: 'KP' }, 'general', 'red', 'watch-list'],
    ['a dishonest enterprise', {}, 'dishonest', 'red', 'credit'],
    ['three violations', { consignor: '91350200MA31QD5U8P' }, 'AEO-advanced', 'red', 'violations'],
    ['risks that add up to 140', { hsCodes: ['3808911900'], destination: 'NG' }, 'AEO-advanced', 'red', 'goods-and-destination'],
    ['a price a third off', { hsCodes: ['7403110000'], valuePerKg: 5 }, 'general', 'yellow', 'price'],
    ['risky goods', { hsCodes: ['6109100021', '8507600090'] }, 'AEO-advanced', 'yellow', 'goods-or-destination'],
    ['an advanced enterprise not drawn', { randomDraw: 0.005 }, 'AEO-advanced', 'green', 'not-drawn'],
    ['a certified enterprise not drawn', { randomDraw: 0.02 }, 'certified', 'green', 'not-drawn'],
    ['a general enterprise not drawn', { randomDraw: 0.05 }, 'general', 'green', 'not-drawn'],
    ['an advanced enterprise drawn', { randomDraw: 0.0049 }, 'AEO-advanced', 'red', 'random'],
    ['a certified enterprise drawn', { randomDraw: 0.0199 }, 'certified', 'red', 'random'],
    ['a general enterprise drawn', { randomDraw: 0.0499 }, 'general', 'red', 'random'],
  ])('%s', (_, facts, creditClass, expected, reason) => {
    expect(channel(facts, creditClass)).toEqual({ channel: expected, reason })
  })

  test('a price exactly 30 % off is not far off', () => {
    expect(channel({ hsCodes: ['7403110000'], valuePerKg: 6.3 })).toMatchObject({ channel: 'green' })
  })
})

describe('inspection-selection', () => {
  const select = (variables: Variables, facts: object = {}) =>
    evaluate('inspection-selection', {
      risk: { channel: 'green' },
      customsResult: 'accepted',
      inspectionResult: 'accepted',
      examineOrdered: false,
      facts: { ...FACTS, ...facts },
      ...variables,
    })

  test('selects nobody for everyday goods in the green channel', () => {
    expect(select({})).toBeNull()
  })

  test.each([
    ['red channel', { risk: { channel: 'red' } }, {}, 'customs'],
    ['customs wants to see the goods', { customsResult: 'examine' }, {}, 'customs'],
    ['inspection wants to see the goods', { inspectionResult: 'examine' }, {}, 'inspection'],
    ['an officer ordered it', { examineOrdered: true }, {}, 'customs'],
    ['timber', {}, { hsCodes: ['4407119099'] }, 'inspection'],
    ['wood packing to a listed destination', {}, { woodPacking: true, destination: 'AU' }, 'inspection'],
    ['dangerous goods drawn', {}, { dangerousGoods: true, randomDraw: 0.019 }, 'maritime safety'],
  ])('%s', (_, variables, facts, agency) => {
    expect(select(variables as Variables, facts)).toEqual([expect.objectContaining({ agency })])
  })

  test('answers that are not known select nobody', () => {
    expect(select({ risk: null, examineOrdered: null })).toBeNull()
  })
})

describe('licence-need', () => {
  const need = (facts: object) => evaluate('licence-need', { facts: { ...FACTS, ...facts } })

  test.each([
    ['charcoal', ['4402200000'], 'prohibited', 'stop'],
    ['rare earths', ['2846901100'], 'export-licence', 'licence'],
    ['rice', ['1006302001'], 'quota-licence', 'licence'],
    ['gallium', ['8112929000'], 'dual-use-licence', 'licence'],
    ['ginseng', ['1211201000'], 'cites-permit', 'licence'],
  ])('%s', (_, hsCodes, licence, action) => {
    expect(need({ hsCodes })).toEqual([expect.objectContaining({ licence, action })])
  })

  test('dangerous goods need their packing result, beside other licences', () => {
    expect(need({ hsCodes: ['2846901100'], dangerousGoods: true })).toHaveLength(2)
  })

  test('nothing is needed for everyday goods', () => {
    expect(need({})).toBeNull()
  })
})

describe('doc-requirements', () => {
  const missing = (facts: object) => evaluate('doc-requirements', { facts: { ...FACTS, ...facts } })

  test('nothing is missing when invoice and packing list are there', () => {
    expect(missing({})).toBeNull()
  })
  test('both are asked for', () => {
    expect(missing({ documentTypes: [] })).toMatchObject([{ document: '00000001' }, { document: '00000002' }])
  })
  test.each(['00000008', '10000001'])('a broker shows his mandate, %s serves', (code) => {
    expect(missing({ brokered: true })).toMatchObject([{ document: '10000001' }])
    expect(missing({ brokered: true, documentTypes: [...FACTS.documentTypes, code] })).toBeNull()
  })
})

describe('release-all-required', () => {
  test.each([
    [null, 'accepted', 'accepted', 'exempt', 'release'],
    [0, 'accepted', 'accepted', 'paid', 'release'],
    [1, 'accepted', 'accepted', 'exempt', 'wait'],
    [0, 'accepted', 'accepted', 'open', 'joint-case'],
    [0, 'accepted', 'hold', 'exempt', 'joint-case'],
    [0, 'hold', 'accepted', 'exempt', 'joint-case'],
    [0, 'hold', 'hold', 'exempt', 'joint-case'],
  ])('holds %s, customs %s, inspection %s, tax %s: %s', (openHolds, customsResult, inspectionResult, taxStatus, decision) => {
    expect(evaluate('release-all-required', { openHolds, customsResult, inspectionResult, facts: { ...FACTS, taxStatus } })).toMatchObject({
      decision,
    })
  })
})

test('statutory-inspection-list names every list entry that a line meets', () => {
  expect(evaluate('statutory-inspection-list', { facts: { ...FACTS, hsCodes: ['0902109000', '9503008900', '6109100021'] } })).toMatchObject(
    [{ prefix: '0902' }, { prefix: '9503' }],
  )
})
