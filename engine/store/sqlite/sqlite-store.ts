import { join } from 'node:path'
import type { InstanceState, JsonObject, ProcessInstanceKey } from '../../kernel/index.ts'
import { checkQuery } from '../checked-query.ts'
import type * as port from '../port.ts'
import { StoreFailure } from '../port.ts'
import { TABLE_FIELDS } from '../table-fields.ts'
import { makeDirectory } from './make-directory.ts'
import type { EncodedChange, ReadCalls, SqlRow, WorkerOptions, WriteCalls } from './protocol.ts'
import { columnList, decodeRow, encodeField, encodeRow, sqlTable } from './row-codec.ts'
import type { SelectSource } from './select.ts'
import { selectBoth } from './select-both.ts'
import { SqliteDocuments } from './sqlite-documents.ts'
import { WorkerChannel } from './worker-channel.ts'

const DATABASE_FILE = 'single-window.db'
const OUTBOX_COLUMNS = 'key, kind, payload, availableAt, attempts, lastError'
const MESSAGE_COLUMNS = `key, tenantId, name, correlationKey, messageId, publishedAt, expiresAt, variables,
  (SELECT json_group_array(json_array(bpmnProcessId, processInstanceKey, subscriptionKey, confirmed)) FROM message_claim WHERE messageKey = message.key)`

/** All that is durable, in one SQLite file. A writer thread and a reader thread keep the event loop free. */
export class SqliteStore implements port.Store {
  readonly location: string
  readonly #writer: WorkerChannel<WriteCalls>
  readonly #reader: WorkerChannel<ReadCalls>
  readonly #collections = new Map<string, { readonly definition: string; readonly documents: SqliteDocuments<never> }>()

  private constructor(file: string, writer: WorkerChannel<WriteCalls>, reader: WorkerChannel<ReadCalls>) {
    this.location = `sqlite:${file}`
    this.#writer = writer
    this.#reader = reader
  }

  /** Opens or creates the database of a directory. @throws StoreFailure `UNAVAILABLE` */
  static async open(directory: string, options: Pick<WorkerOptions, 'maxPages'> = {}): Promise<SqliteStore> {
    try {
      makeDirectory(directory)
    } catch (error) {
      throw new StoreFailure(
        'UNAVAILABLE',
        `The data directory ${directory} cannot be created: ${error instanceof Error ? error.message : error}; name another place with --data or DATA_DIR`,
        { cause: error },
      )
    }
    const file = join(directory, DATABASE_FILE)
    const writer = await WorkerChannel.open<WriteCalls>({ role: 'writer', file, ...options })
    try {
      return new SqliteStore(file, writer, await WorkerChannel.open<ReadCalls>({ role: 'reader', file }))
    } catch (error) {
      await writer.close()
      throw error
    }
  }

  async leaseKeys(size: number): Promise<number> {
    if (!Number.isSafeInteger(size) || size < 1)
      throw new StoreFailure('INVALID_ARGUMENT', `Expected a whole number of keys, found ${size}`)
    return this.#writer.call('leaseKeys', size)
  }

