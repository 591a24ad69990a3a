import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../../../engine/kernel/index.ts'
import { loadForms } from '../../../engine/window/forms/index.ts'
import { jsonFiles } from '../../helpers/form-files.ts'

const FORM = 'vessel-quarantine'
const forms = await loadForms()

/** A ship from Kaohsiung by Hong Kong, in good health. */
const RIGHT: JsonObject = {
  GEN003: '1',
  GEN007: '2026-05-18T02:15Z',
  SHP001: 'JIN LONG 6',
  SHP003: '9429388',
  SHP004: 'BKLM5',
  SHP006: 'CN',
  SHP007: '1511',
  SHP013: 18250,
  SHP014: 9470,
  PTY010: '91350203MA2DEM041E',
  PTY011: '厦门示范外轮代理有限公司',
  PTY015: '+86 592 555 0100',
  PTY017: 'Chen',
  PTY018: 'Daming',
  VOY005: 'CNXMG',
  VOY006: '2026-05-20T00:30Z',
  VOY010: 'TWKHH',
  VOY011: '2026-05-18T10:00Z',
  VOY025: 5,
  VOY026: 0,
  port_calls: [
    { VOY017: 1, VOY018: 'HKHKG', VOY019: '2026-05-15', VOY020: '2026-05-16' },
    { VOY017: 2, VOY018: 'TWKHH', VOY019: '2026-05-17', VOY020: '2026-05-18' },
  ],
  HLT001: true,
  HLT002: 'EC',
  HLT003: 'SSCEC-31-0087',
  HLT005: '2026-01-18',
  HLT007: false,
  HLT010: false,
  HLT012: false,
  HLT014: 0,
  HLT015: false,
  HLT018: false,
  BWM001: 1800.5,
  BWM002: 6200,
  BWM010: true,
  BWM011: 400,
  QUA002: false,
  stores: [{ STO001: 1, STO002: '大米', STO004: 200, STO005: 'KGM' }],
}
const area = { HLT008: 'AOLAD', HLT009: '2026-05-02' }

/** Rules, what breaks them, and what just keeps them. */
const CASES: readonly (readonly [rule: string, broken: JsonObject, kept: JsonObject])[] = [
  ['VQ0100', { GEN003: '2' }, { GEN003: '1' }],
  ['VQ0112', { VOY011: '2026-05-20T00:31Z' }, { VOY011: '2026-05-20T00:30Z' }],
  ['VQ0116', { VOY010: 'CNXMG', port_calls: [] }, { VOY010: 'TWKHH' }],
  ['VQ0200', { SHP014: 18251 }, { SHP014: 18250 }],
  ['VQ0304', { HLT014: 1 }, { HLT014: 1, ill_persons: [{ HLT026: 'Fever', HLT027: '2026-05-17', HLT028: 'ILL' }] }],
  ['VQ0305', { HLT010: true }, { HLT010: true, HLT011: 1 }],
  ['VQ0307', { BWM001: 6200.5 }, { BWM001: 6200 }],
  ['VQ0308', { BWM011: 1801 }, { BWM011: 1800.5 }],
  ['VQ0309', { BWM011: 0 }, { BWM011: 0.5 }],
  ['VQ0400', { port_calls: [{ VOY017: 2, VOY018: 'TWKHH', VOY019: '2026-05-17', VOY020: '2026-05-18' }] }, {}],
  ['VQ0401', { port_calls: [{ VOY017: 1, VOY018: 'TWKHH', VOY019: '2026-05-18', VOY020: '2026-05-17' }] }, {}],
  ['VQ0403', { port_calls: [{ VOY017: 1, VOY018: 'HKHKG', VOY019: '2026-05-15', VOY020: '2026-05-16' }] }, { port_calls: [] }],
  ['VQ0600', { stores: [{ STO001: 2, STO002: '大米', STO004: 200, STO005: 'KGM' }] }, {}],
  ['VQ0800', { HLT003: null }, { HLT001: false, HLT003: null }],
  ['VQ0801', { HLT007: true }, { HLT007: true, affected_ports: [area] }],
  ['VQ0802', { HLT018: true }, { HLT018: true, sanitary_measures: [{ HLT019: 'Deratting', HLT021: '2026-05-10' }] }],
  ['VQ0803', { HLT007: true, affected_ports: [{ ...area, HLT009: '2026-05-19' }] }, { HLT007: true, affected_ports: [area] }],
  ['VQ0806', { QUA002: true }, { QUA002: true, QUA003: 'PH' }],
]

/** With the changes; null leaves an item out. */
function changed(changes: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries({ ...RIGHT, ...changes }).filter(([, value]) => value !== null)) as JsonObject
}

describe('the rules of a ship quarantine declaration', () => {
  const broken = (data: JsonObject) => [...new Set(forms.validate(FORM, data).map(({ rule }) => rule))]

  test.each(CASES)('%s is found, and just kept', (rule, breaking, keeping) => {
    expect(broken(changed(breaking))).toEqual([rule])
    expect(broken(changed(keeping))).toEqual([])
  })

  test('have a case each', () => {
    const rules = (jsonFiles('declarations', '.rules.json').get(FORM)?.rules ?? []) as readonly { readonly id: string }[]

    expect(rules.map(({ id }) => id).sort()).toEqual(CASES.map(([id]) => id).sort())
  })
})
