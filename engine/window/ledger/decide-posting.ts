import { type AccountBook, availableOf, newBook } from './account-book.ts'
import { Exact, parseAmount } from './amount.ts'
import { applyEntry, idOf } from './apply-entry.ts'
import { hasAmount, isSameEntry, makesReservation, onlyWhatCounts, settles } from './asked-entry.ts'
import { type AccountTerms, type AskedEntry, type LedgerDefinition, type LedgerEntry, LedgerFailure } from './ledger-contract.ts'

/** What a decision is made with. */
export interface PostingInput {
  readonly definition: LedgerDefinition
  readonly scales: ReadonlyMap<string, number>
  readonly account: string
  /** Undefined: nobody opened the account. Changed by what is decided. */
  readonly book: AccountBook | undefined
  readonly asked: readonly AskedEntry[]
  /** Entries that were made under the keys that are asked for. */
  readonly known: ReadonlyMap<string, LedgerEntry>
  readonly postingId: string
  readonly at: number
  /** Calendar day of `at`. */
  readonly today: string
}
export interface DecidedPosting {
  /** One for each that was asked for, old and new. */
  readonly entries: readonly LedgerEntry[]
  /** Those to append. */
  readonly fresh: readonly LedgerEntry[]
  readonly book: AccountBook
}

/**
 * Decides what is appended, all or nothing. Applies it to the book as it goes, for later entries of a posting build on earlier ones.
 * @throws LedgerFailure when one of the entries may not be made.
 */
export function decidePosting(input: PostingInput): DecidedPosting {
  let book = input.book
  const entries: LedgerEntry[] = []
  const fresh = new Map<string, LedgerEntry>()
  const before = book ? availableOf(book) : undefined
  let lowest = before
  for (const asked of input.asked.map(onlyWhatCounts)) {
    const known = fresh.get(asked.key) ?? input.known.get(asked.key)
    const entry = known ? sameEntry(asked, known, book, input) : decideEntry(asked, `${input.postingId}/${fresh.size + 1}`, book, input)
    entries.push(entry)
    if (known) continue
    book ??= openedBook(entry, input)
    applyEntry(book, entry)
    fresh.set(entry.key, entry)
    lowest = Exact.min(lowest ?? availableOf(book), availableOf(book))
  }
  if (!book || !lowest) throw unknownAccount(input.definition.ledger, input.account)
  if (lowest.lt(0)) throw short(lowest.neg(), before ?? new Exact(0), book)
  return { entries, fresh: [...fresh.values()], book }
}

function decideEntry(asked: AskedEntry, entryId: string, book: AccountBook | undefined, input: PostingInput): LedgerEntry {
  const { definition, account } = input
  const { kind, key } = asked
  if (!definition.kinds.includes(kind)) {
    throw invalid(`Expected one of the entries that ledger ${definition.ledger} takes (${definition.kinds.join(', ')}), found ${kind}`)
  }
  const note = asked.note === undefined ? {} : { note: asked.note }
  if (kind === 'open') return { entryId, kind, key, ...note, ...opening(asked, book, input) }
  if (!book) throw unknownAccount(definition.ledger, account)
  if (book.status === 'closed')
    throw new LedgerFailure('LEDGER_CLOSED', `Expected account ${account} of ${definition.ledger} to be open, but it is closed`)
  expectValid(asked, book, input)
  if (kind === 'close') expectNothingReserved(book)
  if (kind === 'extend') expectLaterThan(book.terms.validFrom, asked.validTo)
  const amount = settles(asked) ? settledAmount(asked, book) : freeAmount(asked, book)
  return {
    ...{ entryId, kind, amount: amount.toFixed(book.scale), key },
    ...(settles(asked) || makesReservation(asked) ? { reservation: idOf(asked) } : {}),
    ...note,
    ...(kind === 'extend' ? { validTo: asked.validTo ?? null } : {}),
  }
}

function opening(
  asked: AskedEntry,
  book: AccountBook | undefined,
  { definition, account, scales, today }: PostingInput,
): { readonly amount: string; readonly terms: AccountTerms } {
  if (book) {
    throw new LedgerFailure(
      'LEDGER_EXISTS',
      `Expected ${account} to be a new account of ${definition.ledger}, but it was opened before; choose another id`,
    )
  }
  const unit = asked.unit ?? (definition.units.length === 1 ? definition.units[0] : undefined)
  const scale = unit === undefined || !definition.units.includes(unit) ? undefined : scales.get(unit)
  if (unit === undefined || scale === undefined) {
    throw invalid(`Expected unit to be one of ${definition.units.join(', ')}, found ${unit ?? 'none'}`)
  }
  const { enterprise = null, validFrom = today, validTo = null } = asked
  if (!definition.shared && !enterprise) {
    throw invalid(`Expected enterprise, the owner of account ${account}: accounts of ${definition.ledger} belong to enterprises`)
  }
  if (validTo !== null) expectLaterThan(validFrom, validTo)
  const terms = { enterprise: definition.shared ? null : enterprise, unit, validFrom, validTo }
  return { amount: parseAmount(asked.amount, unit, scale).toFixed(scale), terms }
}

