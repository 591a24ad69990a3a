import { statSync } from 'node:fs'
import type { Database } from 'better-sqlite3'
import type { Outcome, WorkerCall, WriteCalls } from './protocol.ts'
import { failureData, isStorageFault } from './sql-failure.ts'
import { Statements } from './statements.ts'
import { definitionCalls } from './write-definitions.ts'
import { documentCalls } from './write-documents.ts'
import { instanceCalls } from './write-instances.ts'
import { messageCalls } from './write-messages.ts'

/** The log is emptied once it is this large; until then a reader's checkpoint copies it in the background. */
const MAX_WAL_BYTES = 64 * 1024 * 1024
const GROUPS_BETWEEN_LOOKS = 32

type CallTable = Readonly<Record<string, (...args: readonly never[]) => unknown>>

/** Carries out groups of calls: one transaction and one fsync a group, each call succeeding or failing on its own. */
export class Writer {
  readonly #db: Database
  readonly #statements: Statements
  readonly #calls: CallTable
  #groups = 0

  constructor(db: Database) {
    this.#db = db
    this.#statements = new Statements(db)
    const calls: WriteCalls = {
      ...instanceCalls(this.#statements),
      ...messageCalls(this.#statements),
      ...definitionCalls(this.#statements),
      ...documentCalls(this.#statements),
    }
    this.#calls = calls as unknown as CallTable
  }

  run(calls: readonly WorkerCall[]): readonly Outcome[] {
    const outcomes = this.#runGroup(calls)
    this.#groups += 1
    if (this.#groups % GROUPS_BETWEEN_LOOKS === 0) this.#boundLog()
    return outcomes
  }

  #runGroup(calls: readonly WorkerCall[]): readonly Outcome[] {
    try {
      this.#statements.run('BEGIN IMMEDIATE')
      const outcomes = calls.map((call) => this.#runCall(call))
      this.#statements.run('COMMIT')
      return outcomes
    } catch (error) {
      this.#rollBack()
      const [only] = calls
      if (calls.length === 1 && only !== undefined) return [{ failure: failureData(error) }]
      // One call too large for the disk must not fail the small ones beside it.
      return calls.flatMap((call) => this.#runGroup([call]))
    }
  }

  #runCall({ method, args }: WorkerCall): Outcome {
    this.#statements.run('SAVEPOINT call')
    try {
      const value = this.#calls[method]?.(...(args as readonly never[]))
      this.#statements.run('RELEASE call')
      return { value }
    } catch (error) {
      // Faults of the disk concern the whole transaction, which SQLite may have rolled back already.
      if (isStorageFault(error) || !this.#db.inTransaction) throw error
      this.#statements.run('ROLLBACK TO call')
      this.#statements.run('RELEASE call')
      return { failure: failureData(error) }
    }
  }

  #rollBack(): void {
    if (!this.#db.inTransaction) return
    try {
      this.#db.exec('ROLLBACK')
    } catch {
      // SQLite has rolled back by itself; there is nothing left to undo.
    }
  }

  #boundLog(): void {
    try {
      if (statSync(`${this.#db.name}-wal`).size > MAX_WAL_BYTES) this.#db.pragma('wal_checkpoint(TRUNCATE)')
    } catch {
      // Readers or a full disk are in the way; the log is complete as it is and the next look tries again.
    }
  }
}
