import type { Actor, EpochMs, JsonObject } from '../../kernel/index.ts'

/** What an entry does, in the order of an account's life. */
export const ENTRY_KINDS = [
  'open',
  'increase',
  'decrease',
  'extend',
  'reserve',
  'release',
  'write-off',
  'call',
  'restore',
  'return',
  'close',
] as const
export type EntryKind = (typeof ENTRY_KINDS)[number]

/** A kind of account, as `processes/ledgers.json` defines it. */
export interface LedgerDefinition {
  readonly ledger: string
  readonly name: { readonly en: string; readonly zh: string }
  /** Agency whose officers see its accounts. */
  readonly owner: string
  readonly units: readonly string[]
  /** Its accounts belong to no enterprise: every process may draw on them. */
  readonly shared: boolean
  readonly kinds: readonly EntryKind[]
  /** What may still be entered outside the account's validity; a write-off or call then needs a reservation. */
  readonly afterExpiry: readonly EntryKind[]
  /** Share of the limit in use from which a result warns. */
  readonly warnAt: number
}
export interface LedgerDefinitions {
  readonly ledgers: ReadonlyMap<string, LedgerDefinition>
  /** Decimals by unit. */
  readonly scales: ReadonlyMap<string, number>
}

/** Decimal texts with the scale of the account's unit. `available = limit − reserved − used − returned`. */
export interface Balance extends JsonObject {
  readonly limit: string
  readonly reserved: string
  readonly used: string
  readonly returned: string
  readonly available: string
}

/** What an account is, beside its balance; written by the entry that opens it. */
export interface AccountTerms extends JsonObject {
  /** USCC of the owner; null in a shared ledger. */
  readonly enterprise: string | null
  readonly unit: string
  /** Calendar days, both included. */
  readonly validFrom: string
  readonly validTo: string | null
}

export interface LedgerEntry extends JsonObject {
  /** `<ledger>/<account>/<sequence>/<place>`. */
  readonly entryId: string
  readonly kind: EntryKind
  readonly amount: string
  readonly key: string
  readonly reservation?: string
  readonly note?: string
  /** Of an entry that opens the account. */
  readonly terms?: AccountTerms
  /** Of an entry that changes how long the account is valid. */
  readonly validTo?: string | null
}

/** What is appended at once: all of its entries or none. Never changed. */
export interface Posting extends JsonObject {
  readonly postingId: string
  readonly ledger: string
  readonly account: string
  /** 1, 2, 3 … without gaps. */
  readonly sequence: number
  readonly at: EpochMs
  readonly actor: Actor & JsonObject
  readonly receiptNo?: string
  readonly operator?: string
  readonly processInstanceKey?: string
  readonly entries: readonly LedgerEntry[]
  /** After it. */
  readonly balance: Balance
}

/** What is left of a reservation. */
export interface ReservationState extends JsonObject {
  readonly amount: string
  readonly left: string
  readonly used: string
}
/** What an account is after one of its postings. */
export interface AccountState extends AccountTerms {
  readonly ledger: string
  readonly account: string
  readonly status: 'open' | 'closed'
  readonly openedAt: EpochMs
  /** Of the last posting. */
  readonly sequence: number
  readonly balance: Balance
  /** The open ones, by id. */
  readonly reservations: Readonly<Record<string, ReservationState>>
}

/** An entry that is asked for. */
export interface AskedEntry {
  readonly kind: EntryKind
  readonly key: string
  /** Text or number. Absent: all that is left, where a reservation says how much that is. */
  readonly amount?: unknown
  readonly reservation?: string
  readonly note?: string
  readonly unit?: string
  readonly enterprise?: string | null
  readonly validFrom?: string
  readonly validTo?: string
}
export interface PostRequest {
  readonly ledger: string
  readonly account: string
  /** Owner for whom it is asked; undefined: whoever it is. */
  readonly enterprise?: string | null
  readonly entries: readonly AskedEntry[]
  readonly actor: Actor
  readonly receiptNo?: string
  readonly operator?: string
  readonly processInstanceKey?: string
}
export interface PostResult {
  readonly state: AccountState
  /** As they were after the posting that is answered. */
  readonly balance: Balance
  readonly entries: readonly LedgerEntry[]
  /** Every entry had been made before. */
  readonly replayed: boolean
}

/** What folding an account again found. */
export interface LedgerCheck {
  readonly ledger: string
  readonly account: string
  readonly equal: boolean
  readonly postings: number
  readonly entries: number
  readonly balance: Balance | null
  /** Expected and found, for each difference. */
  readonly problems: readonly string[]
  /** The snapshot was written anew from the postings. */
  readonly repaired: boolean
}

export interface AccountQuery {
  readonly ledgers?: readonly string[]
  readonly enterprise?: string
  readonly status?: 'open' | 'closed'
  readonly from: number
  readonly limit: number
}

/** The ledgers, as the workers and the API use them. */
export interface Ledgers {
  readonly definitions: LedgerDefinitions
  /** Appends the entries that were not made before. @throws LedgerFailure */
  post(request: PostRequest): Promise<PostResult>
  find(ledger: string, account: string): Promise<AccountState | undefined>
  list(query: AccountQuery): Promise<{ readonly items: readonly AccountState[]; readonly total: number }>
  /** Oldest first, from the one after `after`. */
  postings(ledger: string, account: string, after: number, limit: number): Promise<readonly Posting[]>
  /** Folds the account from its first posting and compares; with `repair` writes a snapshot that differs anew. */
  check(ledger: string, account: string, repair: boolean): Promise<LedgerCheck | undefined>
  isExpired(state: AccountState): boolean
  /** Share of what was granted that is reserved or used, and whether the ledger warns of it. */
  useOf(ledger: string, balance: Balance): { readonly use: number; readonly warn: boolean }
}

/** Business outcomes, thrown as BPMN errors, and the modeller's mistake. */
export type LedgerFailureCode =
  | 'LEDGER_SHORT'
  | 'LEDGER_UNKNOWN'
  | 'LEDGER_CLOSED'
  | 'LEDGER_EXPIRED'
  | 'LEDGER_EXISTS'
  | 'LEDGER_RESERVED'
  | 'LEDGER_SETTLED'
  | 'LEDGER_IN_USE'
  | 'LEDGER_KEY_REUSED'
  | 'INVALID_ARGUMENT'
export interface LedgerFailureDetails {
  readonly short?: string
  readonly available?: string
  readonly reservation?: string
}
export class LedgerFailure extends Error {
  readonly code: LedgerFailureCode
  readonly details: LedgerFailureDetails
  constructor(code: LedgerFailureCode, message: string, details: LedgerFailureDetails = {}) {
    super(message)
    this.name = 'LedgerFailure'
    this.code = code
    this.details = details
  }
}
