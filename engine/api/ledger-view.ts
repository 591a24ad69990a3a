import { Type } from 'typebox'
import type { AccountState, Ledgers, Posting } from '../window/index.ts'
import type { LedgerAccountView, LedgerPostingView } from './contract.ts'
import { isoTime } from './iso-time.ts'
import type { Language } from './language.ts'
import { closed, nullable, Time } from './schema.ts'

const Amount = Type.String({ description: 'Decimal with the scale of the unit' })
export const BalanceSchema = Type.Object(
  { limit: Amount, reserved: Amount, used: Amount, returned: Amount, available: Amount },
  { title: 'LedgerBalance', description: 'available = limit − reserved − used − returned' },
)
export const LedgerAccountSchema = Type.Object(
  {
    ledger: Type.String(),
    ledgerName: Type.String(),
    account: Type.String(),
    enterprise: nullable(Type.String()),
    unit: Type.String(),
    validFrom: Type.String(),
    validTo: nullable(Type.String()),
    status: Type.Enum(['open', 'closed']),
    expired: Type.Boolean(),
    openedAt: Time,
    balance: BalanceSchema,
    use: Type.Number({ description: 'Share of what was granted that is reserved or used' }),
    warn: Type.Boolean(),
    reservations: Type.Array(Type.Object({ reservation: Type.String(), amount: Amount, left: Amount, used: Amount })),
  },
  { title: 'LedgerAccount' },
)
export const LedgerPostingSchema = Type.Object(
  {
    postingId: Type.String(),
    sequence: Type.Integer(),
    at: Time,
    by: Type.String(),
    receiptNo: nullable(Type.String()),
    operator: nullable(Type.String()),
    entries: Type.Array(
      Type.Object({
        entryId: Type.String(),
        kind: Type.String(),
        amount: Amount,
        key: Type.String(),
        reservation: nullable(Type.String()),
        note: nullable(Type.String()),
      }),
    ),
    balance: BalanceSchema,
  },
  { title: 'LedgerPosting', description: 'Entries that were made at once, and the balance after them' },
)
export const AccountParams = closed({
  ledger: Type.String({ minLength: 1, maxLength: 40 }),
  account: Type.String({ minLength: 1, maxLength: 100 }),
})

interface ViewOptions {
  readonly ledgers: Ledgers
  readonly language: Language
  readonly zone: string
}

export function accountView(state: AccountState, { ledgers, language, zone }: ViewOptions): LedgerAccountView {
  const { ledger, account, enterprise, unit, validFrom, validTo, status, openedAt, balance } = state
  return {
    ledger,
    ledgerName: ledgers.definitions.ledgers.get(ledger)?.name[language] ?? ledger,
    ...{ account, enterprise, unit, validFrom, validTo, status },
    expired: ledgers.isExpired(state),
    openedAt: isoTime(openedAt, zone),
    balance,
    ...ledgers.useOf(ledger, balance),
    reservations: Object.entries(state.reservations).map(([reservation, { amount, left, used }]) => ({ reservation, amount, left, used })),
  }
}

export function postingView(posting: Posting, zone: string): LedgerPostingView {
  const { postingId, sequence, at, actor, receiptNo = null, operator = null, entries, balance } = posting
  return {
    ...{ postingId, sequence, at: isoTime(at, zone), by: actor.id, receiptNo, operator, balance },
    entries: entries.map(({ entryId, kind, amount, key, reservation = null, note = null }) => {
      return { entryId, kind, amount, key, reservation, note }
    }),
  }
}
