import { join } from 'node:path'
import { projectRoot } from '../../../engine/root.ts'
import type { Store } from '../../../engine/store/index.ts'
import { type AskedEntry, type Balance, LedgerFailure, type Ledgers } from '../../../engine/window/ledger/ledger-contract.ts'
import { readLedgers } from '../../../engine/window/ledger/ledger-definitions.ts'
import { openLedgers } from '../../../engine/window/ledger/ledgers.ts'

export const OWNER = '91350200MA2DEM0174'
export const CLERK = { id: 'clerk', kind: 'user' } as const
/** 1 March 2026, 09:00 in Xiamen. */
export const DAY_1 = Date.UTC(2026, 2, 1, 1)
const DAY_MS = 24 * 60 * 60 * 1000

export const definitions = await readLedgers(join(projectRoot(), 'processes'))

/** One account, with entries made by short words. */
export interface LedgerDesk {
  readonly ledgers: Ledgers
  /** Moves the clock to that day, counted from 1. */
  day(day: number): void
  /** The balance after it; a refusal is thrown. */
  enter(kind: AskedEntry['kind'], fields?: Partial<AskedEntry>): Promise<Balance>
  enterAll(entries: readonly (Partial<AskedEntry> & Pick<AskedEntry, 'kind'>)[]): Promise<Balance>
  balance(): Promise<Balance | undefined>
}

export async function openDesk(store: Store, ledger = 'guarantee', account = 'G1'): Promise<LedgerDesk> {
  let now = DAY_1
  let made = 0
  const ledgers = await openLedgers({ store, clock: { now: () => now }, zone: 'Asia/Shanghai', definitions })
  const enterAll: LedgerDesk['enterAll'] = async (entries) => {
    const asked = entries.map((fields): AskedEntry => ({ key: `key-${++made}`, enterprise: OWNER, ...fields }))
    return (await ledgers.post({ ledger, account, entries: asked, actor: CLERK })).balance
  }
  return {
    ledgers,
    day: (day) => {
      now = DAY_1 + (day - 1) * DAY_MS
    },
    enterAll,
    enter: (kind, fields = {}) => enterAll([{ kind, ...fields }]),
    balance: async () => (await ledgers.find(ledger, account))?.balance,
  }
}

/** What a refused posting says. */
export async function refusal(posting: Promise<unknown>): Promise<{ readonly code: string } & LedgerFailure['details']> {
  try {
    await posting
  } catch (error) {
    if (error instanceof LedgerFailure) return { code: error.code, ...error.details }
    throw error
  }
  throw new Error('Expected the posting to be refused')
}
