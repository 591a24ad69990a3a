import { Decimal } from 'decimal.js'
import type { Json, JsonObject } from '../../engine/kernel/index.ts'
import { keepDangerousGoodsRules, keepManifestRules } from './cargo-keepers.ts'
import { keepAnnouncementRules, keepChangeRules, keepLicenceRules } from './licence-keepers.ts'
import { keepQuarantineRules } from './quarantine-keepers.ts'
import type { Random } from './valid-declaration.ts'

/** Makes random data of a form fit the rules that look across items. A form whose rules can be kept by leaving items out needs none. */
export type RuleKeeper = (data: JsonObject, random: Random, service: string | undefined) => JsonObject

export const RULE_KEEPERS: Readonly<Record<string, RuleKeeper | undefined>> = {
  'tax-payment': keepTaxPaymentRules,
  'goods-declaration': keepGoodsRules,
  'ship-declaration': keepShipRules,
  'sea-manifest': keepManifestRules,
  'dangerous-goods': keepDangerousGoodsRules,
  'licence-application': keepLicenceRules,
  'licence-change': keepChangeRules,
  'trq-announcement': keepAnnouncementRules,
  'vessel-quarantine': keepQuarantineRules,
}

const DAY = '2026-05-18'
const CHARGE = { mark: '3', value: 1250.5, currency: 'USD' }

function keepGoodsRules(data: JsonObject, random: Random, service: string | undefined): JsonObject {
  const isImport = service === 'goods-import'
  const lines = rowsOf(data, 'lines').map((line, index) => keepLine(line, index, random))
  const numbers = lines.map((line) => line.line_no as number)
  const total = lines.reduce((sum, line) => sum.plus(line.total_price as number), new Decimal(0))
  return {
    ...data,
    ...setWhere(data, {
      departure_date: isImport ? '2026-05-01' : '2026-05-21',
      unloading_date: isImport ? '2026-05-12' : '2026-05-25',
      net_weight: Math.min(Number(data.net_weight), Number(data.gross_weight)),
      other_charges: CHARGE,
      documents: rowsOf(data, 'documents').map(keepDocument),
      containers: rowsOf(data, 'containers').map((container) => ({ ...container, container_lines: numbers })),
    }),
    ie_flag: isImport ? 'I' : 'E',
    decl_date: DAY,
    ie_date: isImport ? '2026-05-10' : '2026-05-20',
    // Terms with which both charges are filled in.
    trade_terms: isImport ? '3' : '1',
    freight: CHARGE,
    insurance: { ...CHARGE, value: 90 },
    package_type: '22',
    transport_mode: '2',
    entry_exit_port: '350101',
    port_transit_dest: 'USA001',
    country_dep_arr: 'US',
    lines,
    total_value: total.toNumber(),
  }
}

/** Paid bill by bill, so no guarantee is wanted; lines are numbered as they stand. */
function keepTaxPaymentRules(data: JsonObject): JsonObject {
  const lines = rowsOf(data, 'lines').map((line, index) => ({ ...line, line_no: index + 1 }))
  return { ...data, decl_date: DAY, declared_on: DAY, payment_mode: '1', lines }
}

function keepLine(line: JsonObject, index: number, random: Random): JsonObject {
  const quantity = 1 + Math.floor(random() * 9000)
  const price = (1 + Math.floor(random() * 90_000)) / 100
  const alike = line.unit_declared === line.unit_statutory1
  const { qty_statutory2, unit_statutory2, ...rest } = line
  const second = qty_statutory2 === undefined || unit_statutory2 === undefined ? {} : { qty_statutory2, unit_statutory2 }
  return {
    ...rest,
    ...second,
    ...setWhere(line, {
      ciq_code: `${String(line.hs_code)}101`,
      product_licence: { ...(line.product_licence as JsonObject | undefined), qty: quantity },
    }),
    line_no: index + 1,
    handbook_item_no: index + 1,
    qty_declared: quantity,
    unit_price: price,
    total_price: new Decimal(quantity).times(price).toDecimalPlaces(2).toNumber(),
    currency: 'USD',
    ...(alike ? { qty_statutory1: quantity } : {}),
  }
}

/** A row is a document that is there, or a certificate that is asked for. */
function keepDocument(row: JsonObject, index: number): JsonObject {
  const { requested_cert, ...document } = row
  if (index % 2 === 1 && requested_cert !== undefined) return { requested_cert }
  return { ...document, doc_type_code: document.doc_type_code ?? '00000001', doc_no: `DOC-${index}` }
}

