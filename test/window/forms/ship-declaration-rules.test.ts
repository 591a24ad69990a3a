import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../../../engine/kernel/index.ts'
import { loadForms } from '../../../engine/window/forms/index.ts'
import { arrivalDeclaration, departureDeclaration } from '../../fixtures/ship-declarations.ts'
import { jsonFiles } from '../../helpers/form-files.ts'

const forms = await loadForms()
const arrival = arrivalDeclaration()

function brokenRules(data: JsonObject, service = 'ship-entry'): readonly string[] {
  return forms
    .validate('ship-declaration', data, { service })
    .map(({ rule, group, line }) => (group === undefined ? rule : `${rule} ${group}[${line}]`))
}
function change(changes: JsonObject): JsonObject {
  return { ...arrival, ...changes }
}
/** The arrival with row `index` of the group changed. */
function row(group: string, index: number, changes: JsonObject, base: JsonObject = arrival): JsonObject {
  return { ...base, [group]: (base[group] as readonly JsonObject[]).map((each, at) => (at === index ? { ...each, ...changes } : each)) }
}
function without(data: JsonObject, ...names: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(data).filter(([name]) => !names.includes(name)))
}

const passenger: JsonObject = {
  PAX001: 1,
  PAX002: 'Wang',
  PAX003: 'Mei',
  PAX004: 'TWN',
  PAX005: '2',
  PAX006: '1990-01-01',
  PAX009: 'MTP',
  PAX010: '00112233',
  PAX011: 'CN',
  PAX012: '2028-01-01',
  PAX014: '00112233',
}
const withPassengers = change({ passengers: [passenger, { ...passenger, PAX001: 2, PAX010: '00112244' }], VOY026: 2, VOY027: 5 })
const ill = { HLT026: 'Fever', HLT027: '2026-05-17', HLT028: 'ILL' }
const visited = { HLT008: 'TWKHH', HLT009: '2026-05-18' }

