import { afterEach, beforeEach, describe } from 'vitest'
import type { Store } from '../../engine/store/index.ts'
import type { TempStore } from '../helpers/temp-store.ts'
import { definitionContract } from './definition-contract.ts'
import { documentContract } from './document-contract.ts'
import { instanceContract } from './instance-contract.ts'
import { jobContract } from './job-contract.ts'
import { messageContract } from './message-contract.ts'

/** The store under test; a fresh one for each test. */
export interface Bench {
  readonly store: Store
  reopen(): Promise<Store>
}

/** What every store must do, whatever it is made of. */
export function storeContract(openTemp: () => Promise<TempStore>): void {
  let temp: TempStore
  beforeEach(async () => {
    temp = await openTemp()
  })
  afterEach(async () => {
    await temp.remove()
  })
  const bench: Bench = {
    get store() {
      return temp.store
    },
    reopen: () => temp.reopen(),
  }
  describe('instances', () => instanceContract(bench))
  describe('jobs, timers and the outbox', () => jobContract(bench))
  describe('messages', () => messageContract(bench))
  describe('definitions', () => definitionContract(bench))
  describe('documents', () => documentContract(bench))
}
