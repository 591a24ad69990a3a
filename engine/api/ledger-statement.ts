import { Readable } from 'node:stream'
import { stringify } from 'csv-stringify/sync'
import type { AccountState, Ledgers } from '../window/index.ts'
import { isoTime } from './iso-time.ts'

const COLUMNS = [
  ...['sequence', 'at', 'kind', 'amount', 'unit', 'reservation', 'key', 'receiptNo', 'operator', 'by', 'note'],
  ...['limit', 'reserved', 'used', 'returned', 'available'],
]
const PAGE = 500

/**
 * Every entry of an account as CSV, page by page, with the balance after its posting. Spreadsheets take a text that begins
 * like a formula for one, so those get a quote before them.
 */
export function ledgerStatement(ledgers: Ledgers, { ledger, account, unit }: AccountState, zone: string): Readable {
  async function* lines(): AsyncGenerator<string> {
    yield stringify([COLUMNS], { bom: true })
    for (let after = 0; ; ) {
      const page = await ledgers.postings(ledger, account, after, PAGE)
      const rows = page.flatMap(({ sequence, at, actor, receiptNo, operator, entries, balance }) =>
        entries.map(({ kind, amount, key, reservation, note }) => [
          ...[sequence, isoTime(at, zone), kind, amount, unit, reservation, key, receiptNo, operator, actor.id, note],
          ...[balance.limit, balance.reserved, balance.used, balance.returned, balance.available],
        ]),
      )
      yield stringify(rows, { escape_formulas: true })
      if (page.length < PAGE) return
      after = page.at(-1)?.sequence ?? after
    }
  }
  return Readable.from(lines())
}
