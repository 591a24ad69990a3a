import { Duration } from 'luxon'
import type { EpochMs, Json, JsonObject } from '../../kernel/index.ts'
import { caseData, withFeel } from './case-data.ts'
import type {
  CaseAccount,
  CaseAct,
  CaseData,
  CaseMessage,
  CaseReceipt,
  CaseRule,
  CaseSpot,
  CaseView,
  CaseWorld,
  ProcessCase,
  ReadyAct,
} from './contract.ts'

interface QueuedAct {
  readonly at: EpochMs
  readonly act: CaseAct
  readonly spot?: CaseSpot
}
interface UsableRule {
  readonly rule: CaseRule
  used: number
}

/** One case being played: which rules are used up, what is still to be done, and when. */
export class CasePlay {
  readonly played: ProcessCase
  readonly startAt: EpochMs
  readonly sent: string[] = []
  receiptNo: string | undefined
  declaredAt: EpochMs = 0
  private readonly world: CaseWorld
  private readonly zone: string
  private readonly files: (name: string) => JsonObject
  private readonly rules: UsableRule[]
  private queue: QueuedAct[] = []
  /** Spots that a rule has answered, and messages that an agency has taken. */
  private readonly met = new Set<string>()
  private readonly deadFor = new Map<string, number>()
  private variables: JsonObject = {}
  private acts = 0

  constructor(world: CaseWorld, played: ProcessCase, files: (name: string) => JsonObject, zone: string) {
    this.world = world
    this.played = played
    this.files = files
    this.zone = zone
    this.rules = played.script.map((rule) => ({ rule, used: 0 }))
    this.startAt = played.start === undefined ? world.now() : Math.max(Date.parse(played.start), world.now())
  }

  async begin(): Promise<void> {
    for (const act of this.played.before ?? []) await this.carryOut({ at: this.world.now(), act })
    this.declaredAt = this.world.now()
    this.receiptNo = await this.world.declare(this.played, this.data(this.played.declaration))
    for (const usable of this.rules) {
      const { when } = usable.rule
      if ('after' in when) this.use(usable, this.declaredAt + msOf(when.after))
    }
  }

  /** The technical receipt of a message, as the agency of this case gives it. */
  receive({ agencyId, message, idempotencyKey }: CaseMessage): CaseReceipt {
    if (this.met.has(idempotencyKey)) return { kind: 'received', ack: {} }
    const dead = this.deadFor.get(idempotencyKey)
    if (dead !== undefined && dead > 0) {
      this.deadFor.set(idempotencyKey, dead - 1)
      return { kind: 'silent' }
    }
    const usable = this.usable(({ when }) => 'message' in when && (when.message === message || when.message === `${agencyId}/${message}`))
    const acts = usable ? listOf(usable.rule.do) : []
    const silent = dead === undefined ? acts.find((act) => 'silent' in act) : undefined
    if (silent && 'silent' in silent) {
      this.deadFor.set(idempotencyKey, silent.silent === 'any' ? Number.POSITIVE_INFINITY : silent.silent - 1)
      if (silent.silent === 'any' && usable) usable.used++
      return { kind: 'silent' }
    }
    this.met.add(idempotencyKey)
    this.sent.push(`${agencyId}/${message}`)
    if (usable) this.use(usable, this.world.now())
    const refusal = acts.find((act) => 'refuse' in act)
    if (refusal && 'refuse' in refusal) return { kind: 'refused', reason: refusal.refuse }
    const receipt = acts.find((act) => 'acknowledge' in act)
    return { kind: 'received', ack: receipt && 'acknowledge' in receipt ? receipt.acknowledge : {} }
  }

  /** Lets the rules see what is open; what they answer it with is queued. */
  look(view: CaseView): void {
    this.variables = view.variables
    for (const spot of view.tasks) this.meet(spot, ({ when }) => 'task' in when && when.task === spot.elementId)
    for (const spot of view.waiting) this.meet(spot, ({ when }) => 'waits' in when && when.waits === spot.elementId)
  }

  /** Does the first thing that is due; false when nothing is. */
  async doNext(view: CaseView): Promise<boolean> {
    const due = this.queue.find(({ at }) => at <= this.world.now())
    if (!due) return false
    this.queue = this.queue.filter((queued) => queued !== due)
    await this.carryOut(due, view)
    return true
  }
  nextAt(): EpochMs | undefined {
    return this.queue.length === 0 ? undefined : Math.min(...this.queue.map(({ at }) => at))
  }
  /** Rules that nothing called for, for the report of a case that stands still. */
  unused(): string[] {
    return this.rules.filter(({ used, rule }) => used === 0 && rule.times !== 'any').map(({ rule }) => JSON.stringify(rule.when))
  }