function keepShipRules(data: JsonObject, _random: Random, service: string | undefined): JsonObject {
  const crew = rowsOf(data, 'crew').map(keepCrewMember)
  const passengers = rowsOf(data, 'passengers').map(keepPassenger)
  const calls = rowsOf(data, 'port_calls').map(
    (call, index): JsonObject => ({
      ...call,
      VOY017: index + 1,
      VOY019: `2026-05-0${index + 1}`,
      VOY020: `2026-05-0${index + 2}`,
    }),
  )
  const lastCall = calls[calls.length - 1]?.VOY018
  const goods = rowsOf(data, 'dangerous_goods').map(keepDangerousGoods)
  return {
    ...data,
    ...setWhere(data, {
      ...SHIP_HEADER,
      VOY010: lastCall ?? data.VOY010,
      VOY012: 'CNSHG',
      VOY027: crew.length + passengers.length + 1,
      HLT001: ['HLT002', 'HLT003', 'HLT005'].every((item) => Object.hasOwn(data, item)),
      HLT014: rowsOf(data, 'ill_persons').length,
      HLT007: rowsOf(data, 'affected_ports').length > 0,
      HLT018: rowsOf(data, 'sanitary_measures').length > 0,
      passengers,
      port_calls: calls,
      dangerous_goods: goods,
      consignments: rowsOf(data, 'consignments').map(keepConsignment),
      stores: rowsOf(data, 'stores').map((row, index) => ({ ...row, STO001: index + 1 })),
      crew_effects: rowsOf(data, 'crew_effects').map((row) => ({ ...row, EFF001: 1 })),
      waste: rowsOf(data, 'waste').map((row) => ({
        ...row,
        ...setWhere(row, { WAS008: Math.min(Number(row.WAS007), Number(row.WAS008)) || 0 }),
      })),
      security_calls: rowsOf(data, 'security_calls').map((row) => ({ ...row, SEC015: '2026-05-01', SEC016: '2026-05-02' })),
      ship_to_ship: rowsOf(data, 'ship_to_ship').map((row) => ({ ...row, SEC021: '2026-05-01', SEC022: '2026-05-02' })),
      affected_ports: rowsOf(data, 'affected_ports').map((row) => ({ ...row, HLT009: '2026-05-02' })),
      certificates: rowsOf(data, 'certificates').map((row) => ({
        ...row,
        CRT005: '2030-01-01',
        ...setWhere(row, { CRT004: '2024-01-01' }),
      })),
    }),
    GEN003: service === 'ship-exit' ? '2' : '1',
    GEN005: '9',
    GEN007: `${DAY}T02:15Z`,
    SHP013: 18250,
    SHP014: 9470,
    VOY005: 'CNXMG',
    VOY025: crew.length,
    VOY026: passengers.length,
    CGO001: true,
    DGS001: goods.length > 0,
    crew,
    ...together(data, 'SHP006', { SHP012: '350019000042' }),
    ...together(data, 'HLT010', { HLT011: 2 }),
    ...together(data, 'BWM010', { BWM011: 10 }),
    ...together(data, 'QUA002', { QUA003: 'TH' }),
    ...together(data, 'SEC001', { SEC003: 'ISSC-2024-7', SEC006: '2029-02-28' }),
  }
}

/** What must be there when the item is; what is there stays. */
function together(data: JsonObject, item: string, values: JsonObject): JsonObject {
  if (!Object.hasOwn(data, item)) return {}
  return {
    ...values,
    ...Object.fromEntries(Object.entries(data).filter(([name]) => Object.hasOwn(values, name) && !Object.hasOwn(SHIP_HEADER, name))),
  }
}

function keepConsignment(row: JsonObject, index: number): JsonObject {
  const sized = row.CGO033 === undefined ? {} : { CGO034: row.CGO034 ?? '22G1' }
  return { ...row, ...sized, CGO013: index + 1, CGO016: 'TWKHH', CGO017: 'CNXMG' }
}

const SHIP_HEADER: JsonObject = {
  SHP004: 'BPQR7',
  SHP011: '2019-07-01',
  SHP016: 172.4,
  SHP017: 27.6,
  SHP018: 14.2,
  SHP019: 9.8,
  SHP020: 9.6,
  SHP021: '2005-02-01',
  SHP022: '2005-11-20',
  SHP026: 12,
  VOY006: '2026-05-19T00:30Z',
  VOY007: '2026-05-19T01:00Z',
  VOY008: '2026-05-20T04:00Z',
  VOY009: '2026-05-20T05:00Z',
  VOY011: '2026-05-18T10:00Z',
  VOY013: '2026-05-22T01:00Z',
  VOY028: true,
  VOY029: 7.8,
  VOY030: 8.2,
  VOY031: 7.5,
  BTH003: '2026-05-19T02:00Z',
  BTH004: '2026-05-20T03:30Z',
  HLT010: true,
  HLT011: 2,
  BWM001: 1800.5,
  BWM002: 6200,
  BWM003: 14,
  BWM004: 5,
  BWM010: true,
  BWM011: 10,
  QUA002: true,
  WAS002: '2026-05-01',
  SEC001: true,
  SEC006: '2029-02-28',
  DUE002: '2026-08-01',
}

function keepCrewMember(row: JsonObject, index: number): JsonObject {
  return {
    ...row,
    CRW001: index + 1,
    CRW005: index === 0 ? 'MST' : 'AB',
    CRW008: '1990-01-01',
    CRW012: `C${index}-${String(row.CRW012)}`.slice(0, 35),
    CRW015: '2030-01-01',
    ...setWhere(row, { CRW014: '2024-01-01', CRW024: 'STY' }),
  }
}

function keepPassenger(row: JsonObject, index: number): JsonObject {
  return {
    ...row,
    PAX001: index + 1,
    PAX006: '1990-01-01',
    PAX009: 'P',
    PAX010: `P${index}-${String(row.PAX010)}`.slice(0, 35),
    PAX012: '2030-01-01',
  }
}

function keepDangerousGoods(row: JsonObject): JsonObject {
  return {
    ...row,
    DGS007: '1263',
    DGS010: '3',
    DGS012: 'II',
    DGS013: 12.5,
    DGS021: Math.min(Number(row.DGS021), Number(row.DGS022)),
    ...setWhere(row, { DGS024: -10.5, DGS025: 20 }),
    ...(row.DGS038 === undefined ? setWhere(row, { DGS037: false }) : {}),
  }
}

// helpers

function rowsOf(data: JsonObject, group: string): readonly JsonObject[] {
  const rows = data[group]
  return Array.isArray(rows) ? (rows as readonly JsonObject[]) : []
}

/** Those of the values whose items the data has. */
function setWhere(data: JsonObject, values: Readonly<Record<string, Json | undefined>>): JsonObject {
  return Object.fromEntries(
    Object.entries(values).filter(([name, value]) => Object.hasOwn(data, name) && value !== undefined),
  ) as JsonObject
}
