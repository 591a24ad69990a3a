import { describe } from 'vitest'
import { openTempStore } from '../../helpers/temp-store.ts'
import { ledgerContract } from './ledger-contract.ts'

describe('ledgers on SQLite', () => {
  ledgerContract(() => openTempStore('sqlite'), 40)
})
