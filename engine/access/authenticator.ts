import { createHmac, randomBytes } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import type { EpochMs } from '../kernel/index.ts'
import type { Accounts } from './accounts.ts'
import type { ApiKeys } from './api-keys.ts'
import type { AttemptGuard } from './attempt-guard.ts'
import type { Account, Principal } from './contract.ts'
import { AccessFailure } from './contract.ts'
import { lockedUntil } from './lock-out.ts'
import { pretendToVerify, verifyPassword } from './password.ts'
import type { Token } from './secret.ts'
import { parseToken } from './secret.ts'
import type { Sessions } from './sessions.ts'

export interface AuthenticatorParts {
  readonly accounts: Accounts
  readonly apiKeys: ApiKeys
  readonly sessions: Sessions
  readonly guard: AttemptGuard
  readonly now: () => EpochMs
}

/** How long a checked credential is believed without asking the store: bounds what a revocation at another node takes. */
const BELIEVED_MS = 5_000
const BELIEVED = 5_000

export const NOBODY: Principal = {
  accountId: '',
  name: 'anonymous',
  displayName: 'anonymous',
  by: 'nothing',
  roles: [],
  agency: null,
  groups: [],
  enterprise: null,
}
const REFUSED = 'Expected a valid session token, API key, or account name and password; sign in again'

/** Turns credentials into a principal. */
export class Authenticator {
  readonly #parts: AuthenticatorParts
  readonly #believed: LRUCache<string, { principal: Principal; until: EpochMs }> = new LRUCache({ max: BELIEVED })
  /** Passwords are remembered only through a key that this process alone has, and never longer than BELIEVED_MS. */
  readonly #memoryKey = randomBytes(32)
  readonly #signingIn = new Map<string, Promise<unknown>>()

  constructor(parts: AuthenticatorParts) {
    this.#parts = parts
  }

  /** Something about rights changed: ask the store again for everyone. */
  forget(): void {
    this.#believed.clear()
  }

  async signIn(name: string, password: string, address: string): Promise<{ token: string; expiresAt: EpochMs; principal: Principal }> {
    const account = await this.#verifyPassword(name, password, address)
    const { token, session } = await this.#parts.sessions.open(account.accountId)
    return { token, expiresAt: session.expiresAt, principal: { ...principalOf(account, 'session'), sessionId: session.sessionId } }
  }

  async confirmPassword(name: string, password: string, address: string): Promise<void> {
    await this.#verifyPassword(name, password, address)
  }

  async authenticate(authorization: string | undefined, address: string): Promise<Principal> {
    const header = authorization?.trim() ?? ''
    if (header === '') return NOBODY
    const remembered = createHmac('sha256', this.#memoryKey).update(header).digest('base64')
    const known = this.#believed.get(remembered)
    if (known && known.until > this.#parts.now()) return known.principal
    this.#parts.guard.checkAddress(address)
    const principal = await this.#check(header, address)
    if (!principal) {
      this.#parts.guard.addressFailed(address)
      throw new AccessFailure('UNAUTHORIZED', REFUSED)
    }
    this.#believed.set(remembered, { principal, until: this.#parts.now() + BELIEVED_MS })
    return principal
  }

  async #check(header: string, address: string): Promise<Principal | undefined> {
    const space = header.indexOf(' ')
    const scheme = header.slice(0, space).toLowerCase()
    const value = header.slice(space + 1).trim()
    if (scheme === 'bearer') {
      const token = parseToken(value)
      return token && this.#checkToken(token)
    }
    if (scheme === 'basic') {
      const text = Buffer.from(value, 'base64').toString('utf8')
      const colon = text.indexOf(':')
      if (colon < 0) return undefined
      return principalOf(await this.#verifyPassword(text.slice(0, colon), text.slice(colon + 1), address), 'password')
    }
    return undefined
  }

  async #checkToken(token: Token): Promise<Principal | undefined> {
    const { accounts, apiKeys, sessions } = this.#parts
    const holder = token.kind === 'swk' ? await apiKeys.verify(token) : await sessions.verify(token)
    const account = holder && (await accounts.find(holder.accountId))
    if (!account || account.disabled) return undefined
    return token.kind === 'swk' ? principalOf(account, 'apiKey') : { ...principalOf(account, 'session'), sessionId: token.id }
  }

  /** One try at a time for a name: otherwise a burst of guesses would all be checked before the first failure is counted. */
  async #verifyPassword(name: string, password: string, address: string): Promise<Account> {
    this.#parts.guard.checkAddress(address)
    const before = this.#signingIn.get(name)
    const mine = (before ?? Promise.resolve()).catch(() => undefined).then(() => this.#tryPassword(name, password, address))
    this.#signingIn.set(name, mine)
    try {
      return await mine
    } finally {
      if (this.#signingIn.get(name) === mine) this.#signingIn.delete(name)
    }
  }

  async #tryPassword(name: string, password: string, address: string): Promise<Account> {
    const { accounts, guard, now } = this.#parts
    const account = await accounts.findByName(name)
    const until = account?.lockedUntil ?? guard.unknownNameLockedUntil(name)
    if (until > now()) {
      throw new AccessFailure(
        'ACCOUNT_LOCKED',
        'Expected a sign-in after the lock ends: the password was wrong too often; wait, or ask an administrator',
        until - now(),
      )
    }
    const right = account?.passwordHash ? await verifyPassword(account.passwordHash, password) : await pretendToVerify(password)
    if (right && account && !account.disabled) {
      if (account.failedSignIns === 0) return account
      return accounts.update(account.accountId, (current) => ({ ...current, failedSignIns: 0, lockedUntil: 0 }))
    }
    guard.addressFailed(address)
    if (!account) guard.unknownNameFailed(name)
    else {
      await accounts.update(account.accountId, (current) => {
        const failedSignIns = current.failedSignIns + 1
        return { ...current, failedSignIns, lockedUntil: lockedUntil(failedSignIns, now()) }
      })
    }
    throw new AccessFailure('UNAUTHORIZED', REFUSED)
  }
}

function principalOf(account: Account, by: Principal['by']): Principal {
  const { accountId, name, displayName, roles, agency, groups, enterprise } = account
  return { accountId, name, displayName, by, roles, agency, groups, enterprise }
}
