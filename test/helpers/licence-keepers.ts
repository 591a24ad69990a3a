import type { JsonObject } from '../../engine/kernel/index.ts'

const LINE = { line_no: 1, hs_code: '2846901100', goods_name: '氧化铈', licence_quantity: 12.5, licence_unit: 't' }

/** Makes a random application one for an import licence, with the parts that such a one needs; parts of other kinds stay as they are. */
export function keepLicenceRules(data: JsonObject): JsonObject {
  const rows = ((data.lines ?? [LINE]) as readonly JsonObject[]).map((row, index) => ({ ...row, line_no: index + 1, licence_unit: 't' }))
  const values = { ...(data.import_value_usd === undefined ? {} : { import_value_usd: 1000 }) }
  const exported = data.export_value_usd === undefined ? {} : { export_value_usd: 1200.5 }
  const kind = { licence_type: 'import-export-licence', licence_kind: 'automatic', ie_flag: 'I', trading_country: 'AU' }
  return { ...data, ...values, ...exported, ...kind, lines: rows }
}

/** The same of the two forms around it. */
export function keepChangeRules(data: JsonObject): JsonObject {
  return { ...data, change_kind: 'amend' }
}
export function keepAnnouncementRules(data: JsonObject): JsonObject {
  return { ...data, decl_date: '2026-05-18', quota_year: 2027, quota_product: 'wheat' }
}
