import { checkQuery } from '../checked-query.ts'
import type { JobRow, LeaseRequest, Page, Query, TableName, Tables, TimerRow } from '../port.ts'
import { TABLE_FIELDS } from '../table-fields.ts'
import type { KeyedQueue } from './keyed-queue.ts'
import type { Models, RowRecord } from './models.ts'
import { toFilter, toSort } from './mongo-filter.ts'
import { fieldName, toRow } from './row-record.ts'

/** Other nodes may take what was found; then it is looked for again. */
const LEASE_ROUNDS = 5

export class MongoRows {
  readonly #models: Models
  readonly #queue: KeyedQueue

  constructor(models: Models, queue: KeyedQueue) {
    this.#models = models
    this.#queue = queue
  }

  async search<T extends TableName>(table: T, query: Query): Promise<Page<Tables[T]>> {
    const checked = checkQuery(query, TABLE_FIELDS[table])
    const filter = toFilter(checked, fieldName)
    const { records, total } = await findPage(this.#models.rows[table].collection, filter, {
      ...checked,
      order: toSort(checked, fieldName),
    })
    return { items: records.map((record) => toRow(table, record as unknown as RowRecord)), total }
  }

  async find<T extends TableName>(table: T, key: string): Promise<Tables[T] | undefined> {
    const record = await this.#models.rows[table].collection.findOne({ _id: key as never })
    return record === null ? undefined : toRow(table, record as unknown as RowRecord)
  }

  async drop(table: TableName, key: string): Promise<void> {
    await this.#models.rows[table].collection.deleteOne({ _id: key as never })
  }

  /** One lease call at a time in this node; between nodes the conditional update of each job decides. */
  leaseJobs(request: LeaseRequest): Promise<readonly JobRow[]> {
    return this.#queue.run(`lease ${request.type}`, async () => {
      const leased: JobRow[] = []
      for (let round = 0; round < LEASE_ROUNDS && leased.length < request.limit; round += 1) {
        const candidates = await this.#available(request, request.limit - leased.length)
        const won = await Promise.all(candidates.map((candidate) => this.#lease(candidate, request)))
        leased.push(...won.filter((job) => job !== undefined))
        if (won.every((job) => job !== undefined)) break
      }
      return leased
    })
  }

  async #available(request: LeaseRequest, limit: number): Promise<readonly RowRecord[]> {
    const { type, now, tenantIds } = request
    const found = await this.#models.rows.job.collection
      .find(
        { ...FREE_JOB, type, availableAt: { $lte: now }, ...(tenantIds.length > 0 && { tenantId: { $in: [...tenantIds] } }) },
        { sort: { priority: -1, createdAt: 1, _id: 1 }, limit },
      )
      .toArray()
    return found as unknown as RowRecord[]
  }

  async #lease(candidate: RowRecord, { worker, leaseToken, now, timeoutMs }: LeaseRequest): Promise<JobRow | undefined> {
    const lease = { worker, leaseToken, availableAt: now + timeoutMs }
    const { _id, availableAt, processInstanceKey } = candidate
    const filter = {
      ...FREE_JOB,
      _id: _id as never,
      processInstanceKey,
      availableAt,
      leaseToken: candidate.leaseToken ?? { $exists: false },
    }
    const { matchedCount } = await this.#models.rows.job.collection.updateOne(filter, { $set: lease })
    return matchedCount === 1 ? toRow('job', { ...candidate, ...lease }) : undefined
  }

  async releaseJobs(leases: readonly { readonly key: string; readonly leaseToken: string }[], now: number): Promise<void> {
    if (leases.length === 0) return
    const operations = leases.map(({ key, leaseToken }) => ({
      updateOne: { filter: { _id: key, leaseToken }, update: { $set: { availableAt: now }, $unset: { worker: '', leaseToken: '' } } },
    }))
    await this.#models.rows.job.collection.bulkWrite(operations as never, { ordered: false })
  }

  async nextJobAt(type: string): Promise<number | undefined> {
    const job = await this.#models.rows.job.collection.findOne(
      { ...FREE_JOB, type },
      { sort: { availableAt: 1 }, projection: { availableAt: 1 } },
    )
    return job?.availableAt as number | undefined
  }

  async dueTimers(now: number, limit: number): Promise<readonly TimerRow[]> {
    if (limit < 1) return []
    const timers = await this.#models.rows.timer.collection.find({ dueAt: { $lte: now } }, { sort: { dueAt: 1, _id: 1 }, limit }).toArray()
    return timers.map((timer) => toRow('timer', timer as unknown as RowRecord))
  }

  async nextTimerAt(): Promise<number | undefined> {
    const timer = await this.#models.rows.timer.collection.findOne({}, { sort: { dueAt: 1 }, projection: { dueAt: 1 } })
    return timer?.dueAt as number | undefined
  }
}

/** A job whose error nobody caught is held by its incident until that is resolved. */
const FREE_JOB = { retries: { $gt: 0 }, state: { $ne: 'ERROR_THROWN' } }

/** A page and how many match in all. The count is skipped where the page itself tells it. */
export async function findPage(
  collection: Models['outbox']['collection'],
  filter: Readonly<Record<string, unknown>>,
  page: { readonly from: number; readonly limit: number; readonly order: Readonly<Record<string, 1 | -1>> },
): Promise<{ readonly records: readonly object[]; readonly total: number }> {
  const { from, limit, order } = page
  // MongoDB reads a limit of 0 as "no limit".
  const records = limit === 0 ? [] : await collection.find(filter, { sort: { ...order }, skip: from, limit }).toArray()
  const isLastPage = records.length < limit && (records.length > 0 || from === 0)
  return { records, total: isLastPage ? from + records.length : await collection.countDocuments(filter) }
}
