import type { EpochMs } from '../kernel/index.ts'
import type { DocumentCollection, Store } from '../store/index.ts'
import type { Session } from './contract.ts'
import type { Token } from './secret.ts'
import { hashSecret, newToken, secretMatches, tokenText } from './secret.ts'

/** A working day and its overtime. */
const SESSION_MS = 12 * 3_600_000
const SWEEP_EVERY_MS = 3_600_000
const SWEPT_AT_ONCE = 500

export class Sessions {
  readonly #documents: DocumentCollection<Session>
  readonly #now: () => EpochMs
  #sweptAt = 0

  constructor(store: Store, now: () => EpochMs) {
    this.#documents = store.documents<Session>({ name: 'sessions', indexes: ['accountId', 'expiresAt'], unique: [] })
    this.#now = now
  }

  async open(accountId: string): Promise<{ token: string; session: Session }> {
    await this.#sweep()
    const token = newToken('sws')
    const createdAt = this.#now()
    const session: Session = {
      sessionId: token.id,
      accountId,
      secretHash: hashSecret(token.secret),
      createdAt,
      expiresAt: createdAt + SESSION_MS,
      revoked: false,
    }
    await this.#documents.insert(session.sessionId, session)
    return { token: tokenText(token), session }
  }

  async verify(token: Token): Promise<Session | undefined> {
    const session = (await this.#documents.get(token.id))?.body
    if (!session || !secretMatches(token.secret, session.secretHash)) return undefined
    return session.revoked || session.expiresAt <= this.#now() ? undefined : session
  }

  async revoke(sessionId: string): Promise<void> {
    const stored = await this.#documents.get(sessionId)
    if (stored && !stored.body.revoked) await this.#documents.replace(sessionId, stored.revision, { ...stored.body, revoked: true })
  }
  /** Every session of an account: its password changed, or it was disabled. */
  async revokeAll(accountId: string): Promise<void> {
    for (;;) {
      const page = await this.#documents.find({ filter: { accountId }, limit: SWEPT_AT_ONCE })
      for (const item of page.items) await this.#documents.delete(item.id)
      if (page.items.length < SWEPT_AT_ONCE) return
    }
  }

  /** Expired sessions prove nothing to anyone; the audit trail keeps who signed in. */
  async #sweep(): Promise<void> {
    const now = this.#now()
    if (now - this.#sweptAt < SWEEP_EVERY_MS) return
    this.#sweptAt = now
    const page = await this.#documents.find({ filter: { expiresAt: { lte: now } }, limit: SWEPT_AT_ONCE })
    for (const item of page.items) await this.#documents.delete(item.id)
  }
}
