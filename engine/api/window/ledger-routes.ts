import type { Api, ApiParts } from '../api-parts.ts'
import { addLedgerReading } from '../ledger-reading.ts'

/** An enterprise sees its own accounts. */
export function addOwnLedgerRoutes(app: Api, parts: ApiParts): void {
  addLedgerReading(app, parts, {
    guard: 'window.ledger.read',
    // Nobody's accounts, when the account of the person names no enterprise.
    enterpriseOf: ({ enterprise }) => enterprise ?? '',
    agencyOf: () => undefined,
  })
}
