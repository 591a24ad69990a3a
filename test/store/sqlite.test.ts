import { describe } from 'vitest'
import { openTempStore } from '../helpers/temp-store.ts'
import { storeContract } from './contract.ts'

describe('the SQLite store', () => {
  storeContract(() => openTempStore('sqlite'))
})
