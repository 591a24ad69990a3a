import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../../../engine/kernel/index.ts'
import { projectRoot } from '../../../engine/root.ts'
import { loadForms } from '../../../engine/window/forms/index.ts'
import { fullDeclaration, greenDeclaration, redDeclaration, yellowDeclaration } from '../../fixtures/goods-declarations.ts'

const forms = await loadForms()

function brokenRules(data: JsonObject, service = 'goods-export'): readonly string[] {
  return forms
    .validate('goods-declaration', data, { service })
    .map(({ rule, group, line }) => (group === undefined ? rule : `${rule} ${group}[${line}]`))
}

/** The declaration with row `index` of the group changed. */
function withRow<T extends JsonObject>(data: T, group: string, index: number, changes: JsonObject): JsonObject {
  return { ...data, [group]: (data[group] as readonly JsonObject[]).map((row, at) => (at === index ? { ...row, ...changes } : row)) }
}

const green = greenDeclaration()
const yellow = yellowDeclaration()
const red = redDeclaration()
const full = fullDeclaration()

/** Rule, the declaration that breaks it alone, and one that just keeps it. */
const CASES: readonly (readonly [string, JsonObject, JsonObject])[] = [
  ['FJ0100', { ...green, ie_flag: 'I' }, green],
  ['FJ0101', { ...green, net_weight: 7420.26 }, { ...green, net_weight: 7420.25 }],
  ['FJ0102', { ...green, ie_date: '2026-05-17' }, { ...green, ie_date: '2026-05-18' }],
  ['FJ0103', { ...full, departure_date: '2026-05-19' }, { ...full, departure_date: '2026-05-20' }],
  ['FJ0104', { ...full, unloading_date: '2026-05-20' }, { ...full, unloading_date: '2026-05-21' }],
  ['FJ0110', { ...green, trade_terms: '2' }, { ...green, trade_terms: '2', freight: { mark: '1', value: 4.5 } }],
  ['FJ0111', { ...green, freight: { mark: '1', value: 4.5 } }, green],
  ['FJ0112', { ...green, trade_terms: '4' }, { ...green, trade_terms: '4', insurance: { mark: '1', value: 0.3 } }],
  ['FJ0113', { ...green, insurance: { mark: '1', value: 0.3 } }, green],
  ['FJ0114', { ...yellow, freight: { mark: '3', value: 2450 } }, yellow],
  ['FJ0115', { ...yellow, insurance: { mark: '3', value: 90 } }, yellow],
  ['FJ0116', { ...green, other_charges: { mark: '3', value: 90 } }, { ...green, other_charges: { mark: '1', value: 1 } }],
  ['FJ0117', { ...yellow, freight: { mark: '1', value: 100.1 } }, { ...yellow, freight: { mark: '1', value: 100 } }],
  ['FJ0118', { ...yellow, insurance: { mark: '1', value: 101 } }, yellow],
  ['FJ0119', { ...green, other_charges: { mark: '1', value: 101 } }, green],
  ['FJ0120', { ...green, entry_exit_port: '350203' }, { ...green, entry_exit_port: '350202' }],
  ['FJ0121', { ...green, transport_mode: '5' }, { ...green, transport_mode: '5', entry_exit_port: '350203' }],
  ['FJ0122', { ...green, country_dep_arr: 'MX' }, { ...green, country_dep_arr: 'CA', port_transit_dest: 'CAN001' }],
  ['FJ0130', { ...green, total_value: 74520.01 }, { ...green, total_value: 74520 }],
  ['FJ0131', { ...green, package_type: '00' }, { ...green, package_type: '00', package_count: 1 }],
  ['FJ0132', { ...green, package_type: '93' }, red],
  ['FJ0200 documents[1]', withRow(red, 'documents', 0, { requested_cert: { code: '18', originals: 1, copies: 0 } }), red],
  ['FJ0402 lines[1]', withRow(green, 'lines', 0, { unit_price: 3.2501 }), withRow(green, 'lines', 0, { unit_price: 3.25 })],
  [
    'FJ0404 lines[1]',
    withRow(green, 'lines', 0, { qty_statutory1: 12001 }),
    withRow(green, 'lines', 0, { qty_statutory1: 12001, unit_statutory1: '006' }),
  ],
  [
    'FJ0405 lines[2]',
    { ...green, lines: [green.lines[0] ?? {}, without(green.lines[1] ?? {}, 'unit_statutory2')] },
    { ...green, lines: [green.lines[0] ?? {}, without(green.lines[1] ?? {}, 'unit_statutory2', 'qty_statutory2')] },
  ],
  ['FJ0406 lines[1]', withRow(green, 'lines', 0, { ciq_code: '6109100022101' }), green],
  ['FJ0300 containers[1],FJ0300 containers[2]', withRow(green, 'containers', 1, { container_no: 'CSQU3054383' }), green],
  ['FJ0301 containers[1]', withRow(green, 'containers', 0, { container_lines: [1, 3] }), green],
  ['FJ0407 lines[1]', withRow(green, 'containers', 0, { container_lines: [2] }), without(green, 'containers')],
  [
    'FJ0201 documents[1],FJ0201 documents[2]',
    withRow(green, 'documents', 1, { doc_type_code: '00000001', doc_no: 'INV-GREEN-01' }),
    withRow(green, 'documents', 1, { doc_type_code: '00000001' }),
  ],
  ['FJ0400 lines[1],FJ0400 lines[2],FJ0401 lines[2]', without(withRow(green, 'lines', 1, { line_no: 1 }), 'containers'), green],
  ['FJ0401 lines[2]', without(withRow(green, 'lines', 1, { line_no: 3 }), 'containers'), green],
  [
    'FJ0403 lines[2]',
    withRow(green, 'lines', 1, { currency: 'EUR' }),
    { ...green, lines: green.lines.map((line) => ({ ...line, currency: 'EUR' })) },
  ],
  ['FJ0408 lines[1],FJ0408 lines[2]', { ...green, record_no: 'C37026400017' }, full],
  [
    'FJ0409 lines[1]',
    withRow(full, 'lines', 0, { product_licence: { type: '411', no: 'PL', qty: 58.3 } }),
    withRow(full, 'lines', 0, { product_licence: { type: '411', no: 'PL', qty: 58.2 } }),
  ],
]

