import { Decimal } from 'decimal.js'
import { LedgerFailure } from './ledger-contract.ts'

/** Sums of ledgers are exact far beyond any limit that is granted. */
export const Exact = Decimal.clone({ precision: 60, toExpNeg: -60, toExpPos: 60 })
export type Exact = Decimal

const MOST_DIGITS = 18
const DECIMAL = /^\d+(\.\d+)?$/

/** @throws LedgerFailure `INVALID_ARGUMENT` when it is no amount of that unit. */
export function parseAmount(value: unknown, unit: string, scale: number): Exact {
  const text = typeof value === 'number' && Number.isFinite(value) ? new Exact(value).toFixed() : value
  if (typeof text !== 'string' || !DECIMAL.test(text)) {
    throw new LedgerFailure(
      'INVALID_ARGUMENT',
      `Expected an amount as a decimal that is not negative ("99015.00"), found ${JSON.stringify(value) ?? 'none'}`,
    )
  }
  const amount = new Exact(text)
  if (amount.decimalPlaces() > scale) {
    throw new LedgerFailure(
      'INVALID_ARGUMENT',
      `Expected an amount of at most ${scale} decimals, for that is what ${unit} has, found ${text}; round it in the model`,
    )
  }
  if (amount.gte(new Exact(10).pow(MOST_DIGITS))) {
    throw new LedgerFailure('INVALID_ARGUMENT', `Expected an amount below 10^${MOST_DIGITS}, found ${text}`)
  }
  return amount
}
