import type { IncomingMessage } from './incoming-message.ts'

/** What is told of one agency under `GET /stats`. */
export interface AgencyStats {
  /** Messages that reached the agency's system, repeats included. */
  readonly messages: number
  /** Repeats recognised by their key: answered with the first answer, nothing done. */
  readonly duplicatesRecognised: number
  /** Business effects. */
  readonly applied: number
  /** The same business effect asked for under two keys: the fault a single window must never make. */
  readonly appliedTwice: number
  readonly byMessage: Readonly<Record<string, number>>
  readonly outages: number
  readonly badSignatures: number
  readonly refused: number
}

/** An agency's memory of what it was sent, for the life of the program. */
export class AgencyLedger {
  #messages = 0
  #duplicates = 0
  #appliedTwice = 0
  #outages = 0
  #badSignatures = 0
  #refused = 0
  readonly #answers = new Map<string, FirstAnswer>()
  readonly #effects = new Map<string, string>()
  readonly #attempts = new Map<string, number>()
  readonly #byMessage = new Map<string, number>()

  /** Counts a try, also one that an outage swallows; 1 for the first. */
  countAttempt(idempotencyKey: string): number {
    const attempt = (this.#attempts.get(idempotencyKey) ?? 0) + 1
    this.#attempts.set(idempotencyKey, attempt)
    return attempt
  }

  countOutage(): void {
    this.#outages++
  }

  countBadSignature(): void {
    this.#badSignatures++
  }

  /** The first answer when the message is a repeat. */
  recogniseRepeat(message: IncomingMessage): FirstAnswer | undefined {
    this.#messages++
    this.#byMessage.set(message.name, (this.#byMessage.get(message.name) ?? 0) + 1)
    const first = this.#answers.get(message.idempotencyKey)
    if (first) this.#duplicates++
    return first
  }

  /** Remembers what a new message did. `effect` names the business effect; two keys for one effect are a fault. */
  apply(message: IncomingMessage, effect: string, answer: FirstAnswer): void {
    this.#answers.set(message.idempotencyKey, answer)
    if (answer.status >= 400) {
      this.#refused++
      return
    }
    if (this.#effects.has(effect)) this.#appliedTwice++
    else this.#effects.set(effect, message.idempotencyKey)
  }

  stats(): AgencyStats {
    return {
      messages: this.#messages,
      duplicatesRecognised: this.#duplicates,
      applied: this.#effects.size,
      appliedTwice: this.#appliedTwice,
      byMessage: Object.fromEntries([...this.#byMessage].sort(([a], [b]) => a.localeCompare(b))),
      outages: this.#outages,
      badSignatures: this.#badSignatures,
      refused: this.#refused,
    }
  }
}

/** The technical receipt (or refusal) that a message got, and gets again when it is repeated. */
export interface FirstAnswer {
  readonly status: number
  readonly body: Readonly<Record<string, unknown>>
}
