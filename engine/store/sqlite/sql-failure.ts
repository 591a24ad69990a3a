import { SqliteError } from 'better-sqlite3'
import { StoreFailure } from '../port.ts'
import type { FailureData } from './protocol.ts'

/** What the disk or the database file did to us, as opposed to a refusal that concerns one call only. */
export function isStorageFault(error: unknown): boolean {
  return error instanceof SqliteError && /^SQLITE_(FULL|IOERR|BUSY|LOCKED|CANTOPEN|READONLY|NOMEM|CORRUPT|NOTADB|PROTOCOL)/.test(error.code)
}

export function failureData(error: unknown): FailureData {
  if (error instanceof StoreFailure) {
    return { code: error.code, message: error.message, ...(error.field !== undefined && { field: error.field }) }
  }
  if (error instanceof SqliteError) {
    if (isStorageFault(error)) return { code: 'UNAVAILABLE', message: `The database cannot be used now (${error.code}: ${error.message})` }
    // "UNIQUE constraint failed: document_account.login"
    const field = /constraint failed: \w+\.(\w+)/.exec(error.message)?.[1]
    if (/^SQLITE_CONSTRAINT_(UNIQUE|PRIMARYKEY)/.test(error.code)) {
      return { code: 'DUPLICATE', message: `Another one with the same ${field ?? 'key'} exists`, ...(field !== undefined && { field }) }
    }
    return { code: 'INVALID_ARGUMENT', message: `${error.code}: ${error.message}` }
  }
  return { code: 'INVALID_ARGUMENT', message: error instanceof Error ? error.message : String(error) }
}

export function toStoreFailure(data: FailureData): StoreFailure {
  return new StoreFailure(data.code, data.message, data.field === undefined ? {} : { field: data.field })
}