  async commit(commit: port.InstanceCommit): Promise<void> {
    return this.#writer.call('commit', {
      key: commit.key,
      expectedRevision: commit.expectedRevision,
      state: JSON.stringify(commit.state),
      history: JSON.stringify(commit.history),
      changes: commit.changes.map(encodeChange),
      outbox: commit.outbox.map(encodeOutbox),
    })
  }

  async loadInstance(key: ProcessInstanceKey): Promise<port.StoredInstance | undefined> {
    const [row] = await this.#select('SELECT revision, state FROM instance WHERE key = ?', key)
    return row && { revision: row[0] as number, state: JSON.parse(row[1] as string) as InstanceState }
  }

  async loadHistory(key: ProcessInstanceKey): Promise<readonly port.HistoryEntry[]> {
    const rows = await this.#select('SELECT entry FROM history WHERE key = ? ORDER BY revision', key)
    return rows.map(([entry]) => JSON.parse(entry as string) as port.HistoryEntry)
  }

  async search<T extends port.TableName>(table: T, query: port.Query): Promise<port.Page<port.Tables[T]>> {
    const checked = checkQuery(query, TABLE_FIELDS[table])
    const name = sqlTable(table)
    const source: SelectSource = { table: name, columns: columnList(table), key: 'key', column: (field) => `"${field}"`, owner: name }
    const { rows, total } = await selectBoth(this.#reader, source, checked)
    return { items: rows.map((row) => decodeRow(table, row)), total }
  }

  async find<T extends port.TableName>(table: T, key: string): Promise<port.Tables[T] | undefined> {
    const [row] = await this.#select(`SELECT ${columnList(table)} FROM ${sqlTable(table)} WHERE key = ?`, key)
    return row && decodeRow(table, row)
  }

  async leaseJobs(request: port.LeaseRequest): Promise<readonly port.JobRow[]> {
    // Nothing due is the usual case, and a read costs no fsync.
    const nextAt = await this.nextJobAt(request.type)
    if (nextAt === undefined || nextAt > request.now || request.limit < 1) return []
    const rows = await this.#writer.call('leaseJobs', request)
    return rows.map((row) => decodeRow('job', row)).sort(inTurn)
  }

  releaseJobs(leases: readonly { readonly key: string; readonly leaseToken: string }[], now: number): Promise<void> {
    return this.#writer.call('releaseJobs', leases, now)
  }

  nextJobAt(type: string): Promise<number | undefined> {
    return this.#selectNumber(`SELECT min(availableAt) FROM row_job WHERE type = ? AND retries > 0 AND state <> 'ERROR_THROWN'`, type)
  }

  async dueTimers(now: number, limit: number): Promise<readonly port.TimerRow[]> {
    const rows = await this.#select(`SELECT ${columnList('timer')} FROM row_timer WHERE dueAt <= ? ORDER BY dueAt, key LIMIT ?`, now, limit)
    return rows.map((row) => decodeRow('timer', row))
  }

  nextTimerAt(): Promise<number | undefined> {
    return this.#selectNumber('SELECT min(dueAt) FROM row_timer')
  }

  dropRow(table: port.TableName, key: string): Promise<void> {
    return this.#writer.call('dropRow', table, key)
  }

  async dueOutbox(now: number, limit: number): Promise<readonly port.OutboxRow[]> {
    const rows = await this.#select(
      `SELECT ${OUTBOX_COLUMNS} FROM outbox WHERE availableAt <= ? ORDER BY availableAt, key LIMIT ?`,
      now,
      limit,
    )
    return rows.map(decodeOutbox)
  }

  nextOutboxAt(): Promise<number | undefined> {
    return this.#selectNumber('SELECT min(availableAt) FROM outbox')
  }

  removeOutbox(keys: readonly string[]): Promise<void> {
    return this.#writer.call('removeOutbox', keys)
  }

  postponeOutbox(key: string, availableAt: number, attempts: number, error: string): Promise<void> {
    return this.#writer.call('postponeOutbox', key, availableAt, attempts, error)
  }

  addOutbox(rows: readonly port.OutboxRow[]): Promise<void> {
    return this.#writer.call('addOutbox', rows.map(encodeOutbox))
  }

  saveDeployment(deployment: port.DeploymentRecord): Promise<void> {
    return this.#writer.call('saveDeployment', deployment)
  }

  async listDefinitions(): Promise<readonly port.DefinitionRecord[]> {
    const rows = await this.#select('SELECT record FROM definition ORDER BY deployedAt, deploymentKey, ordinal')
    return rows.map(([record]) => JSON.parse(record as string) as port.DefinitionRecord)
  }

  async loadResource(definitionKey: string): Promise<string | undefined> {
    const [row] = await this.#select(
      `SELECT content FROM definition JOIN resource ON resource.deploymentKey = definition.deploymentKey AND resource.name = definition.resourceName
       WHERE definition.key = ?`,
      definitionKey,
    )
    return row?.[0] as string | undefined
  }

  insertMessage(message: port.MessageRow): Promise<void> {
    return this.#writer.call('insertMessage', message)
  }

  async bufferedMessages(tenantId: string, name: string, correlationKey: string, now: number): Promise<readonly port.MessageRow[]> {
    const rows = await this.#select(
      `SELECT ${MESSAGE_COLUMNS} FROM message WHERE tenantId = ? AND name = ? AND correlationKey = ? AND expiresAt > ? ORDER BY publishedAt, key`,
      ...[tenantId, name, correlationKey, now],
    )
    return rows.map(decodeMessage)
  }

  claimMessage(messageKey: string, bpmnProcessId: string, claim: port.MessageClaim): Promise<boolean> {
    return this.#writer.call('claimMessage', messageKey, bpmnProcessId, claim)
  }

  settleMessage(messageKey: string, bpmnProcessId: string, claim: port.MessageClaim | undefined): Promise<void> {
    return this.#writer.call('settleMessage', messageKey, bpmnProcessId, claim)
  }

  async unsettledMessages(limit: number): Promise<readonly port.MessageRow[]> {
    const rows = await this.#select(
      `SELECT ${MESSAGE_COLUMNS} FROM message WHERE key IN (SELECT messageKey FROM message_claim WHERE confirmed = 0) ORDER BY publishedAt, key LIMIT ?`,
      limit,
    )
    return rows.map(decodeMessage)
  }

  expireMessages(now: number, limit: number): Promise<number> {
    return this.#writer.call('expireMessages', now, limit)
  }

  documents<T extends JsonObject>(collection: port.CollectionDefinition): port.DocumentCollection<T> {
    const definition = JSON.stringify([collection.indexes, collection.unique])
    const known = this.#collections.get(collection.name)
    if (known === undefined) {
      const documents = new SqliteDocuments<T>(collection, this.#writer, this.#reader)
      this.#collections.set(collection.name, { definition, documents: documents as unknown as SqliteDocuments<never> })
      return documents
    }
    if (known.definition !== definition) {
      throw new StoreFailure('INVALID_ARGUMENT', `Collection "${collection.name}" is in use with other indexes; define it in one place`)
    }
    return known.documents as unknown as SqliteDocuments<T>
  }

  async close(): Promise<void> {
    await this.#reader.close()
    // Last, so that closing the last connection copies the log into the database.
    await this.#writer.close()
  }

  #select(sql: string, ...params: SqlRow): Promise<readonly SqlRow[]> {
    return this.#reader.call('select', sql, params)
  }

  async #selectNumber(sql: string, ...params: SqlRow): Promise<number | undefined> {
    const [row] = await this.#select(sql, ...params)
    return (row?.[0] as number | null | undefined) ?? undefined
  }
}

