import type { Json, JsonObject } from '../../kernel/index.ts'
import type { Text } from '../contract.ts'

/** An item as far as its way of writing goes. */
export interface ItemShape {
  readonly id: string
  readonly name: Text
  readonly schema: JsonObject
  readonly type: 'string' | 'number' | 'integer' | 'boolean' | 'object' | 'array'
  /** Of a composite item. */
  readonly parts: ReadonlyMap<string, ItemShape>
  /** Of a list of values. */
  readonly each?: ItemShape
}
export interface GroupShape {
  readonly id: string
  readonly name: Text
  /** Name of one row (`line`). */
  readonly rowName: string
  readonly items: ReadonlyMap<string, ItemShape>
  readonly maxRows: number
}
export interface FormShape {
  readonly formId: string
  readonly name: Text
  readonly items: ReadonlyMap<string, ItemShape>
  readonly groups: ReadonlyMap<string, GroupShape>
}

/** What a file of the form may hold, from the form's schema. */
export function toFormShape(formId: string, schema: JsonObject): FormShape {
  const items = new Map<string, ItemShape>()
  const groups = new Map<string, GroupShape>()
  for (const [id, value] of Object.entries(schema.properties as JsonObject)) {
    const property = value as JsonObject
    if (typeof property['x-group'] === 'string') groups.set(id, toGroup(id, property))
    else items.set(id, toItem(id, property))
  }
  return { formId, name: nameOf(schema, formId), items, groups }
}

function toGroup(id: string, schema: JsonObject): GroupShape {
  return {
    id,
    name: nameOf(schema, id),
    rowName: String(schema['x-group']),
    items: itemsOf((schema.items as JsonObject).properties),
    maxRows: Number(schema.maxItems),
  }
}

function toItem(id: string, schema: JsonObject): ItemShape {
  const type = String(schema.type) as ItemShape['type']
  return {
    id,
    name: nameOf(schema, id),
    schema,
    type,
    parts: type === 'object' ? itemsOf(schema.properties) : new Map(),
    ...(type === 'array' ? { each: toItem(id, schema.items as JsonObject) } : {}),
  }
}

function itemsOf(properties: Json | undefined): ReadonlyMap<string, ItemShape> {
  return new Map(Object.entries((properties ?? {}) as JsonObject).map(([id, schema]) => [id, toItem(id, schema as JsonObject)]))
}

function nameOf(schema: JsonObject, otherwise: string): Text {
  return { en: String(schema.title ?? otherwise), zh: String(schema['x-title-zh'] ?? schema.title ?? otherwise) }
}
