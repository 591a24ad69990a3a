import { idOf } from './apply-entry.ts'
import type { AskedEntry, EntryKind, LedgerEntry } from './ledger-contract.ts'

const TOUCHES_RESERVATION: ReadonlySet<EntryKind> = new Set(['release', 'write-off', 'call', 'restore'])
const USES: ReadonlySet<EntryKind> = new Set(['write-off', 'call'])
const WITHOUT_AMOUNT: ReadonlySet<EntryKind> = new Set(['extend', 'close'])

/** Takes from a reservation, or gives back to it, so that one must be there. */
export function settles({ kind, reservation }: AskedEntry): boolean {
  return TOUCHES_RESERVATION.has(kind) && (reservation !== undefined || !USES.has(kind))
}

/** Makes a reservation: a use at once is kept as one that is spent. */
export function makesReservation(asked: AskedEntry): boolean {
  return asked.kind === 'reserve' || (USES.has(asked.kind) && !settles(asked))
}

export function hasAmount(kind: EntryKind): boolean {
  return !WITHOUT_AMOUNT.has(kind)
}

/** Without what its kind does not read: a job sees all variables of its process, also those that mean something else. */
export function onlyWhatCounts(asked: AskedEntry): AskedEntry {
  const { kind, key, note, amount, reservation, unit, enterprise, validFrom, validTo } = asked
  const isOpen = kind === 'open'
  return {
    kind,
    key,
    ...given({ note }),
    ...(hasAmount(kind) ? given({ amount }) : {}),
    ...(kind === 'reserve' || TOUCHES_RESERVATION.has(kind) ? given({ reservation }) : {}),
    ...(isOpen ? given({ unit, enterprise, validFrom }) : {}),
    ...(isOpen || kind === 'extend' ? given({ validTo }) : {}),
  }
}

/** True when what is asked is what was entered. What is not given counts as it was then. */
export function isSameEntry(asked: AskedEntry, entry: LedgerEntry, isSameAmount: boolean): boolean {
  const { terms } = entry
  const same = <T>(wanted: T | undefined, found: T | undefined): boolean => wanted === undefined || wanted === found
  if (asked.kind !== entry.kind || !isSameAmount || !same(asked.reservation, entry.reservation && idOf(entry))) return false
  if (!terms) return same<string | null>(asked.validTo, entry.validTo)
  const isSameOwner = terms.enterprise === null || asked.enterprise === terms.enterprise
  return (
    isSameOwner &&
    same(asked.unit, terms.unit) &&
    same(asked.validFrom, terms.validFrom) &&
    same<string | null>(asked.validTo, terms.validTo)
  )
}

function given<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>
  }
}
