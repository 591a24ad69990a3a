import type { Json, JsonObject } from '../../kernel/index.ts'
import type { Text } from '../contract.ts'

/** One item of a declaration form, with the dictionary's definition in place. */
export interface FormItem {
  readonly id: string
  /** Name of the repeating group the item is in; absent for header items. */
  readonly group?: string
  readonly name: Text
  readonly agencies: readonly string[]
  readonly schema: JsonObject
}

export interface DeclarationForm {
  readonly id: string
  /** JSON Schema with every `$ref` replaced by what it points at. */
  readonly schema: JsonObject
  /** In the order of the form. */
  readonly items: readonly FormItem[]
  /** Repeating groups by name, with the title of the group. */
  readonly groups: ReadonlyMap<string, { readonly name: Text; readonly maxRows: number }>
}

/** Reads a form schema. `definitions` are the schemas that its `$ref`s may point at, by `$id`. */
export function toDeclarationForm(id: string, source: JsonObject, definitions: ReadonlyMap<string, JsonObject>): DeclarationForm {
  const schema = resolveRefs(source, definitions, id) as JsonObject
  const items: FormItem[] = []
  const groups = new Map<string, { name: Text; maxRows: number }>()
  for (const [name, property] of Object.entries(schema.properties as JsonObject)) {
    const definition = property as JsonObject
    if (typeof definition['x-group'] !== 'string') {
      items.push(toFormItem(name, definition))
      continue
    }
    groups.set(name, { name: titleOf(definition), maxRows: Number(definition.maxItems) })
    const row = definition.items as JsonObject
    for (const [item, itemSchema] of Object.entries(row.properties as JsonObject))
      items.push({ ...toFormItem(item, itemSchema as JsonObject), group: name })
  }
  return { id, schema, items, groups }
}

/** Title of a schema in both languages. */
export function titleOf(schema: JsonObject): Text {
  return { en: String(schema.title), zh: String(schema['x-title-zh']) }
}

export interface UnknownReference {
  readonly reference: string
  /** JSON pointer to what refers. */
  readonly pointer: string
}

/** References of a form's source that point at nothing. */
export function unknownReferences(node: Json, definitions: ReadonlyMap<string, JsonObject>, pointer = ''): readonly UnknownReference[] {
  if (node === null || typeof node !== 'object') return []
  if (Array.isArray(node)) return node.flatMap((each: Json, index) => unknownReferences(each, definitions, `${pointer}/${index}`))
  const { $ref, ...rest } = node as JsonObject
  const inner = Object.entries(rest).flatMap(([key, value]) => unknownReferences(value as Json, definitions, `${pointer}/${key}`))
  if (typeof $ref !== 'string' || definitionOf($ref, definitions) !== undefined) return inner
  return [{ reference: $ref, pointer }, ...inner]
}

function definitionOf($ref: string, definitions: ReadonlyMap<string, JsonObject>): Json | undefined {
  const [schemaId = '', pointer = ''] = $ref.split('#')
  return (definitions.get(schemaId)?.$defs as JsonObject | undefined)?.[pointer.replace('/$defs/', '')]
}

function toFormItem(id: string, schema: JsonObject): FormItem {
  return { id, name: titleOf(schema), agencies: (schema['x-agencies'] ?? []) as readonly string[], schema }
}

function resolveRefs(node: Json, definitions: ReadonlyMap<string, JsonObject>, formId: string): Json {
  if (Array.isArray(node)) return node.map((each) => resolveRefs(each, definitions, formId))
  if (node === null || typeof node !== 'object') return node
  const { $ref, ...rest } = node as JsonObject
  if (typeof $ref !== 'string') {
    return Object.fromEntries(Object.entries(rest).map(([key, value]) => [key, resolveRefs(value, definitions, formId)]))
  }
  const found = definitionOf($ref, definitions)
  if (found === undefined) throw new Error(`Expected form ${formId} to refer to an item of the dictionary, but found no ${$ref}`)
  return { ...(resolveRefs(found, definitions, formId) as JsonObject), ...rest }
}
