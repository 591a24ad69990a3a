import type { WindowClient } from './window-client.ts'

/** A business answer on its way to the single window. */
export interface DueAnswer {
  readonly agencyId: string
  readonly name: string
  readonly receiptNo: string
  readonly messageId: string
  readonly variables: Readonly<Record<string, unknown>>
  readonly delayMs: number
}
export interface SenderStats {
  readonly answersSent: number
  readonly answersWaiting: number
  /** Tries that did not get through; each was made again. */
  readonly answersRetried: number
  /** Answers the single window will not have; the agency's people would have to telephone. */
  readonly answersRefused: number
  readonly lastRefusal?: string
}

const FIRST_WAIT_MS = 100
const LONGEST_WAIT_MS = 500

/** Sends answers when they are due and goes on until the single window has each of them: it may be down for hours. */
export class AnswerSender {
  readonly #client: WindowClient
  readonly #timers = new Set<NodeJS.Timeout>()
  readonly #stats = new Map<string, { sent: number; waiting: number; retried: number; refused: number; lastRefusal?: string }>()
  #closed = false

  constructor(client: WindowClient) {
    this.#client = client
  }

  schedule(answer: DueAnswer): void {
    this.#of(answer.agencyId).waiting++
    this.#after(answer.delayMs, () => this.#send(answer, FIRST_WAIT_MS))
  }

  stats(agencyId: string): SenderStats {
    const { sent, waiting, retried, refused, lastRefusal } = this.#of(agencyId)
    return {
      answersSent: sent,
      answersWaiting: waiting,
      answersRetried: retried,
      answersRefused: refused,
      ...(lastRefusal === undefined ? {} : { lastRefusal }),
    }
  }

  close(): void {
    this.#closed = true
    for (const timer of this.#timers) clearTimeout(timer)
  }

  async #send(answer: DueAnswer, waitMs: number): Promise<void> {
    const outcome = await this.#client.publish(answer)
    const stats = this.#of(answer.agencyId)
    if (outcome.kind === 'taken') {
      stats.waiting--
      stats.sent++
    } else if (outcome.kind === 'refused') {
      stats.waiting--
      stats.refused++
      stats.lastRefusal = `${answer.name} of ${answer.receiptNo}: ${outcome.reason}`
    } else {
      stats.retried++
      this.#after(waitMs, () => this.#send(answer, Math.min(waitMs * 2, LONGEST_WAIT_MS)))
    }
  }

  #after(ms: number, then: () => Promise<void>): void {
    if (this.#closed) return
    const timer = setTimeout(() => {
      this.#timers.delete(timer)
      void then()
    }, ms)
    this.#timers.add(timer)
  }

  #of(agencyId: string) {
    const found = this.#stats.get(agencyId) ?? { sent: 0, waiting: 0, retried: 0, refused: 0 }
    this.#stats.set(agencyId, found)
    return found
  }
}