function expectLaterThan(validFrom: string, validTo: string | undefined): void {
  if (validTo === undefined || validTo < validFrom)
    throw invalid(`Expected validTo, the last day of the account, to be ${validFrom} or later, found ${validTo ?? 'none'}`)
}

function openedBook(entry: LedgerEntry, { definition, account, scales, at }: PostingInput): AccountBook {
  const { terms } = entry
  const scale = terms && scales.get(terms.unit)
  if (!terms || scale === undefined) throw new Error(`Entry ${entry.entryId} opens an account without terms or in an unknown unit`)
  return newBook({ ledger: definition.ledger, account, scale, openedAt: at, terms })
}

function sameEntry(asked: AskedEntry, entry: LedgerEntry, book: AccountBook | undefined, { scales }: PostingInput): LedgerEntry {
  const unit = entry.terms?.unit ?? book?.terms.unit ?? ''
  const isSameAmount = asked.amount === undefined || parseAmount(asked.amount, unit, scales.get(unit) ?? 0).eq(entry.amount)
  if (isSameEntry(asked, entry, isSameAmount)) return entry
  throw new LedgerFailure(
    'LEDGER_KEY_REUSED',
    `Expected key ${asked.key} to stand for one entry, but it stands for ${entry.kind} ${entry.amount} (${entry.entryId}) and was used for ${asked.kind} with other content; choose a key that names the thing itself`,
    entry.reservation === undefined ? {} : { reservation: entry.reservation },
  )
}

/** Of an entry on a reservation: what is given, or all there is. */
function settledAmount(asked: AskedEntry, book: AccountBook): Exact {
  const { kind, reservation: id } = asked
  if (id === undefined) throw invalid(`Expected reservation, the id of what is to ${kind}`)
  const reservation = book.reservations.get(id)
  if (!reservation) {
    throw new LedgerFailure('LEDGER_UNKNOWN', `Expected ${id} to be a reservation of account ${book.account}, but there is none`, {
      reservation: id,
    })
  }
  const most = kind === 'restore' ? reservation.used : reservation.left
  const available = most.toFixed(book.scale)
  if (kind === 'restore' ? most.lte(0) : !reservation.isOpen) {
    const message = `Expected something of reservation ${id} to ${kind}, but nothing of it is ${kind === 'restore' ? 'used' : 'left'}`
    throw new LedgerFailure('LEDGER_SETTLED', message, { reservation: id, available })
  }
  const amount = asked.amount === undefined ? most : parseAmount(asked.amount, book.terms.unit, book.scale)
  if (amount.lte(most)) return amount
  throw new LedgerFailure(
    'LEDGER_SHORT',
    `Expected at most ${available}, which is what reservation ${id} has to ${kind}, found ${amount.toFixed(book.scale)}`,
    { short: amount.minus(most).toFixed(book.scale), available, reservation: id },
  )
}

/** Of an entry on the account itself. What it takes is weighed for the whole posting. */
function freeAmount(asked: AskedEntry, book: AccountBook): Exact {
  if (!hasAmount(asked.kind)) return new Exact(0)
  const id = idOf(asked)
  if (makesReservation(asked) && book.reservations.has(id)) {
    throw new LedgerFailure(
      'LEDGER_RESERVED',
      `Expected ${id} to be a new reservation of account ${book.account}, but the id is taken; an id is used once`,
      { reservation: id },
    )
  }
  return parseAmount(asked.amount, book.terms.unit, book.scale)
}

/** Past its validity an account takes nothing that binds it anew. */
function expectValid(asked: AskedEntry, book: AccountBook, { definition, today, account }: PostingInput): void {
  const { validFrom, validTo } = book.terms
  if (today >= validFrom && (validTo === null || today <= validTo)) return
  if (definition.afterExpiry.includes(asked.kind) && !makesReservation(asked)) return
  throw new LedgerFailure(
    'LEDGER_EXPIRED',
    `Expected account ${account} of ${definition.ledger} to be valid on ${today}, but it is from ${validFrom} to ${validTo ?? 'further notice'}; extend it first`,
  )
}

function expectNothingReserved(book: AccountBook): void {
  const open = [...book.reservations].filter(([, { isOpen }]) => isOpen).map(([id]) => id)
  if (open.length === 0) return
  throw new LedgerFailure(
    'LEDGER_IN_USE',
    `Expected no open reservations on account ${book.account}, found ${open.length} (${open.slice(0, 5).join(', ')}); release or write them off first`,
    { available: availableOf(book).toFixed(book.scale) },
  )
}

function short(missing: Exact, available: Exact, { scale, terms, account, ledger }: AccountBook): LedgerFailure {
  const [what, least] = [missing.toFixed(scale), available.toFixed(scale)]
  return new LedgerFailure(
    'LEDGER_SHORT',
    `Expected at most ${least} ${terms.unit} of account ${account} of ${ledger}, but ${what} more is needed; increase the account, release what is reserved, or ask for less`,
    { short: what, available: least },
  )
}

export function unknownAccount(ledger: string, account: string): LedgerFailure {
  return new LedgerFailure('LEDGER_UNKNOWN', `Expected an account ${account} in ledger ${ledger} of this enterprise, but there is none`)
}

function invalid(message: string): LedgerFailure {
  return new LedgerFailure('INVALID_ARGUMENT', message)
}
