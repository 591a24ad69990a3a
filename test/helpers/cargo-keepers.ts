import type { JsonObject } from '../../engine/kernel/index.ts'

/** Makes random manifests keep their rules: goods lie under bills of this manifest and in its containers, and both ends of dangerous goods are told. */
export function keepManifestRules(data: JsonObject): JsonObject {
  const containers = rowsOf(data, 'containers').map((row, index) => ({ ...row, CGO033: BOXES[index % BOXES.length] ?? '' }))
  const consignments = rowsOf(data, 'consignments').map((row, index) => ({ ...row, CGO011: `${String(row.CGO011).slice(0, 20)}-${index}` }))
  const spread = Math.max(consignments.length, rowsOf(data, 'goods').length)
  const goods = Array.from({ length: spread }, (_, index): JsonObject => {
    const list = rowsOf(data, 'goods')
    const { CGO033, DGS007, DGS010, DGS012, DGS013, DGS015, ...row } = list[index % list.length] ?? {}
    const box = containers[index % Math.max(containers.length, 1)]
    const danger = index % 2 === 0 ? { DGS007: '1263', DGS010: '3', DGS012: 'II', DGS013: 23.5, DGS015: 'F-ES-E' } : {}
    return {
      ...row,
      ...danger,
      ...(box === undefined || CGO033 === undefined ? {} : { CGO033: box.CGO033 ?? '' }),
      CGO011: consignments[index % consignments.length]?.CGO011 ?? '',
      goods_item_no: index + 1,
    }
  })
  const inbound = data.GEN003 === '1' || data.GEN003 === undefined
  const voyage = inbound ? { VOY001: '026W', VOY006: '2026-05-19T00:30Z' } : { VOY002: '027E', VOY008: '2026-05-20T04:00Z' }
  const { VOY001: _inbound, VOY002: _outbound, ...header } = data
  return { ...header, ...voyage, ...(containers.length === 0 ? {} : { containers }), consignments, goods }
}

/** The same of dangerous goods declarations. */
export function keepDangerousGoodsRules(data: JsonObject): JsonObject {
  const times = { VOY006: '2026-05-19T00:30Z', VOY008: '2026-05-20T04:00Z' }
  const rows = rowsOf(data, 'dangerous_goods').map((row, index) => ({
    ...row,
    dg_row_no: index + 1,
    DGS010: '3',
    DGS013: 23.5,
    DGS021: Math.min(Number(row.DGS021), Number(row.DGS022)),
  }))
  return { ...data, ...times, declared_fit: true, dangerous_goods: rows }
}

/** Made-up containers whose check digits are right. */
const BOXES = ['CSQU3054383', 'TCNU7200794', 'TOLU4734787', 'GYOU4047990']

function rowsOf(data: JsonObject, group: string): readonly JsonObject[] {
  return (data[group] ?? []) as readonly JsonObject[]
}
