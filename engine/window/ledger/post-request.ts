import { LedgerFailure, type PostRequest } from './ledger-contract.ts'

const ACCOUNT_ID = /^[\p{L}\p{N}][\p{L}\p{N}._:-]{0,99}$/u
const NAME = /^[^\p{Cc}\p{Cs}]{1,200}$/u
const DAY = /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/
const ENTERPRISE = /^[0-9A-Z]{18}$/
/** Entries in one posting: what a consolidated declaration groups, many times over. */
const MOST_ENTRIES = 1_000

/** @throws LedgerFailure `INVALID_ARGUMENT` naming what is not of its form. */
export function expectPostRequest({ account, entries }: PostRequest): void {
  expect(ACCOUNT_ID.test(account), 'account to be an id of letters, digits and . _ : - (up to 100)', account)
  expect(entries.length > 0 && entries.length <= MOST_ENTRIES, `1 to ${MOST_ENTRIES} entries in many`, entries.length)
  for (const { key, reservation, enterprise, validFrom, validTo } of entries) {
    expect(NAME.test(key), 'key to be a text of 1 to 200 characters', key)
    expect(reservation === undefined || NAME.test(reservation), 'reservation to be a text of 1 to 200 characters', reservation)
    expect(!enterprise || ENTERPRISE.test(enterprise), 'enterprise to be a USCC of 18 characters', enterprise)
    for (const day of [validFrom, validTo]) expect(day === undefined || DAY.test(day), 'a day like 2026-12-31', day)
  }
}

function expect(holds: boolean, expected: string, found: unknown): void {
  if (!holds) throw new LedgerFailure('INVALID_ARGUMENT', `Expected ${expected}, found ${JSON.stringify(found)}`)
}
