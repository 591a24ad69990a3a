import type { AccountBook, Reservation } from './account-book.ts'
import { Exact } from './amount.ts'
import type { EntryKind, LedgerEntry } from './ledger-contract.ts'

type Apply = (book: AccountBook, amount: Exact, entry: LedgerEntry) => void

/** What each kind of entry does to an account. Decides nothing: that was done before the entry was appended. */
const APPLY: Readonly<Record<EntryKind, Apply>> = {
  open: (book, amount) => {
    book.limit = amount
  },
  increase: (book, amount) => {
    book.limit = book.limit.plus(amount)
  },
  decrease: (book, amount) => {
    book.limit = book.limit.minus(amount)
  },
  extend: (book, _, { validTo = null }) => {
    book.terms = { ...book.terms, validTo }
  },
  reserve: (book, amount, entry) => {
    book.reserved = book.reserved.plus(amount)
    book.reservations.set(idOf(entry), { amount, left: amount, used: new Exact(0), isOpen: true })
  },
  release: (book, amount, entry) => takeFrom(book, reservationOf(book, entry), amount),
  'write-off': use,
  call: use,
  restore: (book, amount, entry) => {
    // A snapshot holds open reservations only; the totals change all the same.
    const reservation = book.reservations.get(idOf(entry))
    if (reservation) reservation.used = reservation.used.minus(amount)
    book.used = book.used.minus(amount)
  },
  return: (book, amount) => {
    book.returned = book.returned.plus(amount)
  },
  close: (book) => {
    book.status = 'closed'
  },
}

export function applyEntry(book: AccountBook, entry: LedgerEntry): void {
  APPLY[entry.kind](book, new Exact(entry.amount), entry)
}

/** Out of its reservation, or at once out of what is available; the use is then kept as a reservation that is spent. */
function use(book: AccountBook, amount: Exact, entry: LedgerEntry): void {
  const id = idOf(entry)
  const reserved = book.reservations.get(id)
  if (reserved) takeFrom(book, reserved, amount)
  const reservation = reserved ?? { amount, left: new Exact(0), used: new Exact(0), isOpen: false }
  reservation.used = reservation.used.plus(amount)
  book.reservations.set(id, reservation)
  book.used = book.used.plus(amount)
}

function takeFrom(book: AccountBook, reservation: Reservation, amount: Exact): void {
  reservation.left = reservation.left.minus(amount)
  reservation.isOpen = reservation.left.gt(0)
  book.reserved = book.reserved.minus(amount)
}

/** The reservation an entry makes or touches. */
export function idOf({ reservation, key }: Pick<LedgerEntry, 'reservation' | 'key'>): string {
  return reservation ?? key
}

function reservationOf(book: AccountBook, entry: LedgerEntry): Reservation {
  const reservation = book.reservations.get(idOf(entry))
  if (!reservation) throw new Error(`Entry ${entry.entryId} touches a reservation that no entry before it made`)
  return reservation
}
