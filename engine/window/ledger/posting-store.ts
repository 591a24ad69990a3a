import type { EpochMs } from '../../kernel/index.ts'
import { type Store, StoreFailure } from '../../store/index.ts'
import { type AccountBook, bookOf, newBook, stateOf } from './account-book.ts'
import { applyEntry } from './apply-entry.ts'
import type { AccountQuery, AccountState, LedgerEntry, Posting } from './ledger-contract.ts'

/** A posting with what it is found by. */
interface StoredPosting extends Posting {
  /** Of each entry its key and its reservation, for one look-up by index: see `keyMark` and `reservationMark`. */
  readonly marks: readonly string[]
}
/** An account as it was after some posting: for lists, and to fold from. `announced`: its first posting may be missing. */
type AccountSnapshot = AccountState & { readonly stage: 'announced' | 'opened' }

/** Postings and snapshots in the store. */
export interface PostingStore {
  /** The account after its last posting; undefined when it has none. */
  load(ledger: string, account: string): Promise<AccountBook | undefined>
  /**
   * Postings that made one of the keys or touched one of the reservations, oldest first. They may be newer than what was loaded before.
   */
  touching(ledger: string, account: string, keys: readonly string[], reservations: readonly string[]): Promise<readonly Posting[]>
  /** False when another posting has that place: load again and decide anew. */
  append(posting: Posting): Promise<boolean>
  /** Keeps the account for lists before its first posting, so that a crash does not hide it. */
  announce(state: AccountState): Promise<void>
  /** Keeps what the account is now, unless something newer is kept. */
  keep(state: AccountState): Promise<void>
  /** Removes what was announced and never opened; keeps what was opened. */
  finishOpenings(): Promise<void>
  snapshot(ledger: string, account: string): Promise<AccountState | undefined>
  /** Writes the snapshot whatever is kept. */
  rewrite(state: AccountState): Promise<void>
  list(
    query: AccountQuery,
  ): Promise<{ readonly ids: readonly { readonly ledger: string; readonly account: string }[]; readonly total: number }>
  postings(ledger: string, account: string, after: number, limit: number): Promise<readonly Posting[]>
}

/** As many digits as a sequence ever has, so that ids sort as numbers do. */
const SEQUENCE_DIGITS = 10
const PAGE = 1_000

