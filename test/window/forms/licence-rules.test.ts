import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../../../engine/kernel/index.ts'
import { loadForms } from '../../../engine/window/forms/index.ts'
import { jsonFiles } from '../../helpers/form-files.ts'

const forms = await loadForms()
const head = {
  decl_date: '2026-05-18',
  dom_party_uscc: '91350203MA2DEM041E',
  dom_party_name: '同安示范工厂',
  declarant_person: '林小明',
  declarant_phone: '0592-5550100',
}
const line = { line_no: 1, hs_code: '2846901100', goods_name: '氧化铈', licence_quantity: 12.5, licence_unit: 't' }
/** A right application of each kind. */
const RIGHT: Readonly<Record<string, JsonObject>> = {
  'operator-filing': { legal_representative: '林建国', registered_capital: 5000000, business_scope: '货物进出口' },
  'overseas-inspection': {
    overseas_firm_name: 'Tongan Trading Pte Ltd',
    overseas_firm_country: 'SG',
    investment_certificate_no: '3500201800012',
    inspection_year: 2025,
  },
  'processing-trade': { processed_product: '棉制衬衫', contract_no: 'PT-2026-7', import_value_usd: 80000, export_value_usd: 120000 },
  'agri-tariff-quota': { quota_product: 'wheat', quantity_asked: 500, last_year_use: 400, processing_capacity: 600 },
  'import-export-licence': { licence_kind: 'general', ie_flag: 'E', trading_country: 'JP', lines: [line] },
}
const application = (kind: string, changes: JsonObject = {}): JsonObject => ({ ...head, licence_type: kind, ...RIGHT[kind], ...changes })
const without = (kind: string, item: string): JsonObject =>
  Object.fromEntries(Object.entries(application(kind)).filter(([name]) => name !== item))
const change = { change_kind: 'amend', change_reason: 'another port' }
const announcement = {
  ...head,
  quota_product: 'wheat',
  quota_year: 2027,
  quota_total: 1000,
  newcomer_reserve: 0.1,
  growth_factor: 1.25,
  lot_size: 1,
}
const { declarant_person: _person, declarant_phone: _phone, ...quota } = announcement

/** What a kind of application needs: each part has a rule of its own. */
const PARTS = Object.entries(RIGHT).flatMap(([kind, parts], at) =>
  Object.keys(parts).map((item, place) => [`LA0${at + 1}0${place + 1}`, without(kind, item)] as const),
)
const CASES: Readonly<Record<string, readonly (readonly [string, JsonObject])[]>> = {
  'licence-application': [
    ...PARTS,
    ['LA0601', application('import-export-licence', { lines: [line, line] })],
    ['LA0602', application('import-export-licence', { lines: [line, { ...line, line_no: 2, licence_unit: 'kg' }] })],
    ['LA0603', application('import-export-licence', { licence_kind: 'automatic' })],
    ['LA0604', application('processing-trade', { export_value_usd: 80000 })],
  ],
  'licence-change': [
    ['LC0101', { ...change, change_kind: 'extend' }],
    ['LC0102', { ...change, change_kind: 'split' }],
  ],
  'trq-announcement': [
    ['TQ0101', { ...quota, quota_year: 2026 }],
    ['TQ0102', { ...quota, quota_product: 'wool' }],
  ],
}

test('right applications of each kind, changes and announcements have no errors', () => {
  for (const kind of Object.keys(RIGHT)) expect(forms.validate('licence-application', application(kind))).toEqual([])
  expect(forms.validate('licence-change', change)).toEqual([])
  expect(forms.validate('trq-announcement', quota)).toEqual([])
  expect(forms.validate('licence-return', { return_quantity: 30, change_reason: 'not needed' })).toEqual([])
})

describe.each(Object.entries(CASES))('%s', (formId, cases) => {
  test.each(cases)('%s is found', (rule, data) => {
    expect([...new Set(forms.validate(formId, data).map((error) => error.rule))]).toEqual([rule])
  })

  test('has a case for every rule', () => {
    const rules = (jsonFiles('declarations', '.rules.json').get(formId)?.rules ?? []) as readonly { readonly id: string }[]

    expect(rules.map(({ id }) => id).sort()).toEqual(cases.map(([id]) => id).sort())
  })
})
