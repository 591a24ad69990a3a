import type { JsonObject } from '../../kernel/index.ts'
import { type Engine, openEngine, type PinnedClock, PUBLIC_CALENDAR, pinnedClock } from '../../runtime/index.ts'
import { openStore, type Store } from '../../store/index.ts'
import type { CaseMessage, CaseReceipt, CaseWorld, ProcessCase, ReadyAct } from '../../verify/index.ts'
import { type CaseTree, type Forms, type GuardedAnswer, type OutsidePoster, openWindow, type SingleWindow } from '../../window/index.ts'
import { checkAgainstForm, officerFormView } from '../officer-form.ts'
import { completedIn, instancesIn, lastVariables, openedEnds, rulesIn, viewOf } from './case-view.ts'

const OUTSIDE = { id: 'outside', kind: 'apiKey' } as const
const DECLARANT = { id: 'declarant', kind: 'user' } as const
const TENANT = '<default>'
const WEEK_MS = 7 * 24 * 3_600_000
const SECRET = 'a secret of the trial world'
/** Nobody is asked there: the trial's own poster answers. */
const NOWHERE = 'https://agency.invalid'

export interface TrialOptions {
  /** Folder of its own for the store; deleted by whoever made it. */
  readonly dataDir: string
  readonly processesFolder: string
  readonly forms: Forms
  /** Epoch ms at which the trial's clock stands first. */
  readonly from: number
  readonly zone: string
}

/** A window of its own, on a store and a clock of its own, for which nothing is real: no agency, no enterprise, no time. */
export class TrialWorld implements CaseWorld {
  readonly #engine: Engine
  readonly #store: Store
  readonly #window: SingleWindow
  readonly #clock: PinnedClock
  readonly #zone: string
  readonly #agencies: Agencies

  private constructor(parts: {
    readonly engine: Engine
    readonly store: Store
    readonly window: SingleWindow
    readonly clock: PinnedClock
    readonly zone: string
    readonly agencies: Agencies
  }) {
    this.#engine = parts.engine
    this.#store = parts.store
    this.#window = parts.window
    this.#clock = parts.clock
    this.#zone = parts.zone
    this.#agencies = parts.agencies
  }

  static async open({ dataDir, processesFolder, forms, from, zone }: TrialOptions): Promise<TrialWorld> {
    const log = () => undefined
    const clock = pinnedClock(from)
    const store = await openStore({ dataDir })
    const engine = await openEngine({ store, clock, zone, calendar: PUBLIC_CALENDAR, log })
    const agencies = new Agencies()
    const window = await openWindow({ engine, store, forms, log, zone, processesFolder, agencyPoster: agencies })
    for (const agency of await window.agencies()) {
      const transport = { kind: 'http', url: `${NOWHERE}/${agency.agencyId}`, secret: SECRET } as const
      await window.putAgency({ ...agency, transport })
    }
    return new TrialWorld({ engine, store, window, clock, zone, agencies })
  }

  async close(): Promise<void> {
    await this.#window.close()
    await this.#engine.close()
    await this.#store.close()
  }

