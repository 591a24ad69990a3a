import { afterAll, describe } from 'vitest'
import { mongoSkipReason, openTempStore, stopMongoServer } from '../../helpers/temp-store.ts'
import { ledgerContract } from './ledger-contract.ts'

const skipReason = await mongoSkipReason()
if (skipReason !== undefined) console.warn(`Ledgers on MongoDB are not tested: ${skipReason}`)

describe.skipIf(skipReason !== undefined)('ledgers on MongoDB', () => {
  afterAll(stopMongoServer)
  ledgerContract(() => openTempStore('mongo'), 20)
})
