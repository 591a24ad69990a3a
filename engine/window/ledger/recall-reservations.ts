import { type AccountBook, newBook } from './account-book.ts'
import { applyEntry } from './apply-entry.ts'
import type { Posting } from './ledger-contract.ts'

/** Brings reservations that are no longer open back into the book, from all the entries that ever touched them. */
export function recallReservations(book: AccountBook, postings: readonly Posting[], ids: readonly string[]): void {
  const wanted = new Set(ids)
  const scratch = newBook(book)
  for (const entry of postings.flatMap(({ entries }) => entries)) {
    if (entry.reservation !== undefined && wanted.has(entry.reservation)) applyEntry(scratch, entry)
  }
  for (const [id, reservation] of scratch.reservations) book.reservations.set(id, reservation)
}