/** Rules, the declaration that breaks them alone, and one that just keeps them. */
const CASES: readonly (readonly [string, JsonObject, JsonObject])[] = [
  ['SH0100', change({ GEN003: '2' }), arrival],
  ['SH0102', change({ GEN005: '5' }), change({ GEN005: '5', GEN014: 'D-1' })],
  ['SH0110', without(change({ VOY008: '2026-05-19T00:29Z' }), 'VOY013'), without(change({ VOY008: '2026-05-19T00:30Z' }), 'VOY013')],
  [
    'SH0111',
    change({ VOY007: '2026-05-19T01:00Z', VOY009: '2026-05-19T00:59Z' }),
    change({ VOY007: '2026-05-19T01:00Z', VOY009: '2026-05-19T01:00Z' }),
  ],
  ['SH0112', change({ VOY011: '2026-05-19T00:31Z' }), change({ VOY011: '2026-05-19T00:30Z' })],
  ['SH0113', change({ VOY013: '2026-05-20T03:59Z' }), change({ VOY013: '2026-05-20T04:00Z' })],
  ['SH0114', change({ BTH004: '2026-05-19T02:00Z' }), change({ BTH004: '2026-05-19T02:01Z' })],
  ['SH0115', change({ VOY012: 'CNXMG' }), arrival],
  ['SH0116', without(change({ VOY010: 'CNXMG' }), 'port_calls'), without(arrival, 'port_calls')],
  ['SH0117', change({ VOY005: 'CNXMN' }), change({ VOY005: 'CNXAM' })],
  ['SH0200', change({ SHP014: 18251 }), change({ SHP014: 18250 })],
  ['SH0201', change({ SHP022: '2005-01-31' }), change({ SHP022: '2005-02-01' })],
  ['SH0202', change({ SHP016: 27.6 }), change({ SHP016: 27.61 })],
  ['SH0203', change({ SHP019: 14.21 }), change({ SHP019: 14.2 })],
  ['SH0204', change({ SHP020: 9.81 }), change({ SHP020: 9.8 })],
  ['SH0205', change({ VOY029: 9.81 }), change({ VOY029: 9.8 })],
  ['SH0206', change({ VOY030: 9.81 }), change({ VOY030: 9.8 })],
  ['SH0207', change({ VOY031: 9.81 }), change({ VOY031: 9.8 })],
  ['SH0208', change({ SHP005: '351123450' }), change({ SHP005: '351123450', SHP006: 'PA', SHP004: '3ABC7' })],
  ['SH0209', change({ SHP004: '3ABC7' }), change({ SHP004: '3HBC7' })],
  ['SH0210', without(arrival, 'SHP012'), without(change({ SHP006: 'PA', SHP005: '351123450' }), 'SHP012')],
  ['SH0211', { ...withPassengers, SHP026: 1 }, { ...withPassengers, SHP026: 2 }],
  ['SH0212', change({ SHP011: '2026-05-19' }), change({ SHP011: '2026-05-18' })],
  ['SH0300', without(change({ VOY025: 4 }), 'VOY027'), arrival],
  ['SH0301', without(change({ VOY026: 1 }), 'VOY027'), withPassengers],
  ['SH0302', change({ VOY027: 4 }), change({ VOY027: 4, VOY028: true })],
  ['SH0303', row('crew', 2, { CRW005: 'MST' }), arrival],
  ['SH0304', change({ HLT014: 1 }), change({ HLT014: 1, ill_persons: [ill] })],
  ['SH0305', change({ HLT010: true }), change({ HLT010: true, HLT011: 1 })],
  ['SH0306', change({ BWM004: 15 }), change({ BWM004: 14 })],
  ['SH0307', change({ BWM001: 6200.01 }), change({ BWM001: 6200 })],
  ['SH0308', change({ BWM010: true, BWM011: 1801 }), change({ BWM010: true, BWM011: 1800.5 })],
  ['SH0309', change({ BWM010: true }), change({ BWM010: true, BWM011: 10 })],
  ['SH0400 port_calls[2]', row('port_calls', 1, { VOY017: 3 }), arrival],
  ['SH0401 port_calls[2]', row('port_calls', 1, { VOY020: '2026-05-16' }), row('port_calls', 1, { VOY020: '2026-05-17' })],
  ['SH0402 port_calls[2]', row('port_calls', 1, { VOY019: '2026-05-15' }), row('port_calls', 1, { VOY019: '2026-05-16' })],
  ['SH0403', change({ VOY010: 'HKHKG' }), arrival],
  ['SH0410 crew[3]', row('crew', 2, { CRW001: 4 }), arrival],
  ['SH0411 crew[2],SH0411 crew[3]', row('crew', 2, { CRW012: 'P20000002A', CRW013: 'PH' }), row('crew', 2, { CRW012: 'P20000002A' })],
  ['SH0412 crew[2]', row('crew', 1, { CRW015: '2026-05-17' }), row('crew', 1, { CRW015: '2026-05-18' })],
  ['SH0413 crew[2]', row('crew', 1, { CRW008: '2026-05-18' }), arrival],
  ['SH0414 crew[2]', row('crew', 1, { CRW024: 'JON' }), row('crew', 1, { CRW024: 'JON', CRW020: 'CNXMG', CRW021: '2026-05-19' })],
  ['SH0415 crew[2]', row('crew', 1, { CRW024: 'LVE' }), row('crew', 1, { CRW024: 'LVE', CRW022: 'CNXMG', CRW023: '2026-05-19' })],
  ['SH0416 crew[2]', row('crew', 1, { CRW014: '2029-01-01' }), row('crew', 1, { CRW014: '2028-12-31' })],
  ['SH0420 passengers[2]', row('passengers', 1, { PAX001: 1 }, withPassengers), withPassengers],
  ['SH0421 passengers[1],SH0421 passengers[2]', row('passengers', 1, { PAX010: '00112233' }, withPassengers), withPassengers],
  ['SH0422 passengers[2]', row('passengers', 1, { PAX012: '2026-05-17' }, withPassengers), withPassengers],
  ['SH0423 passengers[2]', row('passengers', 1, { PAX006: '2026-05-18' }, withPassengers), withPassengers],
  [
    'SH0424 passengers[2]',
    { ...withPassengers, passengers: [passenger, without({ ...passenger, PAX001: 2, PAX010: '00112244' }, 'PAX014')] },
    { ...withPassengers, passengers: [passenger, without({ ...passenger, PAX001: 2, PAX009: 'P' }, 'PAX014')].map(distinctDocument) },
  ],
  ['SH0500', change({ DGS001: false }), without(change({ DGS001: false }), 'dangerous_goods')],
  ['SH0501 dangerous_goods[1]', row('dangerous_goods', 0, { DGS021: 2000.501 }), row('dangerous_goods', 0, { DGS021: 2000.5 })],
  [
    'SH0502 dangerous_goods[1]',
    change({ dangerous_goods: [without((arrival.dangerous_goods as readonly JsonObject[])[0] ?? {}, 'DGS013')] }),
    arrival,
  ],
  [
    'SH0503 dangerous_goods[1]',
    row('dangerous_goods', 0, { DGS024: 20, DGS025: 20 }),
    row('dangerous_goods', 0, { DGS024: -10.5, DGS025: 20 }),
  ],
  ['SH0504 dangerous_goods[1]', row('dangerous_goods', 0, { DGS010: '8' }), row('dangerous_goods', 0, { DGS007: '1760', DGS010: '8' })],
  [
    'SH0505 dangerous_goods[1]',
    change({ dangerous_goods: [without((arrival.dangerous_goods as readonly JsonObject[])[0] ?? {}, 'DGS012')] }),
    arrival,
  ],
  [
    'SH0506 dangerous_goods[1]',
    row('dangerous_goods', 0, { DGS037: true }),
    row('dangerous_goods', 0, { DGS037: true, DGS038: 'Phosphine' }),
  ],
  ['SH0510', change({ CGO001: false }), without(change({ CGO001: false, CGO002: 0, CGO004: 0 }), 'consignments')],
  [
    'SH0511 consignments[1]',
    change({
      consignments: (arrival.consignments as readonly JsonObject[]).map((each, at) => (at === 0 ? without(each, 'CGO034') : each)),
    }),
    arrival,
  ],
  ['SH0512 consignments[1],SH0512 consignments[2]', row('consignments', 1, { CGO011: 'KHXM26001' }), row('consignments', 1, { CGO013: 2 })],
  ['SH0513 consignments[1]', row('consignments', 0, { CGO017: 'TWKHH' }), arrival],
  ['SH0600 stores[2]', row('stores', 1, { STO001: 3 }), arrival],
  ['SH0601 crew_effects[1]', row('crew_effects', 0, { EFF001: 4 }), row('crew_effects', 0, { EFF001: 3 })],
  ['SH0602 waste[1]', row('waste', 0, { WAS008: 6.001 }), row('waste', 0, { WAS008: 6 })],
  ['SH0603', change({ WAS002: '2026-05-19' }), change({ WAS002: '2026-05-18' })],
  ['SH0700', without(arrival, 'SEC003'), arrival],
  ['SH0701', change({ SEC001: false }), change({ SEC001: false, SEC007: 'Newly built' })],
  ['SH0702', change({ SEC006: '2026-05-17' }), change({ SEC006: '2026-05-18' })],
  ['SH0703 security_calls[1]', row('security_calls', 0, { SEC016: '2026-05-16' }), row('security_calls', 0, { SEC016: '2026-05-17' })],
  ['SH0704 ship_to_ship[1]', row('ship_to_ship', 0, { SEC022: '2026-05-16' }), arrival],
  ['SH0800', without(arrival, 'HLT003'), arrival],
  ['SH0801', change({ HLT007: true }), change({ HLT007: true, affected_ports: [visited] })],
  ['SH0802', change({ HLT018: true }), change({ HLT018: true, sanitary_measures: [{ HLT019: 'Disinfection', HLT021: '2026-05-17' }] })],
  [
    'SH0803 affected_ports[1]',
    change({ HLT007: true, affected_ports: [{ ...visited, HLT009: '2026-05-19' }] }),
    change({ HLT007: true, affected_ports: [visited] }),
  ],
  ['SH0804 certificates[1]', row('certificates', 0, { CRT005: '2026-05-17' }), row('certificates', 0, { CRT005: '2026-05-18' })],
  ['SH0805 certificates[1]', row('certificates', 0, { CRT004: '2028-05-31' }), row('certificates', 0, { CRT004: '2028-05-30' })],
  ['SH0806', change({ QUA002: true }), change({ QUA002: true, QUA003: 'TH' })],
  ['SH0807', change({ DUE002: '2026-05-17' }), change({ DUE002: '2026-05-18' })],
]

