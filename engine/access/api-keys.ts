import type { EpochMs } from '../kernel/index.ts'
import type { DocumentCollection, Store } from '../store/index.ts'
import type { ApiKey, ApiKeyView } from './contract.ts'
import { AccessFailure } from './contract.ts'
import type { Token } from './secret.ts'
import { hashSecret, newToken, secretMatches, tokenText } from './secret.ts'

const KEYS_PER_ACCOUNT = 100

export class ApiKeys {
  readonly #documents: DocumentCollection<ApiKey>
  readonly #now: () => EpochMs

  constructor(store: Store, now: () => EpochMs) {
    this.#documents = store.documents<ApiKey>({ name: 'api_keys', indexes: ['accountId'], unique: [] })
    this.#now = now
  }

  async create(
    accountId: string,
    request: { label: string; expiresAt?: EpochMs; token?: Token },
    by: string,
  ): Promise<{ key: string; view: ApiKeyView }> {
    const token = request.token ?? newToken('swk')
    const apiKey: ApiKey = {
      keyId: token.id,
      accountId,
      label: request.label,
      secretHash: hashSecret(token.secret),
      createdAt: this.#now(),
      createdBy: by,
      expiresAt: request.expiresAt ?? 0,
      revoked: false,
    }
    if (apiKey.expiresAt !== 0 && apiKey.expiresAt <= this.#now()) {
      throw new AccessFailure('INVALID_ARGUMENT', 'Expected expiresAt in the future; leave it out for a key without end')
    }
    await this.#documents.insert(apiKey.keyId, apiKey)
    return { key: tokenText(token), view: viewOf(apiKey) }
  }

  async list(accountId: string): Promise<ApiKeyView[]> {
    const page = await this.#documents.find({ filter: { accountId }, limit: KEYS_PER_ACCOUNT })
    return page.items.map((item) => viewOf(item.body)).sort((a, b) => a.createdAt - b.createdAt)
  }

  async revoke(accountId: string, keyId: string): Promise<boolean> {
    const stored = await this.#documents.get(keyId)
    if (!stored || stored.body.accountId !== accountId) return false
    if (!stored.body.revoked) await this.#documents.replace(keyId, stored.revision, { ...stored.body, revoked: true })
    return true
  }

  async find(keyId: string): Promise<ApiKey | undefined> {
    return (await this.#documents.get(keyId))?.body
  }

  /** The key when the token is one that holds now. */
  async verify(token: Token): Promise<ApiKey | undefined> {
    const apiKey = await this.find(token.id)
    if (!apiKey || !secretMatches(token.secret, apiKey.secretHash) || apiKey.revoked) return undefined
    return apiKey.expiresAt !== 0 && apiKey.expiresAt <= this.#now() ? undefined : apiKey
  }
}

function viewOf(apiKey: ApiKey): ApiKeyView {
  const { secretHash: _, ...shown } = apiKey
  return shown
}
