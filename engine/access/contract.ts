import type { EpochMs } from '../kernel/index.ts'

export const ROLES = ['administrator', 'analyst', 'officer', 'enterprise', 'operator', 'agency'] as const
/** administrator: of accounts · analyst: of processes · officer: of an agency · enterprise · operator: of the platform · agency: an agency's system. */
export type Role = (typeof ROLES)[number]

/** A person or a system that may sign in. Kept for ever; `disabled` ends its rights, so that old acts keep a name. */
export type Account = {
  readonly accountId: string
  /** Sign-in name; the assignee of an officer's tasks. Never changes. */
  readonly name: string
  readonly displayName: string
  readonly roles: readonly Role[]
  /** Agency id of an officer or of an agency's system; null for the others. */
  readonly agency: string | null
  /** `<agency>.<role>`: whose tasks an officer sees. */
  readonly groups: readonly string[]
  /** USCC of an enterprise; null for the others. */
  readonly enterprise: string | null
  /** PHC string; null for a system that has API keys only. */
  readonly passwordHash: string | null
  readonly disabled: boolean
  readonly failedSignIns: number
  /** Epoch ms; 0 when not locked. */
  readonly lockedUntil: EpochMs
  readonly createdAt: EpochMs
  readonly createdBy: string
}
/** What may be shown of an account. */
export type AccountView = Omit<Account, 'passwordHash' | 'failedSignIns'> & { readonly hasPassword: boolean }

export interface NewAccount {
  readonly name: string
  readonly displayName?: string
  readonly roles: readonly Role[]
  readonly agency?: string
  readonly groups?: readonly string[]
  readonly enterprise?: string
  /** At least 12 characters. Absent: the account works by API keys alone. */
  readonly password?: string
}
export interface AccountChanges {
  readonly displayName?: string
  readonly roles?: readonly Role[]
  readonly agency?: string | null
  readonly groups?: readonly string[]
  readonly enterprise?: string | null
  readonly password?: string
  readonly disabled?: boolean
}

/** `swk_<keyId>_<secret>` is shown once; only its hash is kept. Its rights are those of its account. */
export type ApiKey = {
  readonly keyId: string
  readonly accountId: string
  readonly label: string
  readonly secretHash: string
  readonly createdAt: EpochMs
  readonly createdBy: string
  /** 0: does not expire. */
  readonly expiresAt: EpochMs
  readonly revoked: boolean
}
export type ApiKeyView = Omit<ApiKey, 'secretHash'>

/** One sign-in: `sws_<sessionId>_<secret>`. */
export type Session = {
  readonly sessionId: string
  readonly accountId: string
  readonly secretHash: string
  readonly createdAt: EpochMs
  readonly expiresAt: EpochMs
  readonly revoked: boolean
}

/** Who is asking, once it is known. */
export interface Principal {
  readonly accountId: string
  readonly name: string
  readonly displayName: string
  /** How it was shown who they are; `local` is the open development mode of /v2. */
  readonly by: 'session' | 'apiKey' | 'password' | 'local' | 'nothing'
  readonly roles: readonly Role[]
  readonly agency: string | null
  readonly groups: readonly string[]
  readonly enterprise: string | null
  /** Present with `by: 'session'`. */
  readonly sessionId?: string
}

/** One act, done or refused. Append-only. */
export type AuditEntry = {
  readonly auditId: string
  readonly at: EpochMs
  /** Account name, or what was offered as one at a refused sign-in. */
  readonly who: string
  readonly by: Principal['by']
  /** Key of the permission table. */
  readonly action: string
  /** What it was done to: path of the resource. */
  readonly object: string
  readonly outcome: 'done' | 'refused' | 'failed'
  readonly status: number
  /** Problem code when it was not done; empty otherwise. */
  readonly code: string
  /** Why a rule was set aside, as whoever did it said. */
  readonly reason?: string
  readonly requestId: string
  readonly address: string
}

/** An account of a demonstration; keys and passwords are made by whoever starts it. */
export interface DemoAccount extends NewAccount {
  /** A whole `swk_<id>_<secret>` text. */
  readonly apiKey?: string
}

export type AccessFailureCode =
  | 'UNAUTHORIZED'
  | 'ACCOUNT_LOCKED'
  | 'TOO_MANY_ATTEMPTS'
  | 'FORBIDDEN'
  | 'NOT_FOUND'
  | 'ALREADY_EXISTS'
  | 'INVALID_ARGUMENT'
export class AccessFailure extends Error {
  readonly code: AccessFailureCode
  /** With a lock: when to try again. */
  readonly retryAfterMs: number | undefined
  constructor(code: AccessFailureCode, message: string, retryAfterMs?: number) {
    super(message)
    this.name = 'AccessFailure'
    this.code = code
    this.retryAfterMs = retryAfterMs
  }
}

export interface Access {
  /** @throws AccessFailure `UNAUTHORIZED`, `ACCOUNT_LOCKED` or `TOO_MANY_ATTEMPTS`. */
  signIn(
    name: string,
    password: string,
    address: string,
  ): Promise<{ readonly token: string; readonly expiresAt: EpochMs; readonly principal: Principal }>
  signOut(principal: Principal): Promise<void>
  /** Ends every session of the account. @throws AccessFailure `UNAUTHORIZED` when the old password is wrong. */
  changeOwnPassword(principal: Principal, oldPassword: string, newPassword: string, address: string): Promise<void>
  /**
   * Reads an `Authorization` header. Absent or empty: nobody (`by: 'nothing'`).
   * @throws AccessFailure when it is there and does not hold.
   */
  authenticate(authorization: string | undefined, address: string): Promise<Principal>

  hasAdministrator(): Promise<boolean>
  createAccount(request: NewAccount, by: string): Promise<AccountView>
  changeAccount(accountId: string, changes: AccountChanges): Promise<AccountView>
  findAccount(accountId: string): Promise<AccountView | undefined>
  listAccounts(query: {
    readonly role?: Role
    readonly from: number
    readonly limit: number
  }): Promise<{ readonly items: readonly AccountView[]; readonly total: number }>
  /** The whole key is in the answer only. */
  createApiKey(
    accountId: string,
    request: { readonly label: string; readonly expiresAt?: EpochMs },
    by: string,
  ): Promise<{ readonly key: string; readonly view: ApiKeyView }>
  listApiKeys(accountId: string): Promise<readonly ApiKeyView[]>
  revokeApiKey(accountId: string, keyId: string): Promise<boolean>
  /** Makes or resets the accounts of a demonstration. Idempotent. */
  installDemoAccounts(accounts: readonly DemoAccount[]): Promise<void>

  audit(entry: Omit<AuditEntry, 'auditId' | 'at'>): Promise<void>
  searchAudit(query: AuditQuery): Promise<{ readonly items: readonly AuditEntry[]; readonly total: number }>
}
export interface AuditQuery {
  readonly who?: string
  readonly action?: string
  readonly object?: string
  readonly outcome?: AuditEntry['outcome']
  readonly fromAt?: EpochMs
  readonly toAt?: EpochMs
  readonly from: number
  readonly limit: number
}
