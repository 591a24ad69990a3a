import fc from 'fast-check'

/** An entry that is asked for; amounts in cents. */
export interface Wish {
  readonly kind: 'increase' | 'decrease' | 'reserve' | 'release' | 'write-off' | 'call' | 'restore' | 'return' | 'close'
  readonly key: string
  readonly amount?: number
  readonly reservation?: string
}
export interface ModelBalance {
  readonly limit: number
  readonly reserved: number
  readonly used: number
  readonly returned: number
}
export type Outcome = { readonly refused: string } | { readonly balance: ModelBalance }

interface Model extends ModelBalance {
  readonly isClosed: boolean
  readonly reservations: Readonly<Record<string, { readonly left: number; readonly used: number; readonly isOpen: boolean }>>
  readonly made: Readonly<Record<string, { readonly wish: Wish; readonly amount: number; readonly balance: ModelBalance }>>
}
export type LedgerModel = Model

export const newModel = (limit: number): LedgerModel => ({
  ...{ limit, reserved: 0, used: 0, returned: 0 },
  isClosed: false,
  reservations: {},
  made: {},
})
const balanceOf = ({ limit, reserved, used, returned }: ModelBalance): ModelBalance => ({ limit, reserved, used, returned })
const touches = (kind: Wish['kind']) => ['release', 'write-off', 'call', 'restore'].includes(kind)

/** What a ledger must do, written a second time and as plainly as can be: whole cents, no store, no snapshots. */
export function step(model: LedgerModel, wish: Wish): readonly [LedgerModel, Outcome] {
  const { kind, key, reservation } = wish
  const refuse = (refused: string) => [model, { refused }] as const
  const before = model.made[key]
  if (before) {
    const { wish: first, amount, balance } = before
    const id = first.reservation ?? (first.kind === 'reserve' || first.kind === 'write-off' || first.kind === 'call' ? key : undefined)
    const isSame =
      first.kind === kind && (wish.amount ?? amount) === amount && (!(touches(kind) || kind === 'reserve') || (reservation ?? id) === id)
    return isSame ? [model, { balance }] : refuse('LEDGER_KEY_REUSED')
  }
  if (model.isClosed) return refuse('LEDGER_CLOSED')
  const held = model.reservations[reservation ?? key]
  const isOnReservation = touches(kind) && reservation !== undefined
  let { limit, reserved, used, returned } = model
  const reservations = { ...model.reservations }
  let amount = wish.amount ?? 0
  if (kind === 'close') {
    if (Object.values(reservations).some(({ isOpen }) => isOpen)) return refuse('LEDGER_IN_USE')
    amount = 0
  } else if (isOnReservation) {
    if (!held) return refuse('LEDGER_UNKNOWN')
    const most = kind === 'restore' ? held.used : held.left
    if (kind === 'restore' ? most === 0 : !held.isOpen) return refuse('LEDGER_SETTLED')
    amount = wish.amount ?? most
    if (amount > most) return refuse('LEDGER_SHORT')
    if (kind === 'restore') {
      used -= amount
      reservations[reservation] = { ...held, used: held.used - amount }
    } else {
      reserved -= amount
      if (kind !== 'release') used += amount
      const left = held.left - amount
      reservations[reservation] = { left, isOpen: left > 0, used: held.used + (kind === 'release' ? 0 : amount) }
    }
  } else {
    if ((kind === 'reserve' || kind === 'write-off' || kind === 'call') && held) return refuse('LEDGER_RESERVED')
    const available = limit - reserved - used - returned
    if (kind !== 'increase' && amount > available) return refuse('LEDGER_SHORT')
    if (kind === 'increase') limit += amount
    if (kind === 'decrease') limit -= amount
    if (kind === 'return') returned += amount
    if (kind === 'reserve') {
      reserved += amount
      reservations[reservation ?? key] = { left: amount, used: 0, isOpen: true }
    }
    if (kind === 'write-off' || kind === 'call') {
      used += amount
      reservations[key] = { left: 0, used: amount, isOpen: false }
    }
  }
  const balance = { limit, reserved, used, returned }
  const made = { ...model.made, [key]: { wish, amount, balance } }
  return [{ ...balance, isClosed: kind === 'close', reservations, made }, { balance }]
}

/** True when the outcomes and the balance are those of the wishes made one after the other, in some order. */
export function afterSomeOrder(
  model: LedgerModel,
  wishes: readonly Wish[],
  outcomes: readonly Outcome[],
  final: ModelBalance,
): LedgerModel | undefined {
  if (wishes.length === 0) return JSON.stringify(balanceOf(model)) === JSON.stringify(final) ? model : undefined
  for (let first = 0; first < wishes.length; first++) {
    const [next, outcome] = step(model, wishes[first] as Wish)
    if (JSON.stringify(outcome) !== JSON.stringify(outcomes[first])) continue
    const rest = <T>(list: readonly T[]) => list.filter((_, index) => index !== first)
    const found = afterSomeOrder(next, rest(wishes), rest(outcomes), final)
    if (found) return found
  }
  return undefined
}

const id = fc.constantFrom('B1', 'B2', 'B3', 'key-1', 'key-2')
/** Few keys, so that they come again: with the same content and with other content. */
const key = fc.oneof(
  fc.integer({ min: 1, max: 12 }).map((n) => `key-${n}`),
  fc.integer({ min: 100, max: 1_000_000 }).map((n) => `key-${n}`),
)
const amount = fc.oneof(fc.constantFrom(0, 1, 9_901_500), fc.integer({ min: 0, max: 30_000_000 }))

/** Any wish that is well formed. */
export const anyWish: fc.Arbitrary<Wish> = fc.oneof(
  fc.record({ kind: fc.constantFrom('increase', 'decrease', 'return'), key, amount: fc.integer({ min: 0, max: 5_000_000 }) }),
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('reserve' as const), key, amount, reservation: id }) },
  {
    weight: 4,
    arbitrary: fc.record(
      { kind: fc.constantFrom('release', 'write-off', 'call', 'restore'), key, amount, reservation: id },
      { requiredKeys: ['kind', 'key', 'reservation'] },
    ),
  },
  fc.record({ kind: fc.constantFrom('write-off', 'call'), key, amount }),
  fc.record({ kind: fc.constant('close' as const), key }),
) as fc.Arbitrary<Wish>