describe.each(CASES)('%s', (rules, broken, kept) => {
  test('is broken alone', () => {
    expect(brokenRules(broken)).toEqual(rules.split(','))
  })
  test('is kept', () => {
    expect(brokenRules(kept)).toEqual([])
  })
  test('is told with everything filled in', () => {
    for (const { text } of forms.validate('ship-declaration', broken, { service: 'ship-entry' }))
      expect(text.en + text.zh).not.toMatch(/[{}]|undefined|null|nothing"/)
  })
})

test('SH0101: a departure is declared to the service for departures', () => {
  expect(brokenRules(departureDeclaration(), 'ship-exit')).toEqual([])
  expect(brokenRules({ ...departureDeclaration(), GEN003: '1' }, 'ship-exit')).toEqual(['SH0101'])
})

test('an arrival needs its voyage and the health questions, a departure the next port', () => {
  expect(brokenRules(without(arrival, 'VOY001', 'HLT012'))).toEqual(['schema.required', 'schema.required'])
  expect(brokenRules(without(departureDeclaration(), 'VOY001', 'HLT012'), 'ship-exit')).toEqual([])
  expect(brokenRules(without(departureDeclaration(), 'VOY012'), 'ship-exit')).toEqual(['schema.required'])
})

test('every rule has a case here', () => {
  const { rules } = jsonFiles('declarations', '.rules.json').get('ship-declaration') as unknown as { rules: readonly { id: string }[] }
  const covered = new Set(['SH0101', ...CASES.flatMap(([names]) => names.split(',').map((name) => name.split(' ')[0]))])

  expect(rules.map((rule) => rule.id).filter((id) => !covered.has(id))).toEqual([])
})

describe('identifiers of a ship', () => {
  test.each([
    ['SHP003', '9319467', 'schema.imo'],
    ['SHP003', '931946', 'schema.imo'],
    ['SHP005', '41312345', 'schema.mmsi'],
    ['SHP005', '999123450', 'schema.mmsi'],
    ['SHP004', 'bpqr7', 'schema.pattern'],
    ['PTY010', '91350203MA2DEM041F', 'schema.uscc'],
    ['VOY005', 'XMN', 'schema.pattern'],
    ['VOY005', 'CNZZZ', 'schema.codelist'],
    ['VOY006', '2026-05-19 00:30', 'schema.time'],
    ['VOY006', '2026-02-30T00:30Z', 'schema.time'],
  ])('%s: %s', (item, value, rule) => {
    expect(brokenRules(change({ [item]: value })).filter((each) => each.startsWith('schema'))).toEqual([rule])
  })

  test('a wrong check digit is told with the right one', () => {
    const [error] = forms.validate('ship-declaration', change({ SHP003: '9319467' }))

    expect(error?.text).toEqual({
      en: 'IMO ship number: expected the check character 6 in place 7, where 7 stands (look for a typing error), found "9319467"',
      zh: 'IMO编号：应为第7位校验码6（现为7，请检查录入），实际为"9319467"',
    })
  })
})

function distinctDocument(data: JsonObject, index: number): JsonObject {
  return { ...data, PAX010: `0011220${index}` }
}
