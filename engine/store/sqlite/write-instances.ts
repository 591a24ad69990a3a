import { StoreFailure, type TableName } from '../port.ts'
import type { EncodedChange, EncodedCommit, SqlRow, SqlValue, WriteCalls } from './protocol.ts'
import { COLUMNS, columnList, LIST_COLUMNS, sqlTable } from './row-codec.ts'
import type { Statements } from './statements.ts'

type InstanceCalls = Pick<
  WriteCalls,
  'commit' | 'leaseKeys' | 'dropRow' | 'leaseJobs' | 'releaseJobs' | 'addOutbox' | 'removeOutbox' | 'postponeOutbox'
>

/** First instance prefix ever leased; see the kernel's keys. */
const FIRST_PREFIX = 1_000_001

const PUT = Object.fromEntries(
  (Object.keys(COLUMNS) as TableName[]).map((table) => [
    table,
    `INSERT OR REPLACE INTO ${sqlTable(table)} (${columnList(table)}) VALUES (${COLUMNS[table].map(() => '?').join(', ')})`,
  ]),
) as Record<TableName, string>

export function instanceCalls(statements: Statements): InstanceCalls {
  const addOutbox = (rows: readonly SqlRow[]): void => {
    for (const row of rows) {
      statements.run(
        'INSERT OR IGNORE INTO outbox (key, kind, payload, availableAt, attempts, lastError) VALUES (?, ?, ?, ?, ?, ?)',
        ...row,
      )
    }
  }
  return {
    commit: (commit) => {
      saveState(statements, commit)
      statements.run('INSERT INTO history (key, revision, entry) VALUES (?, ?, ?)', commit.key, commit.expectedRevision + 1, commit.history)
      for (const change of commit.changes) applyChange(statements, change)
      addOutbox(commit.outbox)
    },
    leaseKeys: (size) => {
      const end = statements.value(
        `INSERT INTO counter (name, value) VALUES ('instance prefix', ?)
         ON CONFLICT (name) DO UPDATE SET value = value + ? RETURNING value`,
        FIRST_PREFIX + size,
        size,
      ) as number
      return end - size
    },
    dropRow: (table, key) => applyChange(statements, { op: 'delete', table, key }),
    leaseJobs: (request) => {
      const { type, worker, leaseToken, now, timeoutMs, limit, tenantIds } = request
      const ofTenants = tenantIds.length === 0 ? '' : `AND tenantId IN (${tenantIds.map(() => '?').join(', ')})`
      // A job whose error nobody caught is held by its incident until that is resolved.
      return statements.rows(
        `UPDATE row_job SET worker = ?, leaseToken = ?, availableAt = ? WHERE key IN (
           SELECT key FROM row_job INDEXED BY row_job_turn WHERE type = ? AND retries > 0 AND state <> 'ERROR_THROWN' AND availableAt <= ? ${ofTenants}
           ORDER BY priority DESC, createdAt, key LIMIT ?)
         RETURNING ${columnList('job')}`,
        ...[worker, leaseToken, now + timeoutMs, type, now, ...tenantIds, limit],
      ) as SqlValue[][]
    },
    releaseJobs: (leases, now) => {
      for (const { key, leaseToken } of leases) {
        statements.run(
          'UPDATE row_job SET availableAt = ?, worker = NULL, leaseToken = NULL WHERE key = ? AND leaseToken = ?',
          now,
          key,
          leaseToken,
        )
      }
    },
    addOutbox,
    removeOutbox: (keys) => {
      for (const key of keys) statements.run('DELETE FROM outbox WHERE key = ?', key)
    },
    postponeOutbox: (key, availableAt, attempts, error) => {
      statements.run('UPDATE outbox SET availableAt = ?, attempts = ?, lastError = ? WHERE key = ?', availableAt, attempts, error, key)
    },
  }
}

function saveState(statements: Statements, { key, expectedRevision, state }: EncodedCommit): void {
  const changed =
    expectedRevision === 0
      ? statements.run('INSERT INTO instance (key, revision, state) VALUES (?, 1, ?) ON CONFLICT DO NOTHING', key, state)
      : statements.run(
          'UPDATE instance SET revision = revision + 1, state = ? WHERE key = ? AND revision = ?',
          state,
          key,
          expectedRevision,
        )
  if (changed === 1) return
  const found = (statements.value('SELECT revision FROM instance WHERE key = ?', key) as number | undefined) ?? 0
  throw new StoreFailure(
    'REVISION_CONFLICT',
    `Instance ${key}: expected revision ${expectedRevision}, found ${found}; load it again and decide again`,
  )
}

function applyChange(statements: Statements, change: EncodedChange): void {
  const { table } = change
  switch (change.op) {
    case 'put': {
      statements.run(PUT[table], ...change.values)
      const key = change.values[COLUMNS[table].indexOf('key')] as string
      for (const field of LIST_COLUMNS[table]) setListEntries(statements, table, key, field, change.values[COLUMNS[table].indexOf(field)])
      break
    }
    case 'patch': {
      if (change.columns.length === 0) break
      const set = change.columns.map((column) => `"${column}" = ?`).join(', ')
      const patched = statements.run(`UPDATE ${sqlTable(table)} SET ${set} WHERE key = ?`, ...change.values, change.key)
      if (patched === 0) break
      for (const field of LIST_COLUMNS[table]) {
        const index = change.columns.indexOf(field)
        if (index >= 0) setListEntries(statements, table, change.key, field, change.values[index])
      }
      break
    }
    case 'delete':
      statements.run(`DELETE FROM ${sqlTable(table)} WHERE key = ?`, change.key)
      if (LIST_COLUMNS[table].length > 0) statements.run('DELETE FROM list_entry WHERE owner = ? AND key = ?', sqlTable(table), change.key)
  }
}

function setListEntries(statements: Statements, table: TableName, key: string, field: string, list: SqlValue | undefined): void {
  const owner = sqlTable(table)
  statements.run('DELETE FROM list_entry WHERE owner = ? AND key = ? AND field = ?', owner, key, field)
  if (typeof list !== 'string') return
  for (const value of JSON.parse(list) as SqlValue[]) {
    statements.run('INSERT OR IGNORE INTO list_entry (owner, field, value, key) VALUES (?, ?, ?, ?)', owner, field, value, key)
  }
}
