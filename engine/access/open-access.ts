import type { EpochMs } from '../kernel/index.ts'
import type { Store } from '../store/index.ts'
import { Accounts, viewOf } from './accounts.ts'
import { ApiKeys } from './api-keys.ts'
import { AttemptGuard } from './attempt-guard.ts'
import { AuditTrail } from './audit-trail.ts'
import { Authenticator } from './authenticator.ts'
import type { Access, DemoAccount } from './contract.ts'
import { AccessFailure } from './contract.ts'
import { parseToken } from './secret.ts'
import { Sessions } from './sessions.ts'

export interface AccessOptions {
  readonly store: Store
  /** Real time: sessions, locks and the audit trail are about people, not about a compressed demonstration clock. */
  readonly now: () => EpochMs
  /** Failed sign-ins one address may make a minute. Default 100. */
  readonly failuresPerMinute?: number
}

const FAILURES_PER_MINUTE = 100

export function openAccess(options: AccessOptions): Access {
  const { store, now } = options
  const accounts = new Accounts(store, now)
  const apiKeys = new ApiKeys(store, now)
  const sessions = new Sessions(store, now)
  const trail = new AuditTrail(store, now)
  const guard = new AttemptGuard(now, options.failuresPerMinute ?? FAILURES_PER_MINUTE)
  const authenticator = new Authenticator({ accounts, apiKeys, sessions, guard, now })

  return {
    signIn: (name, password, address) => authenticator.signIn(name, password, address),
    async signOut(principal) {
      if (principal.sessionId !== undefined) await sessions.revoke(principal.sessionId)
      authenticator.forget()
    },
    async changeOwnPassword(principal, oldPassword, newPassword, address) {
      await authenticator.confirmPassword(principal.name, oldPassword, address)
      await accounts.change(principal.accountId, { password: newPassword })
      await sessions.revokeAll(principal.accountId)
      authenticator.forget()
    },
    authenticate: (authorization, address) => authenticator.authenticate(authorization, address),

    hasAdministrator: async () => (await accounts.list({ role: 'administrator', from: 0, limit: 1 })).total > 0,
    createAccount: async (request, by) => viewOf(await accounts.create(request, by)),
    async changeAccount(accountId, changes) {
      const account = await accounts.change(accountId, changes)
      if (changes.password !== undefined || changes.disabled) await sessions.revokeAll(accountId)
      authenticator.forget()
      return viewOf(account)
    },
    async findAccount(accountId) {
      const account = await accounts.find(accountId)
      return account && viewOf(account)
    },
    async listAccounts(query) {
      const page = await accounts.list(query)
      return { items: page.items.map(viewOf), total: page.total }
    },
    async createApiKey(accountId, request, by) {
      const account = await accounts.get(accountId)
      if (account.roles.includes('administrator') || account.roles.includes('officer')) {
        throw new AccessFailure(
          'INVALID_ARGUMENT',
          'Expected an account of a system: administrators and officers act in person, with a password',
        )
      }
      return apiKeys.create(accountId, request, by)
    },
    listApiKeys: (accountId) => apiKeys.list(accountId),
    async revokeApiKey(accountId, keyId) {
      const found = await apiKeys.revoke(accountId, keyId)
      authenticator.forget()
      return found
    },
    installDemoAccounts: (list) => installDemoAccounts(accounts, apiKeys, list),

    audit: (entry) => trail.append(entry),
    searchAudit: (query) => trail.search(query),
  }
}

async function installDemoAccounts(accounts: Accounts, apiKeys: ApiKeys, list: readonly DemoAccount[]): Promise<void> {
  for (const { apiKey, ...request } of list) {
    const existing = await accounts.findByName(request.name)
    const account = existing ?? (await accounts.create(request, 'demo'))
    // A restart passes the same file: hashing each password again would only cost time.
    if (!apiKey) continue
    const token = parseToken(apiKey)
    if (token?.kind !== 'swk')
      throw new AccessFailure('INVALID_ARGUMENT', `Expected an API key swk_<id>_<secret> of account ${request.name}`)
    if (!(await apiKeys.find(token.id))) await apiKeys.create(account.accountId, { label: 'demo', token }, 'demo')
  }
}
