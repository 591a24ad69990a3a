import type { EpochMs } from '../../kernel/index.ts'
import { type Clock, SerialLanes } from '../../runtime/index.ts'
import type { Store } from '../../store/index.ts'
import { zonedDay } from '../zoned-time.ts'
import { type AccountBook, balanceOf, stateOf } from './account-book.ts'
import { Exact } from './amount.ts'
import { idOf } from './apply-entry.ts'
import { makesReservation, onlyWhatCounts, settles } from './asked-entry.ts'
import { checkAccount } from './check-account.ts'
import { type DecidedPosting, decidePosting, unknownAccount } from './decide-posting.ts'
import type { Balance, LedgerDefinition, LedgerDefinitions, Ledgers, Posting, PostRequest, PostResult } from './ledger-contract.ts'
import { definitionOf } from './ledger-definitions.ts'
import { expectPostRequest } from './post-request.ts'
import { entriesUnder, postingIdOf, postingStore } from './posting-store.ts'
import { recallReservations } from './recall-reservations.ts'

export interface LedgersOptions {
  readonly store: Store
  readonly clock: Pick<Clock, 'now'>
  readonly zone: string
  readonly definitions: LedgerDefinitions
}

/** Opens the ledgers of a store, and finishes openings that a crash left half done. */
export async function openLedgers({ store, clock, zone, definitions }: LedgersOptions): Promise<Ledgers> {
  const postings = postingStore(store, definitions.scales)
  /** Postings of one account made in this node follow each other; those of other nodes are told by the store. */
  const lanes = new SerialLanes()
  await postings.finishOpenings()

  async function post(request: PostRequest): Promise<PostResult> {
    const definition = definitionOf(definitions, request.ledger)
    expectPostRequest(request)
    return lanes.run(`${request.ledger}/${request.account}`, async () => {
      for (;;) {
        const result = await tryPost(request, definition)
        if (result) return result
      }
    })
  }

  /** Undefined: someone else's posting came between. */
  async function tryPost(request: PostRequest, definition: LedgerDefinition): Promise<PostResult | undefined> {
    const { ledger, account, entries } = request
    const asked = entries.map(onlyWhatCounts)
    const book = await postings.load(ledger, account)
    if (book) expectOwner(book, request)
    const keys = new Set(asked.map(({ key }) => key))
    const mentioned = asked.filter((one) => settles(one) || makesReservation(one)).map(idOf)
    const closed = mentioned.filter((id) => !book?.reservations.has(id))
    const past = await postings.touching(ledger, account, [...keys], closed)
    const before = book?.sequence ?? 0
    if (past.some(({ sequence }) => sequence > before)) return undefined
    if (book) recallReservations(book, past, closed)
    const at = clock.now()
    const postingId = postingIdOf(ledger, account, before + 1)
    const known = entriesUnder(past, keys)
    const decided = decidePosting({
      definition,
      scales: definitions.scales,
      account,
      book,
      asked,
      known,
      postingId,
      at,
      today: zonedDay(at, zone),
    })
    if (decided.fresh.length === 0) return replayed(decided, past)
    const { fresh } = decided
    decided.book.sequence = before + 1
    const posting = toPosting(request, { postingId, sequence: before + 1, at, entries: fresh, balance: balanceOf(decided.book) })
    const state = stateOf(decided.book)
    if (before === 0) await postings.announce(state)
    if (!(await postings.append(posting))) return undefined
    await postings.keep(state)
    return { state, balance: posting.balance, entries: decided.entries, replayed: false }
  }

  return {
    definitions,
    post,
    async find(ledger, account) {
      const book = definitions.ledgers.has(ledger) ? await postings.load(ledger, account) : undefined
      return book && stateOf(book)
    },
    async list(query) {
      const { ids, total } = await postings.list(query)
      const books = await Promise.all(ids.map(({ ledger, account }) => postings.load(ledger, account)))
      return { items: books.flatMap((book) => (book ? [stateOf(book)] : [])), total }
    },
    postings: postings.postings,
    check: (ledger, account, repair) =>
      lanes.run(`${ledger}/${account}`, () => checkAccount(postings, definitions.scales, { ledger, account, repair })),
    isExpired({ validFrom, validTo }) {
      const today = zonedDay(clock.now(), zone)
      return today < validFrom || (validTo !== null && today > validTo)
    },
    useOf: (ledger, balance) => useOf(definitionOf(definitions, ledger), balance),
  }
}

/** What the posting that made the last of the entries answered. */
function replayed({ entries, book }: DecidedPosting, past: readonly Posting[]): PostResult {
  const made = new Set(entries.map(({ entryId }) => entryId))
  const last = past.findLast((posting) => posting.entries.some(({ entryId }) => made.has(entryId)))
  return { state: stateOf(book), balance: last?.balance ?? balanceOf(book), entries, replayed: true }
}

function toPosting(
  { ledger, account, actor, receiptNo, operator, processInstanceKey }: PostRequest,
  made: Pick<Posting, 'postingId' | 'sequence' | 'entries' | 'balance'> & { readonly at: EpochMs },
): Posting {
  return {
    ...made,
    ...{ ledger, account },
    actor: { ...actor },
    ...(receiptNo === undefined ? {} : { receiptNo }),
    ...(operator === undefined ? {} : { operator }),
    ...(processInstanceKey === undefined ? {} : { processInstanceKey }),
  }
}

/** @throws LedgerFailure as for an account that is not there: that it exists is not theirs to know. */
function expectOwner(book: AccountBook, { ledger, account, enterprise }: PostRequest): void {
  const owner = book.terms.enterprise
  if (owner !== null && enterprise !== undefined && enterprise !== owner) throw unknownAccount(ledger, account)
}

function useOf(
  { warnAt }: LedgerDefinition,
  { limit, reserved, used, returned }: Balance,
): { readonly use: number; readonly warn: boolean } {
  const granted = new Exact(limit).minus(returned)
  const inUse = new Exact(reserved).plus(used)
  const use = granted.gt(0) ? inUse.div(granted) : new Exact(0)
  return { use: use.toDecimalPlaces(6).toNumber(), warn: use.gte(warnAt) }
}
