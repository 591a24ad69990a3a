import type { TableName, Tables } from '../port.ts'
import { type FieldType, TABLE_FIELDS, TABLE_NAMES } from '../table-fields.ts'
import type { SqlRow, SqlValue } from './protocol.ts'

/** Column names of a table; they are the field names. */
export const COLUMNS = Object.fromEntries(TABLE_NAMES.map((table) => [table, Object.keys(TABLE_FIELDS[table])])) as unknown as {
  readonly [T in TableName]: readonly string[]
}

/** Fields that hold lists; their elements also lie in `list_entry`. */
export const LIST_COLUMNS = Object.fromEntries(
  TABLE_NAMES.map((table) => [table, COLUMNS[table].filter((column) => typeOf(table, column) === 'texts')]),
) as unknown as { readonly [T in TableName]: readonly string[] }

export function sqlTable(table: TableName): string {
  return `row_${table}`
}

/** `"key", "state", …`, to select a table's columns in the order `decodeRow` expects. */
export function columnList(table: TableName): string {
  return COLUMNS[table].map((column) => `"${column}"`).join(', ')
}

export function encodeRow(table: TableName, row: object): SqlRow {
  return COLUMNS[table].map((column) => encodeField(table, column, (row as Record<string, unknown>)[column]))
}

export function encodeField(table: TableName, column: string, value: unknown): SqlValue {
  if (value === undefined || value === null) return null
  switch (typeOf(table, column)) {
    case 'boolean':
      return value ? 1 : 0
    case 'json':
    case 'texts':
      return JSON.stringify(value)
    default:
      return value as SqlValue
  }
}

export function decodeRow<T extends TableName>(table: T, values: SqlRow): Tables[T] {
  const row: Record<string, unknown> = {}
  for (const [index, column] of COLUMNS[table].entries()) {
    const value = values[index]
    if (value === null || value === undefined) continue
    const type = typeOf(table, column)
    row[column] = type === 'boolean' ? value === 1 : type === 'json' || type === 'texts' ? JSON.parse(value as string) : value
  }
  return row as unknown as Tables[T]
}

function typeOf(table: TableName, column: string): FieldType | undefined {
  return (TABLE_FIELDS[table] as Readonly<Record<string, FieldType>>)[column]
}
