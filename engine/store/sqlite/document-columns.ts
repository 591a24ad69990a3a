import { indexedFields } from '../collection-fields.ts'
import type { CollectionDefinition } from '../port.ts'
import type { EncodedDocument, SqlValue } from './protocol.ts'

export function documentTable(collection: string): string {
  return `document_${collection}`
}

/** Prefixed, so that no field clashes with the columns every collection has. */
export function documentColumn(field: string): string {
  return field === 'id' ? 'id' : `"f_${field}"`
}

export function encodeDocument(collection: CollectionDefinition, id: string, body: object): EncodedDocument {
  const fields = indexedFields(collection)
  const values = fields.map((field) => (body as Record<string, unknown>)[field])
  return {
    collection: collection.name,
    id,
    body: JSON.stringify(body),
    columns: values.map(encodeValue),
    elements: fields.flatMap((field, index) => {
      const value = values[index]
      if (!Array.isArray(value)) return []
      return value.map(encodeValue).flatMap((element) => (element === null ? [] : [{ field, value: element }]))
    }),
  }
}

/** Lists and objects become bytes: they exist and differ from any text, but equal nothing that can be asked for. */
function encodeValue(value: unknown): SqlValue {
  if (value === undefined || value === null) return null
  if (typeof value === 'boolean') return value ? 1 : 0
  return typeof value === 'object' ? Buffer.from(JSON.stringify(value)) : (value as string | number)
}
