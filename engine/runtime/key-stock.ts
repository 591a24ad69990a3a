import { instanceKeyOf, type ProcessInstanceKey } from '../kernel/index.ts'
import type { Store } from '../store/index.ts'
import { FetchFirst } from './fetch-first.ts'

const BLOCK_SIZE = 2_000

/** Instance keys leased from the store in blocks, so that taking one costs no write. Unused ones of a stopped node are lost on purpose. */
export class KeyStock {
  private readonly store: Store
  private next = 0
  private end = 0
  /** A block that was fetched before the current one ran out. */
  private reserve: { readonly from: number; readonly to: number } | undefined
  private refill: Promise<void> | undefined

  constructor(store: Store) {
    this.store = store
  }

  async take(): Promise<ProcessInstanceKey> {
    while (!this.advance()) await this.fetchBlock()
    return instanceKeyOf(this.next++)
  }

  /** For the kernel, which cannot wait. @throws FetchFirst */
  takeNow(): ProcessInstanceKey {
    if (!this.advance()) throw new FetchFirst('A block of keys', () => this.fetchBlock())
    return instanceKeyOf(this.next++)
  }

  private advance(): boolean {
    if (this.next >= this.end && this.reserve) {
      this.next = this.reserve.from
      this.end = this.reserve.to
      this.reserve = undefined
    }
    // A failed early fetch is no harm: the next taker that finds the stock empty fetches again and sees the error.
    if (this.end - this.next < BLOCK_SIZE / 2 && !this.reserve && this.next < this.end) this.fetchBlock().catch(() => undefined)
    return this.next < this.end
  }

  private fetchBlock(): Promise<void> {
    this.refill ??= this.store
      .leaseKeys(BLOCK_SIZE)
      .then((from) => {
        this.reserve = { from, to: from + BLOCK_SIZE }
      })
      .finally(() => {
        this.refill = undefined
      })
    return this.refill
  }
}
