import type { SeededChance } from './seeded-chance.ts'

/**
 * `unavailable`: 503 before anything is done. `slow`: done, answered later than the single window waits.
 * `reset`: done, but the connection breaks before the answer: the sender cannot know.
 */
export type Outage = 'unavailable' | 'slow' | 'reset'
const OUTAGES: readonly Outage[] = ['unavailable', 'slow', 'reset']

export function isOutage(word: unknown): word is Outage {
  return OUTAGES.some((outage) => outage === word)
}

/** Decides which tries fail: by seeded chance, and by order (`POST /control/outage`). */
export class OutagePlan {
  readonly #chance: SeededChance
  readonly #rate: number
  readonly #ordered = new Map<string, { outage: Outage; left: number }>()

  constructor(chance: SeededChance, rate: number) {
    this.#chance = chance
    this.#rate = rate
  }

  /** The next `count` tries at the agency fail so. Zero ends an outage early. */
  order(agencyId: string, outage: Outage, count: number): void {
    this.#ordered.set(agencyId, { outage, left: count })
  }

  next(agencyId: string, idempotencyKey: string, attempt: number): Outage | undefined {
    const ordered = this.#ordered.get(agencyId)
    if (ordered && ordered.left > 0) {
      ordered.left--
      return ordered.outage
    }
    if (this.#chance.draw('outage', agencyId, idempotencyKey, attempt) >= this.#rate) return undefined
    const kind = Math.floor(this.#chance.draw('kind', agencyId, idempotencyKey, attempt) * OUTAGES.length)
    return OUTAGES[kind]
  }
}
