import type { Api, ApiParts } from '../api-parts.ts'
import { addLedgerReading } from '../ledger-reading.ts'

/** An officer sees the accounts of the ledgers that his agency keeps. */
export function addAgencyLedgerRoutes(app: Api, parts: ApiParts): void {
  addLedgerReading(app, parts, {
    guard: 'desk.ledger.read',
    enterpriseOf: () => undefined,
    agencyOf: ({ agency }) => agency ?? '',
  })
}
