import type { AgencyBehavior } from './agency-behavior.ts'
import { AgencyLedger, type FirstAnswer } from './agency-ledger.ts'
import type { AnswerSender } from './answer-sender.ts'
import type { IncomingMessage } from './incoming-message.ts'
import type { SeededChance } from './seeded-chance.ts'

const MINUTE_MS = 60_000

export interface AgencySetting {
  readonly sender: AnswerSender
  readonly chance: SeededChance
  /** Minutes of the real world are divided by it. */
  readonly factor: number
  /** Share of messages that the agency will never take, whatever they say. */
  readonly refusalRate: number
}

/** One agency's system: takes a message once, gives a technical receipt, and answers later. */
export class Agency {
  readonly behavior: AgencyBehavior
  readonly ledger = new AgencyLedger()
  readonly #setting: AgencySetting
  #receipts = 0

  constructor(behavior: AgencyBehavior, setting: AgencySetting) {
    this.behavior = behavior
    this.#setting = setting
  }

  /** The technical receipt. A repeat gets the first one and does nothing. */
  take(message: IncomingMessage): FirstAnswer {
    const first = this.ledger.recogniseRepeat(message)
    if (first) return first
    const { chance, refusalRate } = this.#setting
    const taken = this.behavior.take(message)
    const refusal =
      taken.refusal ?? (chance.draw('refusal', message.idempotencyKey) < refusalRate ? 'Refused by order of the day' : undefined)
    const answer: FirstAnswer = refusal
      ? { status: 422, body: { status: 'refused', reason: refusal } }
      : { status: 200, body: { status: 'received', reference: this.#nextReference() } }
    this.ledger.apply(message, taken.effect ?? `${message.receiptNo} ${message.name} ${message.version}`, answer)
    if (!refusal) for (const [index, due] of taken.answers.entries()) this.#schedule(message, index, due)
    return answer
  }

  #schedule(message: IncomingMessage, index: number, answer: ReturnType<AgencyBehavior['take']>['answers'][number]): void {
    const { chance, factor, sender } = this.#setting
    const minutes = chance.triangular(answer.takesMinutes, 'delay', message.receiptNo, message.name, message.version, answer.name, index)
    sender.schedule({
      agencyId: message.agencyId,
      name: answer.name,
      receiptNo: message.receiptNo,
      messageId: `${answer.name}:${message.idempotencyKey}:${index}`,
      variables: answer.variables(new Date(Date.parse(message.sentAt) + minutes * MINUTE_MS).toISOString()),
      delayMs: (minutes * MINUTE_MS) / factor,
    })
  }

  #nextReference(): string {
    this.#receipts++
    return `${this.behavior.agencyId.toUpperCase()}-${String(this.#receipts).padStart(6, '0')}`
  }
}
