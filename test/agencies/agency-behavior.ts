import type { IncomingMessage } from './incoming-message.ts'
import type { Triangle } from './seeded-chance.ts'

/** How an agency does its own business. What it knows is the message and its own registers; nothing of the engine. */
export interface AgencyBehavior {
  readonly agencyId: string
  /** `http`: messages are pushed to it. `worker`: it pulls them, from behind its firewall. */
  readonly transport: 'http' | 'worker'
  take(message: IncomingMessage): Taken
}

export interface Taken {
  /** What the message makes the agency do, once: the message and the version it speaks of, unless the agency knows better. */
  readonly effect?: string
  /** Set when the agency will not have the message, however often it is sent. */
  readonly refusal?: string
  /** Business answers, given later in their own time. */
  readonly answers: readonly BusinessAnswer[]
}

export interface BusinessAnswer {
  /** Message name at the single window; starts with the agency's id. */
  readonly name: string
  readonly takesMinutes: Triangle
  /** What is said; `occurredAt` is when it came to pass, ISO 8601, by the single window's clock. */
  variables(occurredAt: string): Readonly<Record<string, unknown>>
}

export const NOTHING_TO_ANSWER: Taken = { answers: [] }