  private meet(spot: CaseSpot, matches: (rule: CaseRule) => boolean): void {
    if (this.met.has(spot.key)) return
    const usable = this.usable(matches)
    if (!usable) return
    this.met.add(spot.key)
    this.use(usable, this.world.now(), spot)
  }
  private usable(matches: (rule: CaseRule) => boolean): UsableRule | undefined {
    return this.rules.find(({ rule, used }) => matches(rule) && (rule.times === 'any' || used < (rule.times ?? 1)))
  }
  private use(usable: UsableRule, from: EpochMs, spot?: CaseSpot): void {
    usable.used++
    let at = from
    for (const act of listOf(usable.rule.do)) {
      at += act.after === undefined ? 0 : msOf(act.after)
      this.queue.push({ at, act, ...(spot && { spot }) })
    }
    this.queue.sort((a, b) => a.at - b.at)
  }

  private async carryOut({ act, spot }: QueuedAct, view?: CaseView): Promise<void> {
    const ready = this.ready(act, spot, view)
    for (const one of ready) await this.world.act(this.receiptNo, this.played, one)
  }
  private ready(act: CaseAct, spot: CaseSpot | undefined, view: CaseView | undefined): readonly ReadyAct[] {
    if ('complete' in act) {
      const task = act.task === undefined ? spot : view?.tasks.find(({ elementId }) => elementId === act.task)
      const open = task && view?.tasks.some(({ key }) => key === task.key)
      if (!task || !open)
        throw new Error(
          `Expected an open task ${act.task ?? spot?.elementId}, open are: ${idsOf(view?.tasks)}; waiting: ${idsOf(view?.waiting)}`,
        )
      return [{ kind: 'complete', task, variables: this.feel(act.complete) }]
    }
    if ('publish' in act) {
      const id = act.messageId ?? `${this.played.service}-${this.played.id}-${this.receiptNo ?? 'before'}-${++this.acts}`
      const key = act.key === undefined ? (this.receiptNo ?? '') : String(this.feelOf(act.key))
      const message: ReadyAct = { kind: 'publish', name: act.publish, key, variables: this.feel(act.variables ?? {}), messageId: id }
      return act.twice ? [message, message] : [message]
    }
    if ('notice' in act) {
      const idempotencyKey = `${this.played.id}-notice-${++this.acts}`
      const notice: ReadyAct = { kind: 'notice', notice: act.notice, data: this.feel(act.data), idempotencyKey }
      return act.twice ? [notice, notice] : [notice]
    }
    if ('amend' in act) return [{ kind: 'amend', data: this.data(act.amend) }]
    if ('withdraw' in act) return [{ kind: 'withdraw', reason: act.withdraw }]
    if ('openAccount' in act)
      return [{ kind: 'openAccount', account: this.feel(act.openAccount as unknown as JsonObject) as unknown as CaseAccount }]
    if ('setCredit' in act) return [{ kind: 'setCredit', creditClass: act.setCredit }]
    return []
  }

  private data(spoken: CaseData): JsonObject {
    return caseData(spoken, this.files, this.moment())
  }
  private feel(value: JsonObject): JsonObject {
    return this.feelOf(value) as JsonObject
  }
  private feelOf(value: Json): Json {
    return withFeel(value, this.moment())
  }
  private moment() {
    const { receiptNo = null, variables } = this
    return { now: this.world.now(), zone: this.zone, variables: { ...variables, receiptNo } }
  }
}

function listOf(acts: CaseRule['do']): readonly CaseAct[] {
  return Array.isArray(acts) ? (acts as readonly CaseAct[]) : [acts as CaseAct]
}
function idsOf(spots: readonly CaseSpot[] | undefined): string {
  return spots?.map(({ elementId }) => elementId).join(', ') || 'none'
}

/** Milliseconds of an ISO 8601 duration. @throws Error when it is none. */
export function msOf(text: string): number {
  const duration = Duration.fromISO(text)
  if (!duration.isValid) throw new Error(`Expected an ISO 8601 duration such as PT2H, found ${text}`)
  return duration.toMillis()
}
