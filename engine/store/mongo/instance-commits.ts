import { randomUUID } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import type { InstanceState, ProcessInstanceKey } from '../../kernel/index.ts'
import { type HistoryEntry, type InstanceCommit, type OutboxRow, type RowChange, type StoredInstance, StoreFailure } from '../port.ts'
import type { ServerTraits } from './connection.ts'
import { KeyedQueue } from './keyed-queue.ts'
import type { HistoryRecord, Models } from './models.ts'
import { isDuplicateKey } from './mongo-failure.ts'
import { toOutboxRecord } from './outbox-record.ts'
import { type RowWrite, rowWrites } from './row-writes.ts'

const MAX_CONCURRENT = 64
const MAX_KNOWN = 20_000
/** How long finished commits may keep their pending part, which costs space only. */
const CLEAR_AFTER_MS = 50
const CLEAR_BATCH = 200
const SWEEP_BATCH = 200
/** Waits before a projection is tried again; the commit itself is safe by then. */
const PROJECTION_RETRIES_MS = [50, 250, 1_000]
/** Each round finishes one commit that another node left; more means that nodes keep overtaking us. */
const MAX_LOAD_ROUNDS = 20

/** What a commit still has to write after it is durable. */
interface PendingWork {
  readonly state: InstanceState
  readonly changes: readonly RowChange[]
  readonly outbox: readonly OutboxRow[]
}

/**
 * Commits without multi-document transactions.
 *
 * Inserting the history record `<instance key>-<revision>` is the one atomic step: of two nodes only one can insert it,
 * on every server and on every sharded cluster, and it carries all that follows. The rows, the outbox and, last, the
 * newest state are then written from it. Whoever finds a record ahead of the newest state writes the rest first.
 */
export class InstanceCommits {
  readonly #models: Models
  readonly #server: ServerTraits
  readonly #queue = new KeyedQueue(MAX_CONCURRENT)
  /** Revisions this node made or loaded, so that the usual commit needs no look first. */
  readonly #known = new Map<string, number>()
  #toClear: string[] = []
  #clearing: Promise<void> | undefined

  constructor(models: Models, server: ServerTraits) {
    this.#models = models
    this.#server = server
  }

