import { dirname } from 'node:path'
import Database from 'better-sqlite3'
import { lockDirectory } from './directory-lock.ts'
import { migrate } from './migrations.ts'

/** A checkpoint by the reader may hold the file for as long as it copies pages. */
const BUSY_TIMEOUT_MS = 5_000

export interface OpenDatabase {
  readonly db: Database.Database
  close(): void
}

/** Opens the file for the one writer: locks its directory, brings its schema up to date. */
export function openForWriting(file: string, maxPages?: number): OpenDatabase {
  const unlock = lockDirectory(dirname(file))
  try {
    const db = new Database(file, { timeout: BUSY_TIMEOUT_MS })
    db.pragma('journal_mode = WAL')
    // In WAL mode SQLite's own default is NORMAL, which may lose the newest commits when the power fails.
    db.pragma('synchronous = FULL')
    db.pragma('foreign_keys = ON')
    db.pragma('wal_autocheckpoint = 0')
    db.pragma('cache_size = -65536')
    migrate(db)
    if (maxPages !== undefined) db.pragma(`max_page_count = ${maxPages}`)
    return {
      db,
      close: () => {
        db.close()
        unlock()
      },
    }
  } catch (error) {
    unlock()
    throw error
  }
}

export function openForReading(file: string): OpenDatabase {
  const db = new Database(file, { timeout: BUSY_TIMEOUT_MS })
  db.pragma('wal_autocheckpoint = 0')
  db.pragma('query_only = ON')
  return { db, close: () => db.close() }
}
