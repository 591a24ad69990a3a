import type { Json, JsonObject } from '../../kernel/index.ts'
import type { DeclarationForm, FormItem } from './declaration-form.ts'

/** Ids of the items the agency may see, in the order of the form. */
export function routedItemIds(form: DeclarationForm, agencyId: string): readonly string[] {
  return itemsFor(form, agencyId).map((item) => item.id)
}

/**
 * Copies out of `data` what is routed to the agency and nothing else; inside composite items only their declared parts.
 * Rows that hold nothing for the agency are left out, and so are groups that never do.
 */
export function routeItems(form: DeclarationForm, agencyId: string, data: JsonObject): JsonObject {
  const routed = itemsFor(form, agencyId)
  const result = pickItems(
    routed.filter((item) => item.group === undefined),
    data,
  )
  for (const group of form.groups.keys()) {
    const inGroup = routed.filter((item) => item.group === group)
    if (inGroup.length === 0) continue
    const rows = Object.hasOwn(data, group) ? data[group] : undefined
    result[group] = (Array.isArray(rows) ? rows : []).map((row) => pickItems(inGroup, row)).filter((row) => Object.keys(row).length > 0)
  }
  return result
}

function itemsFor(form: DeclarationForm, agencyId: string): readonly FormItem[] {
  return form.items.filter((item) => item.agencies.includes(agencyId))
}

function pickItems(items: readonly FormItem[], row: Json | undefined): Record<string, Json> {
  const picked: Record<string, Json> = {}
  if (!isObject(row)) return picked
  for (const item of items) {
    if (!Object.hasOwn(row, item.id)) continue
    const value = row[item.id]
    if (value !== undefined) picked[item.id] = pickParts(item, value)
  }
  return picked
}

function pickParts(item: FormItem, value: Json): Json {
  const parts = item.schema.properties
  if (!isObject(parts) || !isObject(value)) return value
  return Object.fromEntries(Object.keys(parts).flatMap((part) => (Object.hasOwn(value, part) ? [[part, value[part] ?? null]] : [])))
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
