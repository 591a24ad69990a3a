import { describe, expect, test } from 'vitest'
import type { Json, JsonObject, Variables } from '../../engine/kernel/index.ts'
import { loadLibrary } from '../helpers/process-play.ts'

const { decisions } = await loadLibrary(['shared', 'goods-import', 'declaration-tax-payment'])

function evaluate(decisionId: string, variables: Variables): Json {
  const outcome = decisions
    .get(decisionId)
    ?.evaluate((name) => variables[name], { now: Date.parse('2026-05-18T09:00:00+08:00'), zone: 'Asia/Shanghai' })
  if (!outcome) throw new Error(`Expected a decision ${decisionId}`)
  if (!outcome.ok) throw new Error(outcome.message)
  return outcome.output
}

describe('tax-calc', () => {
  const LINE = { line: 1, hsCode: '8482102000', name: '轴承', value: 1000, currency: 'CNY', origin: 'DE', dutyMode: '1' }
  const taxOf = (line: JsonObject, taxDay = '2026-05-18', chargeRatio = 0) =>
    evaluate('tax-calc', { line: { ...LINE, ...line }, taxDay, chargeRatio })

  test.each([
    ['duty, then VAT on value and duty', {}, { dutiable: 1000, duty: 80, consumptionTax: 0, vat: 140.4 }],
    ['consumption tax inside its own base', { hsCode: '3208100010' }, { duty: 100, consumptionTax: 45.83, vat: 148.96 }],
    ['nothing with full exemption', { dutyMode: '3' }, { duty: 0, consumptionTax: 0, vat: 0 }],
    ['grain within the quota', { hsCode: '1001990001', inQuota: true }, { duty: 10, vat: 90.9 }],
    ['grain outside the quota', { hsCode: '1001990001', inQuota: false }, { duty: 650, vat: 148.5 }],
    ['no duty on what an agreement covers', { hsCode: '0804300001', origin: 'TW', preference: true }, { duty: 0, vat: 90 }],
    ['duty where the certificate is missing', { hsCode: '0804300001', origin: 'TW', preference: false }, { duty: 120, vat: 100.8 }],
  ])('levies %s', (_, line, expected) => {
    expect(taxOf(line)).toMatchObject(expected)
  })

  test.each([
    ['2018-04-30', 0.17],
    ['2018-05-01', 0.16],
    ['2019-03-31', 0.16],
    ['2019-04-01', 0.13],
  ])('takes the VAT of %s: %s', (day, vatRate) => {
    expect(taxOf({}, day)).toMatchObject({ vatRate })
  })

  test('adds freight and insurance, and rounds half a fen up', () => {
    expect(taxOf({ value: 100.05 }, '2026-05-18', 0.1)).toMatchObject({ dutiable: 110.06 })
  })
})

describe('late-fee', () => {
  test.each([
    ['on the due day', 100_000, '2026-06-02', { fee: 0, days: 0 }],
    ['a day later', 100_000, '2026-06-03', { fee: 50, days: 1 }],
    ['below 50 yuan', 99_980, '2026-06-03', { fee: 0, days: 1 }],
    ['twenty days later', 82_358.28, '2026-06-22', { fee: 823.58, days: 20 }],
  ])('%s', (_, amount, paidOn, expected) => {
    expect(evaluate('late-fee', { amount, dueOn: '2026-06-02', paidOn })).toEqual(expected)
  })
})

describe('late-declaration', () => {
  test.each([
    ['2026-05-15', 0],
    ['2026-05-16', 50],
    ['2026-05-21', 300],
  ])('declared on %s, surcharge %s', (declaredOn, surcharge) => {
    expect(evaluate('late-declaration', { facts: { arrivedOn: '2026-05-01' }, declaredOn, dutiable: 100_000 })).toMatchObject({ surcharge })
  })
})

