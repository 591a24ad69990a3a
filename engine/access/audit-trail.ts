import type { EpochMs } from '../kernel/index.ts'
import type { Condition, DocumentCollection, Store } from '../store/index.ts'
import type { AuditEntry, AuditQuery } from './contract.ts'
import { randomId } from './secret.ts'

/** Who did what to what, when, and how it ended. Nothing here changes or removes an entry. */
export class AuditTrail {
  readonly #documents: DocumentCollection<AuditEntry>
  readonly #now: () => EpochMs

  constructor(store: Store, now: () => EpochMs) {
    this.#documents = store.documents<AuditEntry>({ name: 'audit', indexes: ['at', 'who', 'action', 'object', 'outcome'], unique: [] })
    this.#now = now
  }

  async append(entry: Omit<AuditEntry, 'auditId' | 'at'>): Promise<void> {
    const at = this.#now()
    // The time leads the id, so that entries lie in the order they were written.
    const auditId = `${String(at).padStart(14, '0')}-${randomId()}`
    await this.#documents.insert(auditId, { ...entry, auditId, at })
  }

  async search(query: AuditQuery): Promise<{ items: AuditEntry[]; total: number }> {
    const filter: Record<string, Condition> = {}
    if (query.who !== undefined) filter.who = query.who
    if (query.action !== undefined) filter.action = { like: query.action }
    if (query.object !== undefined) filter.object = { like: query.object }
    if (query.outcome !== undefined) filter.outcome = query.outcome
    if (query.fromAt !== undefined || query.toAt !== undefined) {
      filter.at = { ...(query.fromAt === undefined ? {} : { gte: query.fromAt }), ...(query.toAt === undefined ? {} : { lte: query.toAt }) }
    }
    const page = await this.#documents.find({ filter, sort: [{ field: 'at', order: 'desc' }], from: query.from, limit: query.limit })
    return { items: page.items.map((item) => item.body), total: page.total }
  }
}
