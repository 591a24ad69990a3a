import type { Database, Statement } from 'better-sqlite3'

/** A few hundred shapes of query are in use; past that the oldest is prepared again. */
const MAX_PREPARED = 500

/** Prepares each text once. */
export class Statements {
  readonly db: Database
  readonly #prepared = new Map<string, Statement>()

  constructor(db: Database) {
    this.db = db
  }

  prepare(sql: string): Statement {
    const known = this.#prepared.get(sql)
    if (known !== undefined) return known
    const statement = this.db.prepare(sql)
    if (this.#prepared.size >= MAX_PREPARED) {
      const oldest = this.#prepared.keys().next().value
      if (oldest !== undefined) this.#prepared.delete(oldest)
    }
    this.#prepared.set(sql, statement)
    return statement
  }

  run(sql: string, ...params: readonly unknown[]): number {
    return this.prepare(sql).run(...params).changes
  }

  /** The first column of the first row. */
  value(sql: string, ...params: readonly unknown[]): unknown {
    return this.prepare(sql)
      .pluck()
      .get(...params)
  }

  /** Rows as arrays, in the order of the selected columns. */
  rows(sql: string, ...params: readonly unknown[]): unknown[][] {
    return this.prepare(sql)
      .raw()
      .all(...params) as unknown[][]
  }
}
