import type { TableName, Tables } from '../port.ts'
import { type FieldType, TABLE_FIELDS } from '../table-fields.ts'
import type { RowRecord } from './models.ts'

export function fieldName(field: string): string {
  return field === 'key' ? '_id' : field
}

export function toRecord(table: TableName, row: object, revision: number): RowRecord {
  const record: Record<string, unknown> = {}
  for (const [field, value] of Object.entries(row)) {
    if (value !== undefined && value !== null) record[fieldName(field)] = toRecordValue(table, field, value)
  }
  return { ...record, rev: revision } as RowRecord
}

export function toRecordValue(table: TableName, field: string, value: unknown): unknown {
  return typeOf(table, field) === 'json' ? JSON.stringify(value) : value
}

export function toRow<T extends TableName>(table: T, record: RowRecord): Tables[T] {
  const row: Record<string, unknown> = {}
  for (const field of Object.keys(TABLE_FIELDS[table])) {
    const value = record[fieldName(field)]
    if (value === undefined || value === null) continue
    row[field] = typeOf(table, field) === 'json' ? JSON.parse(value as string) : value
  }
  return row as unknown as Tables[T]
}

function typeOf(table: TableName, field: string): FieldType | undefined {
  return (TABLE_FIELDS[table] as Readonly<Record<string, FieldType>>)[field]
}
