import { randomUUID } from 'node:crypto'
import type { JsonObject } from '../../engine/kernel/index.ts'
import { type Form, fillIn } from './decision.ts'
import { pause } from './pause.ts'
import type { Answer, RetryingClient } from './retrying-client.ts'
import type { Scenario } from './scenarios.ts'

/** A declaration as the enterprise sees it. */
export interface StatusView {
  readonly receiptNo: string
  readonly version: number
  readonly state: string
  readonly clocks: Readonly<Record<string, string>>
  readonly errors: readonly { readonly item: string; readonly line?: number; readonly rule: string; readonly text: string }[]
  readonly waitingFor: readonly { readonly elementId: string; readonly name: string; readonly since: string }[]
  readonly nextActions: readonly { readonly action: string; readonly elementId: string | null }[]
  readonly documents: readonly { readonly kind: string }[]
  readonly timeline: readonly {
    readonly at: string
    readonly elementId: string
    readonly elementType: string
    readonly name: string
    readonly what: string
  }[]
}

const LOOK_EVERY_MS = 250

/** One enterprise with one declaration, from its POST to its end. */
export class DeclarationRun {
  readonly scenario: Scenario
  readonly number: number
  receiptNo = ''
  status: StatusView | undefined
  elapsedMs = 0
  /** What was asked for and refused; everything this enterprise asks for it was told it may. */
  readonly refusals: string[] = []
  readonly #client: RetryingClient
  readonly #say: (line: string) => void
  readonly #startedAt = Date.now()
  /** One key for each thing asked for, whatever the number of tries. */
  readonly #keys = new Map<string, string>()
  readonly #amended = new Set<number>()
  #withdrawn = false

  constructor(scenario: Scenario, number: number, client: RetryingClient, say: (line: string) => void) {
    this.scenario = scenario
    this.number = number
    this.#client = client
    this.#say = say
  }

  get isUnderWay(): boolean {
    return this.receiptNo !== '' && !this.isEnded
  }

  get isEnded(): boolean {
    return this.status !== undefined && this.status.state !== 'in-progress'
  }

  get isAtRest(): boolean {
    return this.status?.waitingFor.some(({ elementId }) => elementId === this.scenario.restsAt) ?? false
  }

  async run(signal: AbortSignal): Promise<void> {
    const { service, operator, data } = this.scenario
    const receipt = await this.#client.expect<{ receiptNo: string }>({
      method: 'POST',
      path: `/window/v1/services/${service}/declarations`,
      body: { operator, data },
      idempotencyKey: this.#keyOf('submit'),
    })
    this.receiptNo = receipt.receiptNo
    this.#tell(`filed: ${this.scenario.title}`)
    while (!signal.aborted) {
      this.status = await this.#client.get<StatusView>(`/window/v1/declarations/${this.receiptNo}`)
      this.elapsedMs = Date.now() - this.#startedAt
      if (this.isEnded) return this.#tell(`ended: ${this.status.state}`)
      if (this.isAtRest) return this.#tell('left open')
      await this.#act(this.status)
      await pause(LOOK_EVERY_MS, signal)
    }
  }

  async #act(status: StatusView): Promise<void> {
    const may = (action: string) => status.nextActions.some((next) => next.action === action)
    const { withdrawAfter, amended } = this.scenario
    if (withdrawAfter !== undefined && status.clocks[withdrawAfter] !== undefined && may('withdraw') && !this.#withdrawn)
      return this.#withdraw()
    if (may('amend') && amended && status.errors.length > 0 && !this.#amended.has(status.version)) return this.#amend(status, amended)
    if (may('task')) await this.#doTasks()
  }

  async #amend(status: StatusView, data: JsonObject): Promise<void> {
    this.#tell(
      `${status.errors.length} items found wrong: ${status.errors.map((error) => `${error.item}${error.line ? `[${error.line}]` : ''} ${error.rule}`).join(', ')}`,
    )
    const answer = await this.#client.ask({
      method: 'POST',
      path: `/window/v1/declarations/${this.receiptNo}/amendments`,
      body: { data, expectedVersion: status.version },
      idempotencyKey: this.#keyOf(`amend ${status.version}`),
    })
    if (answer.status >= 300) return this.#refused('amendment', answer)
    this.#amended.add(status.version)
    this.#tell(`amended to version ${status.version + 1}`)
  }

  async #withdraw(): Promise<void> {
    const answer = await this.#client.ask({
      method: 'POST',
      path: `/window/v1/declarations/${this.receiptNo}/withdrawal`,
      body: { reason: 'The buyer cancelled the order' },
      idempotencyKey: this.#keyOf('withdraw'),
    })
    if (answer.status >= 300) return this.#refused('withdrawal', answer)
    this.#withdrawn = true
    this.#tell('asked to withdraw')
  }

  async #doTasks(): Promise<void> {
    const path = `/window/v1/declarations/${this.receiptNo}/tasks`
    const { items } = await this.#client.get<{ items: { taskKey: string; name: string; createdAt: string; form: Form | null }[] }>(path)
    for (const task of items) {
      const variables = fillIn(task.form, this.scenario.said?.[task.form?.id ?? ''] ?? {}, {
        name: '陈小明',
        today: task.createdAt.slice(0, 10),
      })
      const answer = await this.#client.ask({ method: 'POST', path: `${path}/${task.taskKey}/completion`, body: { variables } })
      // 409 or 404: an earlier try got through, or the process went on without it.
      if (answer.status < 300) this.#tell(`did "${task.name}": ${variables.decision ?? 'done'}`)
      else if (answer.status !== 409 && answer.status !== 404) this.#refused(`"${task.name}"`, answer)
    }
  }

  #refused(what: string, { status, body }: Answer): void {
    const refusal = `${what} refused: ${status} ${JSON.stringify(body)}`
    this.#tell(refusal)
    // It is asked for again at every look; once is enough to know.
    if (!this.refusals.includes(refusal)) this.refusals.push(refusal)
  }

  #keyOf(what: string): string {
    const key = this.#keys.get(what) ?? randomUUID()
    this.#keys.set(what, key)
    return key
  }

  #tell(line: string): void {
    this.#say(`${this.receiptNo || '(new)'}  ${this.scenario.id}  ${line}`)
  }
}
