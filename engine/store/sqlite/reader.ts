import { statSync } from 'node:fs'
import type { Database } from 'better-sqlite3'
import type { Outcome, SqlRow, WorkerCall } from './protocol.ts'
import { failureData } from './sql-failure.ts'
import { Statements } from './statements.ts'

/** Answers selects, and copies the log into the database while it is at it. */
export class Reader {
  readonly #db: Database
  readonly #statements: Statements
  #seen = ''

  constructor(db: Database) {
    this.#db = db
    this.#statements = new Statements(db)
  }

  run(calls: readonly WorkerCall[]): readonly Outcome[] {
    return calls.map(({ args }) => {
      try {
        const [sql, params] = args as [string, SqlRow]
        return { value: this.#statements.rows(sql, ...params) }
      } catch (error) {
        return { failure: failureData(error) }
      }
    })
  }

  /** Done here, so that no commit has to wait for it. */
  checkpoint(): void {
    try {
      const { size, mtimeMs } = statSync(`${this.#db.name}-wal`)
      const seen = `${size} ${mtimeMs}`
      if (seen === this.#seen) return
      this.#seen = seen
      this.#db.pragma('wal_checkpoint(PASSIVE)')
    } catch {
      // The log is complete as it is; the next round tries again.
    }
  }
}
