import type { Json, JsonObject } from '../../kernel/index.ts'

/**
 * Copies the items the agency may see and nothing else. Header items lie at the top of a declaration, repeating groups
 * are arrays of rows whose fields are items too; rows with nothing to see are left out.
 */
export function routedData(data: JsonObject, itemIds: readonly string[]): JsonObject {
  const routed = new Set(itemIds)
  const seen: Record<string, Json> = {}
  for (const [name, value] of Object.entries(data)) {
    if (routed.has(name)) seen[name] = value
    else if (Array.isArray(value)) {
      const rows = value.filter(isObject).map((row) => Object.fromEntries(Object.entries(row).filter(([item]) => routed.has(item))))
      const left = rows.filter((row) => Object.keys(row).length > 0)
      if (left.length > 0) seen[name] = left
    }
  }
  return seen
}

function isObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