export function postingStore(store: Store, scales: ReadonlyMap<string, number>): PostingStore {
  const collection = store.documents<StoredPosting>({ name: 'ledger_postings', indexes: ['marks'], unique: [] })
  const snapshots = store.documents<AccountSnapshot>({
    name: 'ledger_accounts',
    indexes: ['ledger', 'enterprise', 'status', 'stage'],
    unique: [],
  })

  async function postings(ledger: string, account: string, after: number, limit: number): Promise<readonly Posting[]> {
    const id = { gt: postingIdOf(ledger, account, after), lte: postingIdOf(ledger, account, 10 ** SEQUENCE_DIGITS - 1) }
    const page = await collection.find({ filter: { id }, sort: [{ field: 'id', order: 'asc' }], limit })
    return page.items.map(({ body }) => toPosting(body))
  }

  async function load(ledger: string, account: string): Promise<AccountBook | undefined> {
    const kept = await snapshot(ledger, account)
    let book = kept && bookOf(kept, scaleOf(kept.unit))
    // Nearly always the snapshot is the newest: one look by id says so.
    if (!(await collection.get(postingIdOf(ledger, account, (book?.sequence ?? 0) + 1)))) return book
    for (;;) {
      const page = await postings(ledger, account, book?.sequence ?? 0, PAGE)
      for (const posting of page) book = applyPosting(book, posting, scaleOf)
      if (page.length < PAGE) return book
    }
  }

  async function snapshot(ledger: string, account: string): Promise<AccountState | undefined> {
    const kept = (await snapshots.get(`${ledger}/${account}`))?.body
    if (kept?.stage !== 'opened') return undefined
    const { stage: _, ...state } = kept
    return state as AccountState
  }

  async function write(state: AccountSnapshot, isWanted: (kept: AccountSnapshot) => boolean): Promise<void> {
    const id = `${state.ledger}/${state.account}`
    for (;;) {
      const kept = await snapshots.get(id)
      if (kept && !isWanted(kept.body)) return
      try {
        await (kept ? snapshots.replace(id, kept.revision, state) : snapshots.insert(id, state))
        return
      } catch (error) {
        if (!isRace(error)) throw error
      }
    }
  }

  function keep(state: AccountState): Promise<void> {
    return write({ ...state, stage: 'opened' }, (kept) => kept.sequence < state.sequence)
  }

  function scaleOf(unit: string): number {
    const scale = scales.get(unit)
    if (scale === undefined)
      throw new Error(`Accounts in ${unit} exist, but ledgers.json does not name that unit any more; add it to /units`)
    return scale
  }

  return {
    load,
    postings,
    snapshot,
    async touching(ledger, account, keys, reservations) {
      const marks = {
        in: [...keys.map((key) => keyMark(ledger, account, key)), ...reservations.map((id) => reservationMark(ledger, account, id))],
      }
      const found: Posting[] = []
      for (let after = ''; ; ) {
        const page = await collection.find({ filter: { marks, id: { gt: after } }, sort: [{ field: 'id', order: 'asc' }], limit: PAGE })
        found.push(...page.items.map(({ body }) => toPosting(body)))
        if (page.items.length < PAGE) return found
        after = page.items.at(-1)?.id ?? ''
      }
    },
    async append(posting) {
      const { ledger, account, entries } = posting
      const keys = entries.map(({ key }) => keyMark(ledger, account, key))
      const touched = entries.flatMap(({ reservation: id }) => (id === undefined ? [] : [reservationMark(ledger, account, id)]))
      try {
        await collection.insert(posting.postingId, { ...posting, marks: [...new Set([...keys, ...touched])] })
        return true
      } catch (error) {
        if (isRace(error)) return false
        throw error
      }
    },
    announce: (state) => write({ ...state, sequence: 0, stage: 'announced' }, () => false),
    keep,
    rewrite: (state) => write({ ...state, stage: 'opened' }, () => true),
    async finishOpenings() {
      const { items } = await snapshots.find({ filter: { stage: 'announced' }, limit: PAGE })
      for (const { id, body } of items) {
        const book = await load(body.ledger, body.account)
        await (book ? keep(stateOf(book)) : snapshots.delete(id))
      }
    },
    async list({ ledgers, enterprise, status, from, limit }) {
      const filter = {
        stage: 'opened',
        ...(status === undefined ? {} : { status }),
        ...(ledgers === undefined ? {} : { ledger: { in: ledgers } }),
        ...(enterprise === undefined ? {} : { enterprise }),
      }
      const page = await snapshots.find({ filter, sort: [{ field: 'id', order: 'asc' }], from, limit })
      return { ids: page.items.map(({ body: { ledger, account } }) => ({ ledger, account })), total: page.total }
    },
  }
}

/** Folds one posting; the first one makes the book. */
export function applyPosting(book: AccountBook | undefined, posting: Posting, scaleOf: (unit: string) => number): AccountBook {
  const folded = book ?? openedBook(posting, scaleOf)
  for (const entry of posting.entries) applyEntry(folded, entry)
  folded.sequence = posting.sequence
  return folded
}

function openedBook({ ledger, account, at, entries, postingId }: Posting, scaleOf: (unit: string) => number): AccountBook {
  const terms = entries[0]?.terms
  if (!terms) throw new Error(`Posting ${postingId} is the first of its account and opens nothing`)
  return newBook({ ledger, account, scale: scaleOf(terms.unit), openedAt: at as EpochMs, terms })
}

export function postingIdOf(ledger: string, account: string, sequence: number): string {
  return `${ledger}/${account}/${String(sequence).padStart(SEQUENCE_DIGITS, '0')}`
}

/** Its entries under one of these keys. */
export function entriesUnder(postings: readonly Posting[], keys: ReadonlySet<string>): ReadonlyMap<string, LedgerEntry> {
  return new Map(postings.flatMap(({ entries }) => entries).flatMap((entry) => (keys.has(entry.key) ? [[entry.key, entry]] : [])))
}

// Neither an account's id nor a ledger's name holds these signs, so no two marks are the same text.
function keyMark(ledger: string, account: string, key: string): string {
  return `${ledger}/${account}|${key}`
}
function reservationMark(ledger: string, account: string, reservation: string): string {
  return `${ledger}/${account}#${reservation}`
}

function toPosting({ marks: _, ...posting }: StoredPosting): Posting {
  return posting as Posting
}

function isRace(error: unknown): boolean {
  return error instanceof StoreFailure && ['DUPLICATE', 'REVISION_CONFLICT', 'NOT_FOUND'].includes(error.code)
}
