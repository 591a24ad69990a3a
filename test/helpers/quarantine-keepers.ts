import type { JsonObject } from '../../engine/kernel/index.ts'

/** Makes random quarantine declarations keep their rules: rows are numbered, and a mark that asks for rows has them. */
export function keepQuarantineRules(data: JsonObject): JsonObject {
  const calls = rowsOf(data, 'port_calls').map((row, index) => ({
    ...row,
    VOY017: index + 1,
    VOY018: 'TWKHH',
    VOY019: '2026-05-16',
    VOY020: '2026-05-17',
  }))
  const stores = rowsOf(data, 'stores').map((row, index) => ({ ...row, STO001: index + 1 }))
  const areas = rowsOf(data, 'affected_ports').map((row) => ({ ...row, HLT009: '2026-05-02' }))
  const measures = rowsOf(data, 'sanitary_measures')
  return {
    ...data,
    GEN003: '1',
    VOY005: 'CNXMG',
    VOY006: '2026-05-19T00:30Z',
    VOY010: 'TWKHH',
    VOY011: '2026-05-18T01:00Z',
    ...(data.port_calls === undefined ? {} : { port_calls: calls }),
    ...(data.stores === undefined ? {} : { stores }),
    ...(data.affected_ports === undefined ? {} : { affected_ports: areas }),
    HLT007: areas.length > 0,
    ...(data.HLT018 === undefined ? {} : { HLT018: measures.length > 0 }),
    ...(data.HLT014 === undefined ? {} : { HLT014: rowsOf(data, 'ill_persons').length }),
    HLT010: Number(data.HLT011 ?? 0) > 0,
  }
}

function rowsOf(data: JsonObject, group: string): readonly JsonObject[] {
  const rows = data[group]
  return Array.isArray(rows) ? (rows as readonly JsonObject[]) : []
}