  now(): number {
    return this.#clock.now()
  }
  settled(): Promise<void> {
    return settled(this.#store, this.#clock, this.#engine)
  }
  async advanceTo(at: number): Promise<void> {
    this.#clock.pin(Math.max(at, this.#clock.now()))
    await this.settled()
  }
  async nextDue(): Promise<number | undefined> {
    const store = this.#store
    const failed = await store.search('job', { filter: { state: 'FAILED' }, sort: [{ field: 'availableAt', order: 'asc' }], limit: 1 })
    const moments = [await store.nextTimerAt(), await store.nextOutboxAt(), failed.items[0]?.availableAt].filter((at) => at !== undefined)
    return moments.length === 0 ? undefined : Math.min(...moments)
  }

  async declare(played: ProcessCase, data: JsonObject): Promise<string> {
    const { service, enterprise, operator } = played
    if (played.credit !== undefined) await this.#window.setCredit(enterprise, played.credit, OUTSIDE)
    const idempotencyKey = `${service}-${played.id}`
    return (await this.#window.submit({ service, enterprise, operator, data, idempotencyKey, actor: DECLARANT })).receiptNo
  }
  async view(receiptNo: string) {
    return viewOf(await this.#tree(receiptNo))
  }
  async act(receiptNo: string | undefined, played: ProcessCase, act: ReadyAct): Promise<void> {
    await this.#carryOut(receiptNo ?? '', played, act)
    await this.settled()
  }
  async record(receiptNo: string, played: ProcessCase) {
    const tree = await this.#tree(receiptNo)
    const all = await Promise.all(instancesIn(tree).map(({ processInstanceKey }) => this.#engine.getHistory(processInstanceKey)))
    const status = await this.#window.status(receiptNo)
    return {
      completed: completedIn(all.flat()),
      documents: (status?.documents ?? []).map(({ kind }) => kind),
      variables: lastVariables(all[0] ?? []),
      errors: rulesIn(all.flat()),
      opened: openedEnds(tree),
      accounts: await this.#accounts(played.expect.accounts ?? []),
    }
  }
  onChange(listener: (processInstanceKey: string) => void): void {
    this.#engine.onCommitted((entry) => listener(entry.processInstanceKey))
  }
  onMessage(answer: (message: CaseMessage) => Promise<CaseReceipt>): void {
    this.#agencies.answer = async (message) => answer({ ...message, receiptNo: await this.#rootOf(message.receiptNo) })
  }

  async #tree(receiptNo: string): Promise<CaseTree> {
    const tree = await this.#window.caseTree(receiptNo)
    if (!tree) throw new Error(`Expected a declaration ${receiptNo}`)
    return tree
  }
  async #rootOf(receiptNo: string): Promise<string> {
    const opener = (await this.#window.find(receiptNo))?.body.openedBy
    return opener === undefined ? receiptNo : this.#rootOf(opener)
  }

  async #carryOut(receiptNo: string, played: ProcessCase, act: ReadyAct): Promise<void> {
    const window = this.#window
    switch (act.kind) {
      case 'publish':
        return this.#publish(act)
      case 'complete':
        return this.#complete(receiptNo, act.task.key, act.variables)
      case 'amend': {
        const version = (await window.status(receiptNo))?.version ?? 0
        const idempotencyKey = `${receiptNo}-amends-${version}`
        await window.amend(receiptNo, { data: act.data, expectedVersion: version, idempotencyKey, actor: DECLARANT })
        return
      }
      case 'notice':
        await window.giveNotice(receiptNo, act.notice, { data: act.data, idempotencyKey: act.idempotencyKey, actor: DECLARANT })
        return
      case 'withdraw':
        return window.withdraw(receiptNo, { reason: act.reason, idempotencyKey: `${receiptNo}-withdraws`, actor: DECLARANT })
      case 'setCredit':
        return window.setCredit(played.enterprise, act.creditClass, OUTSIDE)
      case 'openAccount': {
        const { ledger, account, ...terms } = act.account
        const entry = { kind: 'open', key: `open/${account}`, enterprise: played.enterprise, ...terms } as const
        await window.ledgers.post({ ledger, account, entries: [entry], actor: OUTSIDE })
        return
      }
    }
  }

  async #publish({ name, key: correlationKey, variables, messageId }: ReadyAct & { kind: 'publish' }): Promise<void> {
    try {
      await this.#engine.publishMessage({ name, correlationKey, variables, messageId, timeToLiveMs: WEEK_MS, tenantId: TENANT }, OUTSIDE)
    } catch (error) {
      if ((error as { code?: string }).code !== 'ALREADY_EXISTS') throw error
    }
  }

  /** As the desk does: the answer must fit the task's form. */
  async #complete(receiptNo: string, taskKey: string, variables: JsonObject): Promise<void> {
    const task = await this.#store.find('userTask', taskKey)
    if (!task) throw new Error(`Expected a task ${taskKey}`)
    const reference = task.externalFormReference
    const form = reference === undefined ? undefined : this.#window.forms.officerForm(reference)
    if (form) checkAgainstForm(officerFormView(form, 'en'), variables, { now: this.now(), zone: this.#zone })
    if (task.candidateGroups.includes('enterprise') && task.businessKey === receiptNo)
      return this.#window.completeTask(receiptNo, taskKey, variables, DECLARANT)
    return this.#engine.completeUserTask(taskKey, variables, { id: task.candidateGroups[0] ?? 'officer', kind: 'user' })
  }

  /** Those of the accounts a case speaks of that there are, with their balances. */
  async #accounts(spoken: readonly JsonObject[]): Promise<readonly JsonObject[]> {
    const found = await Promise.all(spoken.map(({ ledger, account }) => this.#window.ledgers.find(String(ledger), String(account))))
    return found.flatMap((state) => {
      if (!state) return []
      const { ledger, account, unit, status, enterprise, validTo, balance } = state
      return [{ ledger, account, unit, status, enterprise, validTo, ...balance }]
    })
  }
}

/** Every agency: what is posted to one of them never leaves the house. */
class Agencies implements OutsidePoster {
  answer: (message: CaseMessage) => Promise<CaseReceipt> = async () => ({ kind: 'received', ack: {} })

  async post({ url, headers }: Parameters<OutsidePoster['post']>[0]): Promise<GuardedAnswer> {
    const given = new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
    const receipt = await this.answer({
      receiptNo: given.get('x-window-receipt') ?? '',
      agencyId: new URL(url).pathname.slice(1),
      message: given.get('x-window-message') ?? '',
      idempotencyKey: given.get('idempotency-key') ?? '',
    })
    const [status, body] =
      receipt.kind === 'received'
        ? [200, { status: 'received', ...receipt.ack }]
        : receipt.kind === 'refused'
          ? [422, { status: 'refused', reason: receipt.reason }]
          : [503, { status: 'silent' }]
    return { status, body: JSON.stringify(body) }
  }
  async close(): Promise<void> {
    // Nothing is open.
  }
}

const BUSY_GAUGES = ['commands.pending', 'jobs.inFlight', 'jobs.looking', 'timers.firing', 'outbox.active']
const MOST_TURNS = 100_000

/** Waits until neither timers nor outbox rows are due and no command is under way. */
async function settled(store: Store, clock: PinnedClock, engine: Engine): Promise<void> {
  for (let quiet = 0, turns = 0; quiet < 3; turns++) {
    if (turns > MOST_TURNS) throw new Error(`Expected the trial to come to rest, but it goes on: ${JSON.stringify(engine.metrics())}`)
    const [outbox, timers] = await Promise.all([store.dueOutbox(clock.now(), 10), store.dueTimers(clock.now(), 10)])
    const metrics = engine.metrics()
    const isBusy = outbox.length > 0 || timers.length > 0 || BUSY_GAUGES.some((gauge) => (metrics[gauge] ?? 0) > 0)
    quiet = isBusy ? 0 : quiet + 1
    await new Promise((resolve) => setTimeout(resolve, isBusy ? 1 : 0))
  }
}
