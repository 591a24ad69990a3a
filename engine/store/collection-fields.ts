import { type CollectionDefinition, StoreFailure } from './port.ts'
import type { FieldType } from './table-fields.ts'

const COLLECTION_NAME = /^[a-z][a-z0-9_]*$/
const FIELD_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/

/** The fields a collection can be searched by: its indexes, its unique fields and `id`. */
export function collectionFields(collection: CollectionDefinition): Record<string, FieldType> {
  const fields: Record<string, FieldType> = { id: 'text' }
  for (const name of indexedFields(collection)) fields[name] = 'any'
  return fields
}

export function indexedFields(collection: CollectionDefinition): readonly string[] {
  return [...new Set([...collection.indexes, ...collection.unique])]
}

/** @throws StoreFailure `INVALID_ARGUMENT` */
export function checkCollection(collection: CollectionDefinition): void {
  if (!COLLECTION_NAME.test(collection.name)) {
    throw new StoreFailure(
      'INVALID_ARGUMENT',
      `Expected a collection name of lower-case letters, digits and underscore, found "${collection.name}"`,
    )
  }
  const seen = new Set<string>()
  for (const field of indexedFields(collection)) {
    // SQLite compares column names without regard to case, so two fields that differ in case only would be one column.
    if (!FIELD_NAME.test(field) || field.toLowerCase() === 'id' || seen.has(field.toLowerCase())) {
      throw new StoreFailure(
        'INVALID_ARGUMENT',
        `Field "${field}" of collection "${collection.name}" cannot be indexed; expected a name of letters, digits and underscore, other than "id", that no other field has in another case`,
      )
    }
    seen.add(field.toLowerCase())
  }
}
