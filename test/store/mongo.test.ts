import { afterAll, describe } from 'vitest'
import { mongoSkipReason, openTempStore, stopMongoServer } from '../helpers/temp-store.ts'
import { storeContract } from './contract.ts'

const skipReason = await mongoSkipReason()
if (skipReason !== undefined) console.warn(`The MongoDB store is not tested: ${skipReason}`)

describe.skipIf(skipReason !== undefined)('the MongoDB store', () => {
  afterAll(stopMongoServer)
  storeContract(() => openTempStore('mongo'))
})
