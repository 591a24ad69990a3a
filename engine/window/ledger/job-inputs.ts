import type { Json, JsonObject } from '../../kernel/index.ts'
import type { ActivatedJob } from '../../runtime/index.ts'
import { type AskedEntry, ENTRY_KINDS, type EntryKind, LedgerFailure, type PostRequest } from './ledger-contract.ts'

/** Variables that a ledger's job reads. */
export const JOB_VARIABLES = [
  ...['ledger', 'account', 'amount', 'key', 'reservation', 'note', 'many'],
  ...['unit', 'validFrom', 'validTo', 'enterprise', 'receiptNo', 'operator'],
] as const

export type LedgerInputs = Omit<PostRequest, 'actor' | 'processInstanceKey'>

const ENTRY_VARIABLES: readonly string[] = ['kind', 'amount', 'key', 'reservation', 'note']
/** What a note is cut to: a process variable of that name may hold an officer's whole reasoning. */
const MOST_NOTE = 500

/** Which account a job is about, as far as it says so. */
export function accountOfJob({ variables, customHeaders }: ActivatedJob): { readonly ledger: string; readonly account: string } {
  return { ledger: customHeaders.ledger ?? toText(variables.ledger) ?? '', account: toText(variables.account) ?? '' }
}

/** @throws LedgerFailure `INVALID_ARGUMENT` when an input lacks or is not what it must be. */
export function jobInputs(job: ActivatedJob, work: EntryKind | 'post' | 'balance'): LedgerInputs {
  const { variables } = job
  const { ledger, account } = accountOfJob(job)
  if (ledger === '') throw invalid('Expected the ledger in a task header or an input mapping `ledger`, found none')
  if (account === '') throw missing('account', variables.account)
  const receiptNo = toText(variables.receiptNo)
  const operator = toText(variables.operator)
  const { enterprise } = variables
  if (enterprise !== undefined && enterprise !== null && typeof enterprise !== 'string') throw missing('enterprise', enterprise)
  return {
    ...{ ledger, account },
    ...(enterprise === undefined ? {} : { enterprise }),
    entries: work === 'balance' ? [] : askedEntries(job, work),
    ...(receiptNo === undefined ? {} : { receiptNo }),
    ...(operator === undefined ? {} : { operator }),
  }
}

function askedEntries({ variables, elementInstanceKey }: ActivatedJob, work: EntryKind | 'post'): readonly AskedEntry[] {
  const base = optional('key', variables.key) ?? elementInstanceKey
  const { many } = variables
  if (many === undefined || many === null) {
    if (work === 'post') throw invalid('Expected many, a list of entries that each have a kind, found none')
    return [toEntry(variables, work, base)]
  }
  if (!Array.isArray(many)) throw missing('many', many)
  return (many as readonly Json[]).map((one, index) => {
    if (typeof one !== 'object' || one === null || Array.isArray(one)) throw missing(`many[${index + 1}]`, one)
    const entry = one as JsonObject
    const unknown = Object.keys(entry).filter((name) => !ENTRY_VARIABLES.includes(name))
    if (unknown.length > 0) throw invalid(`Expected only ${ENTRY_VARIABLES.join(', ')} in many[${index + 1}], found ${unknown.join(', ')}`)
    const kind = work === 'post' ? kindOf(entry.kind, index) : work
    return toEntry(entry, kind, optional('key', entry.key) ?? `${base}/${index + 1}`)
  })
}

function toEntry(given: Readonly<Record<string, Json>>, kind: EntryKind, key: string): AskedEntry {
  const { amount, enterprise } = given
  const reservation = optional('reservation', given.reservation)
  const note = toText(given.note)?.slice(0, MOST_NOTE)
  const [unit, validFrom, validTo] = ['unit', 'validFrom', 'validTo'].map((name) => optional(name, given[name]))
  return {
    ...{ kind, key },
    ...(amount === undefined ? {} : { amount }),
    ...(reservation === undefined ? {} : { reservation }),
    ...(note ? { note } : {}),
    ...(unit === undefined ? {} : { unit }),
    ...(typeof enterprise === 'string' ? { enterprise } : {}),
    ...(validFrom === undefined ? {} : { validFrom }),
    ...(validTo === undefined ? {} : { validTo }),
  }
}

function kindOf(kind: Json | undefined, index: number): EntryKind {
  const found = ENTRY_KINDS.find((known) => known === kind)
  if (found) return found
  throw invalid(`Expected kind of many[${index + 1}] to be one of ${ENTRY_KINDS.join(', ')}, found ${JSON.stringify(kind) ?? 'none'}`)
}

/** Null counts as given: an expression that found nothing must not mean "all of it" or "any key". */
function optional(name: string, value: Json | undefined): string | undefined {
  if (value === undefined) return undefined
  const text = toText(value)
  if (text === undefined || text === '') throw missing(name, value)
  return text
}

function toText(value: Json | undefined): string | undefined {
  return typeof value === 'number' ? String(value) : typeof value === 'string' ? value : undefined
}

function missing(name: string, found: Json | undefined): LedgerFailure {
  return invalid(
    `Expected an input ${name}, found ${JSON.stringify(found) ?? 'none'}; map it, or leave the mapping out where it is optional`,
  )
}

function invalid(message: string): LedgerFailure {
  return new LedgerFailure('INVALID_ARGUMENT', message)
}
