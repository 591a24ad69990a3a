import { LRUCache } from 'lru-cache'
import type { EpochMs } from '../kernel/index.ts'
import { AccessFailure } from './contract.ts'
import { lockedUntil } from './lock-out.ts'

const REMEMBERED = 10_000
const WINDOW_MS = 60_000

/**
 * Slows guessing that no account's own lock can see: names that do not exist, and one address that tries many names or
 * tokens. Kept in memory, per node: it guards cost and noise; the locks of accounts are durable.
 */
export class AttemptGuard {
  readonly #now: () => EpochMs
  readonly #failuresPerMinute: number
  readonly #unknownNames = new LRUCache<string, { failures: number; until: EpochMs }>({ max: REMEMBERED })
  readonly #addresses = new LRUCache<string, { failures: number; since: EpochMs }>({ max: REMEMBERED })

  constructor(now: () => EpochMs, failuresPerMinute: number) {
    this.#now = now
    this.#failuresPerMinute = failuresPerMinute
  }

  /** @throws AccessFailure `TOO_MANY_ATTEMPTS` when the address failed too often within the last minute. */
  checkAddress(address: string): void {
    const seen = this.#addresses.get(address)
    if (!seen) return
    const left = seen.since + WINDOW_MS - this.#now()
    if (left <= 0) this.#addresses.delete(address)
    else if (seen.failures >= this.#failuresPerMinute) {
      throw new AccessFailure(
        'TOO_MANY_ATTEMPTS',
        `Expected at most ${this.#failuresPerMinute} failed sign-ins a minute from one address; wait a minute`,
        left,
      )
    }
  }
  addressFailed(address: string): void {
    const seen = this.#addresses.get(address)
    if (seen && seen.since + WINDOW_MS > this.#now()) seen.failures += 1
    else this.#addresses.set(address, { failures: 1, since: this.#now() })
  }

  /** Until when an unknown name is locked, exactly as an account of that name would be. */
  unknownNameLockedUntil(name: string): EpochMs {
    return this.#unknownNames.get(name)?.until ?? 0
  }
  unknownNameFailed(name: string): void {
    const failures = (this.#unknownNames.get(name)?.failures ?? 0) + 1
    this.#unknownNames.set(name, { failures, until: lockedUntil(failures, this.#now()) })
  }
}
