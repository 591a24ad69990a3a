import type { EpochMs } from '../../kernel/index.ts'
import { Exact } from './amount.ts'
import type { AccountState, AccountTerms, Balance, ReservationState } from './ledger-contract.ts'

/** An account while entries are applied to it. */
export interface AccountBook {
  readonly ledger: string
  readonly account: string
  readonly scale: number
  readonly openedAt: EpochMs
  terms: AccountTerms
  status: 'open' | 'closed'
  sequence: number
  limit: Exact
  reserved: Exact
  used: Exact
  returned: Exact
  /** Those that are open, and those that were asked for. */
  readonly reservations: Map<string, Reservation>
}
export interface Reservation {
  readonly amount: Exact
  left: Exact
  used: Exact
  isOpen: boolean
}

export function newBook(id: Pick<AccountBook, 'ledger' | 'account' | 'scale' | 'openedAt' | 'terms'>): AccountBook {
  const zero = new Exact(0)
  return { ...id, status: 'open', sequence: 0, limit: zero, reserved: zero, used: zero, returned: zero, reservations: new Map() }
}

export function availableOf(book: AccountBook): Exact {
  return book.limit.minus(book.reserved).minus(book.used).minus(book.returned)
}

export function balanceOf(book: AccountBook): Balance {
  const { limit, reserved, used, returned, scale } = book
  return {
    limit: limit.toFixed(scale),
    reserved: reserved.toFixed(scale),
    used: used.toFixed(scale),
    returned: returned.toFixed(scale),
    available: availableOf(book).toFixed(scale),
  }
}

/** Reservations in the order of their ids, so that the same account gives the same state however it was folded. */
export function stateOf(book: AccountBook): AccountState {
  const { ledger, account, scale, openedAt, terms, status, sequence } = book
  const open = [...book.reservations].filter(([, { isOpen }]) => isOpen).sort(([a], [b]) => (a < b ? -1 : 1))
  const reservations = open.map(([id, { amount, left, used }]): [string, ReservationState] => [
    id,
    { amount: amount.toFixed(scale), left: left.toFixed(scale), used: used.toFixed(scale) },
  ])
  const { enterprise, unit, validFrom, validTo } = terms
  return {
    ledger,
    account,
    ...{ enterprise, unit, validFrom, validTo },
    status,
    openedAt,
    sequence,
    balance: balanceOf(book),
    reservations: Object.fromEntries(reservations),
  }
}

export function bookOf(state: AccountState, scale: number): AccountBook {
  const { ledger, account, openedAt, enterprise, unit, validFrom, validTo, status, sequence, balance } = state
  const reservations = Object.entries(state.reservations).map(([id, { amount, left, used }]): [string, Reservation] => [
    id,
    { amount: new Exact(amount), left: new Exact(left), used: new Exact(used), isOpen: true },
  ])
  return {
    ...{ ledger, account, scale, openedAt, status, sequence },
    terms: { enterprise, unit, validFrom, validTo },
    limit: new Exact(balance.limit),
    reserved: new Exact(balance.reserved),
    used: new Exact(balance.used),
    returned: new Exact(balance.returned),
    reservations: new Map(reservations),
  }
}