  commit(commit: InstanceCommit): Promise<void> {
    return this.#queue.run(commit.key, async () => {
      const { key, expectedRevision } = commit
      if (expectedRevision > 0 && this.#known.get(key) !== expectedRevision) {
        const found = (await this.#load(key))?.revision ?? 0
        if (found !== expectedRevision) throw conflict(key, expectedRevision, found)
      }
      const { state, changes, outbox } = commit
      const record: HistoryRecord = {
        _id: `${key}-${expectedRevision + 1}`,
        processInstanceKey: key,
        revision: expectedRevision + 1,
        commitId: randomUUID(),
        entry: JSON.stringify(commit.history),
        isPending: true,
        pending: JSON.stringify({ state, changes, outbox } satisfies PendingWork),
      }
      await this.#insert(record)
      this.#remember(key, expectedRevision + 1)
      await this.#projectInsistently(record)
      this.#clearLater(record._id)
    })
  }

  load(key: ProcessInstanceKey): Promise<StoredInstance | undefined> {
    return this.#queue.run(key, () => this.#load(key))
  }

  async loadHistory(key: ProcessInstanceKey): Promise<readonly HistoryEntry[]> {
    const records = await this.#models.history.collection
      .find({ processInstanceKey: key }, { projection: { entry: 1, revision: 1 }, sort: { revision: 1 } })
      .toArray()
    return records.map(({ entry }) => JSON.parse(entry as string) as HistoryEntry)
  }

  /** Finishes what nodes that died have left. */
  async recover(): Promise<void> {
    for (;;) {
      const records = await this.#models.history.collection
        .find(
          { isPending: true },
          { projection: { _id: 1, processInstanceKey: 1, revision: 1 }, sort: { revision: 1 }, limit: SWEEP_BATCH },
        )
        .toArray()
      if (records.length === 0) return
      for (const { processInstanceKey } of records) await this.load(processInstanceKey as ProcessInstanceKey)
      await this.#clear(records.map(({ _id }) => _id as unknown as string))
    }
  }

  async close(): Promise<void> {
    while (this.#clearing !== undefined || this.#toClear.length > 0) {
      await this.#clearing
      const ids = this.#toClear.splice(0)
      if (ids.length > 0) await this.#clear(ids)
    }
  }

  async #load(key: string): Promise<StoredInstance | undefined> {
    for (let round = 0; round < MAX_LOAD_ROUNDS; round += 1) {
      const instance = (await this.#models.instance.collection.findOne({ _id: key as never })) as { revision: number; state: string } | null
      const revision = instance?.revision ?? 0
      const next = await this.#history(`${key}-${revision + 1}`)
      if (next === null) {
        if (instance === null) return undefined
        this.#remember(key, revision)
        return { revision, state: JSON.parse(instance.state) as InstanceState }
      }
      if (next.pending !== undefined) await this.#project(next, true)
    }
    throw new StoreFailure('UNAVAILABLE', `Instance ${key} changes faster than it can be loaded; try again`)
  }

  async #insert(record: HistoryRecord): Promise<void> {
    const { processInstanceKey: key, revision } = record
    try {
      await this.#models.history.collection.insertOne(record as never)
    } catch (error) {
      // The answer may have got lost after the write; only the record itself can tell.
      const stored = await this.#history(record._id)
      if (stored?.commitId === record.commitId) return
      this.#known.delete(key)
      if (stored !== null || isDuplicateKey(error)) throw conflict(key, revision - 1, revision)
      throw error
    }
  }

  async #history(id: string): Promise<HistoryRecord | null> {
    return (await this.#models.history.collection.findOne({ _id: id as never })) as HistoryRecord | null
  }

  async #projectInsistently(record: HistoryRecord): Promise<void> {
    for (const [attempt, delayMs] of [...PROJECTION_RETRIES_MS, undefined].entries()) {
      try {
        await this.#project(record, attempt > 0)
        return
      } catch (error) {
        if (delayMs === undefined) {
          this.#known.delete(record.processInstanceKey)
          throw error
        }
        await wait(delayMs)
      }
    }
  }

  /** Writes what follows from a commit. With `isRepeat` rows that carry its revision already are left as they are. */
  async #project(record: HistoryRecord, isRepeat: boolean): Promise<void> {
    const { processInstanceKey: key, revision } = record
    const work = JSON.parse(record.pending as string) as PendingWork
    const rows = rowWrites(work.changes, {
      processInstanceKey: key,
      revision,
      // FerretDB finds by `_id` alone in an index, so the first write, which has no rival there, asks for nothing else.
      onlyOlder: isRepeat || this.#server.updatesAreAtomic,
      isSharded: this.#server.isSharded,
    })
    const writes = [...rows].map(([table, operations]) => this.#bulk(this.#models.rows[table], operations))
    if (work.outbox.length > 0) {
      const operations = work.outbox.map((row) => {
        const { _id, ...fields } = toOutboxRecord(row)
        return { updateOne: { filter: { _id }, update: { $setOnInsert: fields }, upsert: true } }
      })
      writes.push(this.#bulk(this.#models.outbox, operations))
    }
    await Promise.all(writes)
    await this.#saveState(key, revision, JSON.stringify(work.state))
  }

  /** The last step: from here on the commit needs no repeat. Never goes back to an older revision. */
  async #saveState(key: string, revision: number, state: string): Promise<void> {
    const { collection } = this.#models.instance
    const older = this.#server.updatesAreAtomic ? { revision: { $lt: revision } } : {}
    try {
      await collection.replaceOne({ _id: key as never, ...older }, { revision, state }, { upsert: true })
    } catch (error) {
      // A newer state is there, so the upsert had nothing to replace and could not insert.
      if (!isDuplicateKey(error)) throw error
    }
  }

  async #bulk(model: { readonly collection: Models['outbox']['collection'] }, operations: readonly RowWrite[]): Promise<void> {
    try {
      await model.collection.bulkWrite(operations as never, { ordered: false })
    } catch (error) {
      if (!isDuplicateKey(error)) throw error
    }
  }

  #remember(key: string, revision: number): void {
    this.#known.delete(key)
    this.#known.set(key, revision)
    if (this.#known.size <= MAX_KNOWN) return
    const oldest = this.#known.keys().next().value
    if (oldest !== undefined) this.#known.delete(oldest)
  }

  #clearLater(id: string): void {
    this.#toClear.push(id)
    if (this.#clearing !== undefined) return
    this.#clearing = wait(CLEAR_AFTER_MS)
      .then(async () => {
        while (this.#toClear.length > 0) await this.#clear(this.#toClear.splice(0, CLEAR_BATCH))
      })
      // Left pending, they are cleared by the next start's recovery.
      .catch(() => {})
      .finally(() => {
        this.#clearing = undefined
      })
  }

  async #clear(ids: readonly string[]): Promise<void> {
    const operations = ids.map((_id) => ({ updateOne: { filter: { _id }, update: { $unset: { isPending: '', pending: '' } } } }))
    await this.#models.history.collection.bulkWrite(operations as never, { ordered: false })
  }
}

function conflict(key: string, expected: number, found: number): StoreFailure {
  return new StoreFailure(
    'REVISION_CONFLICT',
    `Instance ${key}: expected revision ${expected}, found ${found}; load it again and decide again`,
  )
}
