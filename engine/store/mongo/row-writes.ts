import type { RowChange, TableName } from '../port.ts'
import { fieldName, toRecord, toRecordValue } from './row-record.ts'

/** One operation of a bulk write. */
export type RowWrite = Readonly<Record<string, unknown>>

interface Final {
  /** The whole row, where the commit puts it. */
  readonly row?: Readonly<Record<string, unknown>>
  /** Fields to set, or to clear where the value is null. */
  readonly fields?: Readonly<Record<string, unknown>>
}

export interface WrittenAt {
  readonly processInstanceKey: string
  readonly revision: number
  /** Leave rows that carry this revision, or a newer one, as they are. */
  readonly onlyOlder: boolean
  /** Behind a router an upsert must name the shard key. */
  readonly isSharded: boolean
}

/** One write a row, whatever the commit did to it in between, so that their order does not matter. */
export function rowWrites(changes: readonly RowChange[], at: WrittenAt): ReadonlyMap<TableName, readonly RowWrite[]> {
  const tables = new Map<TableName, Map<string, Final>>()
  for (const change of changes) {
    const rows = tables.get(change.table) ?? new Map<string, Final>()
    tables.set(change.table, rows)
    const key = change.op === 'put' ? change.row.key : change.key
    rows.set(key, merged(rows.get(key), change))
  }
  return new Map([...tables].map(([table, rows]) => [table, [...rows].map(([key, final]) => toWrite(table, key, final, at))]))
}

function merged(before: Final | undefined, change: RowChange): Final {
  if (change.op === 'put') return { row: change.row as unknown as Record<string, unknown> }
  if (change.op === 'delete') return {}
  const fields = Object.fromEntries(Object.entries(change.fields).filter(([, value]) => value !== undefined))
  if (before?.row !== undefined) return { row: { ...before.row, ...fields } }
  // A row that this commit has deleted stays deleted.
  if (before !== undefined && before.fields === undefined) return before
  return { fields: { ...before?.fields, ...fields } }
}

function toWrite(table: TableName, key: string, { row, fields }: Final, at: WrittenAt): RowWrite {
  const older = { ...(at.isSharded && { processInstanceKey: at.processInstanceKey }), ...(at.onlyOlder && { rev: { $lt: at.revision } }) }
  if (row !== undefined) {
    const { _id, ...replacement } = toRecord(table, row, at.revision)
    return { replaceOne: { filter: { _id, ...older }, replacement, upsert: true } }
  }
  if (fields === undefined) return { deleteOne: { filter: { _id: key } } }
  const set: Record<string, unknown> = { rev: at.revision }
  const unset: Record<string, ''> = {}
  for (const [field, value] of Object.entries(fields)) {
    if (value === null) unset[fieldName(field)] = ''
    else set[fieldName(field)] = toRecordValue(table, field, value)
  }
  return { updateOne: { filter: { _id: key, ...older }, update: { $set: set, ...(Object.keys(unset).length > 0 && { $unset: unset }) } } }
}
