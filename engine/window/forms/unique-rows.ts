import type { Json, JsonObject } from '../../kernel/index.ts'

/** Positions of the rows that have all of `items` alike with another row; rows that lack one of them are never alike. */
export function repeatedRows(rows: readonly Json[], items: readonly string[]): ReadonlySet<number> {
  const alike = new Map<string, number[]>()
  rows.forEach((row, index) => {
    if (typeof row !== 'object' || row === null || Array.isArray(row)) return
    const values = items.map((item) => (Object.hasOwn(row, item) ? (row as JsonObject)[item] : undefined))
    if (values.some((value) => value === undefined || value === null)) return
    const key = JSON.stringify(values)
    const same = alike.get(key)
    if (same === undefined) alike.set(key, [index])
    else same.push(index)
  })
  return new Set([...alike.values()].filter((same) => same.length > 1).flat())
}