function encodeChange(change: port.RowChange): EncodedChange {
  switch (change.op) {
    case 'put':
      return { op: 'put', table: change.table, values: encodeRow(change.table, change.row) }
    case 'patch': {
      const fields = Object.entries(change.fields).filter(([, value]) => value !== undefined)
      const known = TABLE_FIELDS[change.table]
      for (const [field] of fields) {
        if (!Object.hasOwn(known, field)) throw new StoreFailure('INVALID_ARGUMENT', `Table "${change.table}" has no field "${field}"`)
      }
      const values = fields.map(([field, value]) => encodeField(change.table, field, value))
      return { op: 'patch', table: change.table, key: change.key, columns: fields.map(([field]) => field), values }
    }
    case 'delete':
      return { op: 'delete', table: change.table, key: change.key }
  }
}

function encodeOutbox(row: port.OutboxRow): SqlRow {
  return [row.key, row.kind, JSON.stringify(row.payload), row.availableAt, row.attempts, row.lastError ?? null]
}

function decodeOutbox([key, kind, payload, availableAt, attempts, lastError]: SqlRow): port.OutboxRow {
  return {
    key: key as string,
    kind: kind as string,
    payload: JSON.parse(payload as string),
    availableAt: availableAt as number,
    attempts: attempts as number,
    ...(lastError !== null && { lastError: lastError as string }),
  }
}

function decodeMessage(row: SqlRow): port.MessageRow {
  const [key, tenantId, name, correlationKey, messageId, publishedAt, expiresAt, variables, claims] = row as readonly string[]
  const claimed = JSON.parse(claims ?? '[]') as [string, string, string, number][]
  return {
    key: key as string,
    tenantId: tenantId as string,
    name: name as string,
    correlationKey: correlationKey as string,
    variables: JSON.parse(variables as string),
    publishedAt: Number(publishedAt),
    expiresAt: Number(expiresAt),
    ...(messageId !== null && { messageId: messageId as string }),
    claims: Object.fromEntries(
      claimed.map(([bpmnProcessId, processInstanceKey, subscriptionKey, confirmed]) => [
        bpmnProcessId,
        { processInstanceKey, subscriptionKey, confirmed: confirmed === 1 },
      ]),
    ),
  }
}

function inTurn(a: port.JobRow, b: port.JobRow): number {
  return b.priority - a.priority || a.createdAt - b.createdAt || (a.key < b.key ? -1 : 1)
}
