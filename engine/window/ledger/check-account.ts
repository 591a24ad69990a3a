import { isDeepStrictEqual } from 'node:util'
import { type AccountBook, availableOf, balanceOf, stateOf } from './account-book.ts'
import { Exact } from './amount.ts'
import type { AccountState, LedgerCheck, Posting } from './ledger-contract.ts'
import { applyPosting, type PostingStore } from './posting-store.ts'

const PAGE = 500
/** Differences told; more of them say nothing new. */
const MOST_PROBLEMS = 100

/** Folds an account from its first posting and compares what was written beside the postings. Undefined: no such account. */
export async function checkAccount(
  store: PostingStore,
  scales: ReadonlyMap<string, number>,
  { ledger, account, repair }: { readonly ledger: string; readonly account: string; readonly repair: boolean },
): Promise<LedgerCheck | undefined> {
  const problems: string[] = []
  const snapshot = await store.snapshot(ledger, account)
  const keys = new Set<string>()
  let book: AccountBook | undefined
  let then: AccountState | undefined
  let entries = 0
  for (let page: readonly Posting[] = []; ; ) {
    page = await store.postings(ledger, account, book?.sequence ?? 0, PAGE)
    for (const posting of page) {
      problems.push(...gapsIn(posting, book, keys))
      book = applyPosting(book, posting, (unit) => scales.get(unit) ?? 0)
      problems.push(...faultsAfter(posting, book))
      entries += posting.entries.length
      if (posting.sequence === snapshot?.sequence) then = stateOf(book)
    }
    if (page.length < PAGE) break
  }
  if (!book && !snapshot) return undefined
  if (book) problems.push(...sumFault(book))
  const stale = !snapshot || !isDeepStrictEqual(snapshot, then)
  if (snapshot && stale)
    problems.push(`snapshot ${snapshot.sequence}: expected ${JSON.stringify(then) ?? 'none'}, found ${JSON.stringify(snapshot)}`)
  const repaired = repair && stale && book !== undefined
  if (repaired && book) await store.rewrite(stateOf(book))
  return {
    ...{ ledger, account, equal: problems.length === 0, postings: book?.sequence ?? 0, entries },
    balance: book ? balanceOf(book) : null,
    problems: problems.slice(0, MOST_PROBLEMS),
    repaired,
  }
}

function gapsIn(posting: Posting, book: AccountBook | undefined, keys: Set<string>): string[] {
  const expected = (book?.sequence ?? 0) + 1
  const gap = posting.sequence === expected ? [] : [`${posting.postingId}: expected sequence ${expected}, found ${posting.sequence}`]
  const restored = posting.entries.filter(({ kind, reservation }) => kind === 'restore' && !book?.reservations.has(reservation ?? ''))
  const repeated = posting.entries.filter(({ key }) => keys.has(key) || !keys.add(key))
  return [
    ...gap,
    ...restored.map(({ entryId, reservation }) => `${entryId}: expected reservation ${reservation} to exist`),
    ...repeated.map(({ entryId, key }) => `${entryId}: expected key ${key} to be used once`),
  ]
}

/** Never below zero, and the parts add up to the whole. */
function faultsAfter(posting: Posting, book: AccountBook): string[] {
  const found: string[] = []
  const { reserved, used, returned, reservations } = book
  const balance = balanceOf(book)
  if (!isDeepStrictEqual(posting.balance, balance))
    found.push(`${posting.postingId}: expected balance ${JSON.stringify(balance)}, found ${JSON.stringify(posting.balance)}`)
  for (const [name, amount] of Object.entries({ reserved, used, returned, available: availableOf(book) })) {
    if (amount.lt(0)) found.push(`${posting.postingId}: expected ${name} not below zero, found ${amount.toFixed()}`)
  }
  const touched = posting.entries.flatMap(({ reservation }) => (reservation === undefined ? [] : [reservation]))
  for (const id of touched) {
    const reservation = reservations.get(id)
    if (reservation && (reservation.left.lt(0) || reservation.used.lt(0) || reservation.left.plus(reservation.used).gt(reservation.amount)))
      found.push(`${posting.postingId}: expected reservation ${id} to give no more than its ${reservation.amount.toFixed()}`)
  }
  return found
}

/** What the reservations have left is what is reserved. */
function sumFault({ account, reserved, reservations }: AccountBook): string[] {
  const left = [...reservations.values()].reduce((sum, reservation) => sum.plus(reservation.left), new Exact(0))
  return left.eq(reserved) ? [] : [`${account}: expected ${left.toFixed()} reserved, found ${reserved.toFixed()}`]
}
