import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../../../engine/kernel/index.ts'
import { loadForms } from '../../../engine/window/forms/index.ts'
import { jsonFiles } from '../../helpers/form-files.ts'

const forms = await loadForms()
const ship = { GEN003: '1', GEN007: '2026-05-18T01:00Z', SHP001: 'STRAIT PEARL', SHP003: '9074729', VOY005: 'CNXMG' }
const agent = { PTY010: '91350200MA2DEM017J', PTY011: '厦门示范船代', PTY015: '0592-5550100' }

const manifest: JsonObject = {
  ...ship,
  ...agent,
  GEN005: '9',
  customs_office: '3711',
  CGO010: 'MANIFEST-1',
  SHP006: 'PA',
  SHP007: '1511',
  PTY009: 'DEMO',
  VOY001: '118N',
  VOY006: '2026-05-19T06:00Z',
  containers: [{ CGO033: 'TCNU7200794', CGO034: '22G1', CGO035: '5' }],
  consignments: [
    { CGO011: 'BL1', CGO016: 'TWKHH', CGO017: 'CNXMG', CGO020: 'Orchards', CGO022: 'Fruit' },
    { CGO011: 'BL2', CGO016: 'TWKHH', CGO017: 'CNXMG', CGO020: 'Coatings', CGO022: 'Furniture' },
  ],
  goods: [
    { CGO011: 'BL1', goods_item_no: 1, CGO026: 'Pineapples', CGO028: 960, CGO029: 'CT', CGO031: 12480, CGO033: 'TCNU7200794' },
    { CGO011: 'BL2', goods_item_no: 1, CGO026: 'Paint', CGO028: 80, CGO029: 'DR', CGO031: 16960, DGS007: '1263', DGS010: '3' },
  ],
}
const dangerous: JsonObject = {
  ...ship,
  ...agent,
  dom_party_uscc: '91350203MA2DEM041E',
  dom_party_name: '同安示范工厂',
  VOY006: '2026-05-19T06:00Z',
  declared_fit: true,
  dangerous_goods: [
    { dg_row_no: 1, DGS007: '1263', DGS008: 'PAINT', DGS010: '3', DGS013: 23, DGS019: 80, DGS020: 'DR', DGS021: 900, DGS022: 960 },
    { dg_row_no: 2, DGS007: '3480', DGS008: 'LITHIUM ION BATTERIES', DGS010: '9', DGS019: 5, DGS020: 'CT', DGS021: 100, DGS022: 100 },
  ],
}

function row(base: JsonObject, group: string, index: number, changes: JsonObject): JsonObject {
  return { ...base, [group]: (base[group] as readonly JsonObject[]).map((each, at) => (at === index ? { ...each, ...changes } : each)) }
}
function without(base: JsonObject, group: string, index: number, item: string): JsonObject {
  const list = (base[group] as readonly JsonObject[]).map((each, at) =>
    at === index ? Object.fromEntries(Object.entries(each).filter(([name]) => name !== item)) : each,
  )
  return { ...base, [group]: list }
}

/** Rules, a declaration that breaks them, and what else it breaks by that. */
const CASES: Readonly<Record<string, readonly (readonly [string, JsonObject, readonly string[]])[]>> = {
  'sea-manifest': [
    ['MF0101', { ...manifest, GEN003: '2' }, []],
    ['MF0201', { ...manifest, containers: [...(manifest.containers as JsonObject[]), ...(manifest.containers as JsonObject[])] }, []],
    ['MF0301', { ...manifest, consignments: [...(manifest.consignments as JsonObject[]), ...(manifest.consignments as JsonObject[])] }, []],
    ['MF0302', row(manifest, 'goods', 1, { CGO011: 'BL1', goods_item_no: 2 }), []],
    ['MF0401', row(manifest, 'goods', 1, { CGO011: 'BL3' }), ['MF0302']],
    ['MF0402', row(manifest, 'goods', 1, { CGO011: 'BL1' }), ['MF0302']],
    ['MF0403', row(manifest, 'goods', 0, { CGO033: 'CSQU3054383' }), []],
    ['MF0404', without(manifest, 'goods', 1, 'DGS010'), []],
    ['MF0405', without(manifest, 'goods', 1, 'DGS007'), []],
  ],
  'dangerous-goods': [
    ['DG0101', { ...dangerous, declared_fit: false }, []],
    ['DG0102', { ...dangerous, GEN003: '2' }, []],
    ['DG0201', row(dangerous, 'dangerous_goods', 1, { dg_row_no: 1 }), []],
    ['DG0202', row(dangerous, 'dangerous_goods', 0, { DGS021: 961 }), []],
    ['DG0203', row(dangerous, 'dangerous_goods', 1, { DGS010: '1.4S' }), []],
    ['DG0204', without(dangerous, 'dangerous_goods', 0, 'DGS013'), []],
  ],
}
const RIGHT: Readonly<Record<string, JsonObject>> = { 'sea-manifest': manifest, 'dangerous-goods': dangerous }

describe.each(Object.entries(CASES))('%s', (formId, cases) => {
  const broken = (data: JsonObject) => [...new Set(forms.validate(formId, data).map(({ rule }) => rule))].sort()

  test('is right as it stands', () => {
    expect(forms.validate(formId, RIGHT[formId] ?? {})).toEqual([])
  })

  test.each(cases)('%s is found', (rule, data, more) => {
    expect(broken(data)).toEqual([rule, ...more].sort())
  })

  test('has a case for every rule', () => {
    const rules = (jsonFiles('declarations', '.rules.json').get(formId)?.rules ?? []) as readonly { readonly id: string }[]

    expect(rules.map(({ id }) => id).sort()).toEqual(cases.map(([id]) => id).sort())
  })
})