/** The same goods the other way: what an import alone needs is filled in. */
const inbound: JsonObject = {
  ...green,
  ie_flag: 'I',
  transport_name: 'HAI XING 9',
  voyage_no: '026E',
  bl_no: 'XMBL2600017',
  port_departure: 'USA001',
  departure_date: '2026-05-01',
  unloading_date: '2026-05-21',
  freight: { mark: '1', value: 4.5 },
  insurance: { mark: '1', value: 0.3 },
}
const cif: JsonObject = without({ ...inbound, trade_terms: '1' }, 'freight', 'insurance')

const IMPORT_CASES: readonly (readonly [string, JsonObject, JsonObject])[] = [
  ['FJ0105', { ...inbound, ie_flag: 'E' }, inbound],
  ['FJ0106', { ...inbound, departure_date: '2026-05-21' }, { ...inbound, departure_date: '2026-05-20' }],
  ['FJ0107', { ...inbound, unloading_date: '2026-05-19' }, { ...inbound, unloading_date: '2026-05-20' }],
  ['FJ0123', without(inbound, 'freight'), inbound],
  ['FJ0124', { ...cif, freight: { mark: '1', value: 4.5 } }, cif],
  ['FJ0125', without(inbound, 'insurance'), inbound],
  ['FJ0126', { ...cif, insurance: { mark: '1', value: 0.3 } }, cif],
]

describe.each(IMPORT_CASES)('%s of imports', (rules, broken, kept) => {
  test('is broken alone', () => {
    expect(brokenRules(broken, 'goods-import')).toEqual(rules.split(','))
  })
  test('is kept', () => {
    expect(brokenRules(kept, 'goods-import')).toEqual([])
  })
})

test('an import needs the transport and its papers, an export does not', () => {
  expect(brokenRules(without(inbound, 'bl_no', 'departure_date'), 'goods-import')).toEqual(['schema.required', 'schema.required'])
  expect(brokenRules(without(green, 'bl_no', 'departure_date'))).toEqual([])
})

describe.each(CASES)('%s', (rules, broken, kept) => {
  test('is broken alone', () => {
    expect(brokenRules(broken)).toEqual(rules.split(','))
  })
  test('is kept', () => {
    expect(brokenRules(kept)).toEqual([])
  })
})

test('every rule has a case here', () => {
  const { rules } = JSON.parse(readFileSync(join(projectRoot(), 'forms/declarations/goods-declaration.rules.json'), 'utf8')) as {
    rules: readonly { id: string }[]
  }
  const covered = new Set([...CASES, ...IMPORT_CASES].flatMap(([names]) => names.split(',').map((name) => name.split(' ')[0])))

  expect(rules.map((rule) => rule.id).filter((id) => !covered.has(id))).toEqual([])
  expect(new Set(rules.map((rule) => rule.id)).size).toBe(rules.length)
})

test('sums are exact where floating point would not be', () => {
  const [first = {}] = green.lines
  const lines = Array.from({ length: 30 }, (_, index) => ({
    ...first,
    line_no: index + 1,
    qty_declared: 1,
    qty_statutory1: 1,
    unit_price: 0.1,
    total_price: 0.1,
  }))

  expect(brokenRules(without({ ...green, lines, total_value: 3 }, 'containers'))).toEqual([])
  expect(brokenRules(without({ ...green, lines, total_value: 3.0001 }, 'containers'))).toEqual(['FJ0130'])
})

test('a rule waits until the items it reads are right', () => {
  expect(brokenRules({ ...green, gross_weight: 'light' })).toEqual(['schema.type'])
  expect(brokenRules(withRow(green, 'lines', 0, { total_price: 'much' }))).toEqual(['schema.type lines[1]'])
})

test('texts name what was found and what was expected, in both languages', () => {
  const [error] = forms.validate('goods-declaration', withRow(green, 'containers', 0, { container_lines: [1, 3, 4] }))

  expect(error).toEqual({
    item: 'container_lines',
    group: 'containers',
    line: 1,
    rule: 'FJ0301',
    text: {
      en: 'Container CSQU3054383: expected numbers of goods lines of this declaration, found 3, 4',
      zh: '集装箱CSQU3054383：应填写本申报单中的商品项号，实际为3, 4',
    },
  })
})

test('no text is left with a placeholder or an empty value', () => {
  for (const [, broken] of CASES) {
    for (const { text } of forms.validate('goods-declaration', broken, { service: 'goods-export' })) {
      expect(text.en + text.zh).not.toMatch(/[{}]|undefined|null|nothing"/)
    }
  }
})

function without(data: JsonObject, ...names: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(data).filter(([name]) => !names.includes(name)))
}