describe('manifest-match', () => {
  const FACTS = { containers: ['CSQU3054383'], packages: 200, grossWeight: 1000 }
  const MANIFEST = { found: true, containers: ['CSQU3054383', 'TCNU7200794'], packages: 200, grossWeight: 1000 }
  test.each([
    ['agrees', {}, 'match'],
    ['weighs three per cent less', { grossWeight: 1030 }, 'match'],
    ['weighs more than three per cent less', { grossWeight: 1032 }, 'difference'],
    ['counts other packages', { packages: 201 }, 'difference'],
    ['lacks a container', { containers: ['TCNU7200794'] }, 'difference'],
    ['gives no containers', { containers: null }, 'difference'],
    ['is not there', { found: false }, 'missing'],
  ])('a manifest that %s', (_, manifest, result) => {
    expect(evaluate('manifest-match', { facts: FACTS, manifest: { ...MANIFEST, ...manifest } })).toMatchObject({ result })
  })
  test('no manifest at all is missing', () => {
    expect(evaluate('manifest-match', { facts: FACTS, manifest: { found: false } })).toMatchObject({ result: 'missing' })
  })
})

describe('import-risk-channel', () => {
  const FACTS = {
    hsCodes: ['8482102000'],
    origins: ['DE'],
    destination: 'DE',
    consignor: '91350200MA2DEM017J',
    overseasParty: 'Hansa Bearings GmbH',
    valuePerKg: 6.5,
    randomDraw: 0.5,
  }
  test.each([
    ['everyday goods', 'general', {}, 'green'],
    ['one in twenty', 'general', { randomDraw: 0.049 }, 'red'],
    ['wine at half its price', 'certified', { hsCodes: ['2204210000'], valuePerKg: 3 }, 'yellow'],
    ['accumulators', 'AEO-advanced', { hsCodes: ['8507600090'] }, 'yellow'],
    ['risky goods of a risky origin', 'certified', { hsCodes: ['3808911900'], origins: ['NG'] }, 'red'],
    ['a dishonest importer', 'dishonest', {}, 'red'],
    ['a sanctioned origin', 'AEO-advanced', { destination: 'KP' }, 'red'],
  ])('%s of a %s enterprise', (_, creditClass, facts, channel) => {
    expect(evaluate('import-risk-channel', { facts: { ...FACTS, ...facts }, creditClass })).toMatchObject({ channel })
  })
})

describe('licences and payment', () => {
  test.each([
    [false, false, 'enough'],
    [true, false, 'choose'],
    [false, true, 'supplement'],
    [true, true, 'supplement'],
  ])('quota short %s, licence short %s: %s', (shortQuota, shortLicence, decision) => {
    expect(evaluate('import-quota-balance', { shortQuota, shortLicence })).toMatchObject({ decision })
  })
  test.each([
    [49.99, true, 'certified', false, 'exempt'],
    [50, false, 'certified', false, 'pay'],
    [50, true, 'certified', false, 'guarantee'],
    [50, true, 'dishonest', false, 'pay'],
    [50, true, 'certified', true, 'pay'],
  ])('tax %s, guarantee asked for %s, %s, licence at issue %s: %s', (total, guaranteeRelease, creditClass, restricted, mode) => {
    expect(evaluate('import-payment-mode', { bill: { total }, facts: { guaranteeRelease }, creditClass, restricted })).toMatchObject({
      mode,
    })
  })
  test.each([
    [49.99, '1', 'certified', 'nothing'],
    [50, '1', 'certified', 'bill'],
    [50, '2', 'certified', 'summary'],
    [50, '3', 'certified', 'guarantee'],
    [50, '2', 'dishonest', 'bill'],
  ])('a bill of %s, mode %s, %s: %s', (total, mode, creditClass, expected) => {
    expect(evaluate('payment-mode', { bill: { total }, facts: { mode }, creditClass })).toMatchObject({ mode: expected })
  })
})

test.each([
  ['2026-05-18', '2026-06-05'],
  ['2026-04-30', '2026-05-08'],
  ['2026-12-31', '2027-01-08'],
  ['2026-01-31', '2026-02-06'],
])('a summary of what was billed on %s is due on %s', (billedOn, due) => {
  expect(evaluate('summary-due', { billedOn })).toBe(due)
})
