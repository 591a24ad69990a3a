import type { JsonObject } from '../../engine/kernel/index.ts'
import type { HistoryEntry } from '../../engine/store/index.ts'
import type { CaseMessage, CaseReceipt, CaseWorld, ProcessCase, ReadyAct } from '../../engine/verify/cases/index.ts'
import type { CaseTree } from '../../engine/window/index.ts'
import { type Inbox, openInbox } from '../helpers/case-inbox.ts'
import { completedIn, instancesIn, lastVariables, openedEnds, openedIn, rulesIn, viewOf } from '../helpers/case-view.ts'
import { type DemoAccount, newSecret } from './accounts.ts'
import type { Ask, RetryingClient } from './retrying-client.ts'

const WEEK_MS = 7 * 24 * 3_600_000
const LOOK_EVERY_MS = 5

interface Workload {
  readonly busy: number
  readonly nextDueAt: string | null
  readonly cursor: number
  readonly changed: readonly string[] | null
}

/** A server over HTTP whose clock stands still unless it is moved; everyone acts through the door that is his. */
export class HttpWorld implements CaseWorld {
  private readonly inbox: Inbox
  private readonly accounts: readonly DemoAccount[]
  private readonly clientOf: (account: DemoAccount) => RetryingClient
  private at: number
  private cursor = 0
  private readonly seen = new Set<string>()
  private listener: (processInstanceKey: string) => void = () => undefined
  private dueAt: number | undefined
  private readonly rootOf = new Map<string, string>()
  private readonly trees = new Map<string, CaseTree>()

  private constructor(inbox: Inbox, accounts: readonly DemoAccount[], clientOf: (account: DemoAccount) => RetryingClient, at: number) {
    this.inbox = inbox
    this.accounts = accounts
    this.clientOf = clientOf
    this.at = at
  }

  static async open(accounts: readonly DemoAccount[], clientOf: (account: DemoAccount) => RetryingClient, at: number): Promise<HttpWorld> {
    const inbox = await openInbox()
    const world = new HttpWorld(inbox, accounts, clientOf, at)
    const { items } = await world.operator.get<{ items: readonly (JsonObject & { agencyId: string })[] }>('/ops/v1/agencies')
    for (const { agencyId, name, validFrom, validTo } of items) {
      const transport = { kind: 'http', url: `${inbox.url}/${agencyId}`, secret: newSecret() }
      await world.operator.expect({ method: 'PUT', path: `/ops/v1/agencies/${agencyId}`, body: { name, validFrom, validTo, transport } })
    }
    return world
  }

  now(): number {
    return this.at
  }

  async settled(): Promise<void> {
    for (let quiet = 0; quiet < 2; ) {
      const { busy, nextDueAt, cursor, changed } = await this.operator.get<Workload>(`/ops/v1/workload?since=${this.cursor}`)
      this.cursor = cursor
      for (const key of changed ?? this.seen) this.listener(key)
      quiet = busy === 0 ? quiet + 1 : 0
      this.dueAt = nextDueAt === null ? undefined : Date.parse(nextDueAt)
      if (busy > 0) await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS))
    }
  }

  onChange(listener: (processInstanceKey: string) => void): void {
    this.listener = listener
  }

  async advanceTo(at: number): Promise<void> {
    await this.operator.expect({ method: 'PUT', path: '/v2/clock', body: { timestamp: at } })
    this.at = at
    await this.settled()
  }

  async nextDue(): Promise<number | undefined> {
    return this.dueAt
  }

  async declare(played: ProcessCase, data: JsonObject): Promise<string> {
    const { service, enterprise, operator, credit } = played
    if (credit !== undefined) await this.setCredit(enterprise, credit)
    const { receiptNo } = await this.enterprise(enterprise).expect<{ receiptNo: string }>({
      method: 'POST',
      path: `/window/v1/services/${service}/declarations`,
      body: { operator, data },
      idempotencyKey: `${service}-${played.id}`,
    })
    this.rootOf.set(receiptNo, receiptNo)
    return receiptNo
  }

  async view(receiptNo: string) {
    const tree = await this.tree(receiptNo)
    this.trees.set(receiptNo, tree)
    for (const opened of openedIn(tree)) this.rootOf.set(opened.receiptNo, receiptNo)
    const view = viewOf(tree)
    for (const key of view.instances) this.seen.add(key)
    return view
  }

  async act(receiptNo = '', played: ProcessCase, act: ReadyAct): Promise<void> {
    const own = `/window/v1/declarations/${receiptNo}`
    const enterprise = this.enterprise(played.enterprise)
    const expect = (client: RetryingClient, ask: Ask) => client.expect(ask)
    switch (act.kind) {
      case 'publish': {
        const { name, key: correlationKey, variables, messageId } = act
        const sender = this.accounts.find((account) => account.agency === name.split('.')[0] && account.roles.includes('agency'))
        const body = { name, correlationKey, variables, messageId, timeToLive: WEEK_MS }
        const answer = await (sender ? this.clientOf(sender) : this.operator).ask({
          method: 'POST',
          path: '/v2/messages/publication',
          body,
        })
        // A repeat of what is known already is refused, and is what was wanted.
        if (answer.status >= 300 && answer.status !== 409)
          throw new Error(`${name} was answered with ${answer.status} ${JSON.stringify(answer.body)}`)
        break
      }
      case 'complete':
        await this.completeTask(receiptNo, act.task.key, act.variables)
        break
      case 'amend': {
        const { version } = await enterprise.get<{ version: number }>(own)
        const idempotencyKey = `amends-${version}`
        await expect(enterprise, {
          method: 'POST',
          path: `${own}/amendments`,
          body: { data: act.data, expectedVersion: version },
          idempotencyKey,
        })
        break
      }
      case 'notice':
        await expect(enterprise, {
          method: 'POST',
          path: `${own}/notices/${act.notice}`,
          body: { data: act.data },
          idempotencyKey: act.idempotencyKey,
        })
        break
      case 'withdraw':
        await expect(enterprise, { method: 'POST', path: `${own}/withdrawal`, body: { reason: act.reason }, idempotencyKey: 'withdraws' })
        break
      case 'setCredit':
        await this.setCredit(played.enterprise, act.creditClass)
        break
      case 'openAccount': {
        const { amount, ...terms } = act.account
        const body = { enterprise: played.enterprise, ...terms, amount: String(amount) }
        await expect(this.operator, { method: 'POST', path: '/ops/v1/ledger-accounts', body, idempotencyKey: `open/${terms.account}` })
        break
      }
    }
  }

  async record(receiptNo: string, played: ProcessCase) {
    const tree = await this.tree(receiptNo)
    const receipts = [receiptNo, ...openedIn(tree).map((opened) => opened.receiptNo)]
    const all = await Promise.all(
      receipts.map((one) => this.operator.get<{ items: readonly HistoryEntry[] }>(`/ops/v1/declarations/${one}/events`)),
    )
    const entries = all.flatMap(({ items }) => items)
    const root = tree.instances[0]?.processInstanceKey
    const { documents } = await this.ownerOf(receiptNo).get<{ documents: readonly { kind: string }[] }>(
      `/window/v1/declarations/${receiptNo}`,
    )
    return {
      completed: completedIn(entries),
      documents: documents.map(({ kind }) => kind),
      variables: lastVariables(entries.filter(({ processInstanceKey }) => processInstanceKey === root)),
      errors: rulesIn(entries),
      opened: openedEnds(tree),
      accounts: await this.balances(played.expect.accounts ?? []),
    }
  }

  onMessage(answer: (message: CaseMessage) => Promise<CaseReceipt>): void {
    this.inbox.answer = async (message) => answer({ ...message, receiptNo: await this.root(message.receiptNo) })
  }

  /** Receipt numbers whose stored history, folded again, is not their stored state. */
  async differing(receipts: readonly string[]): Promise<string[]> {
    const found: string[] = []
    for (const receiptNo of receipts) {
      const { equal } = await this.operator.get<{ equal: boolean }>(`/ops/v1/declarations/${receiptNo}/fold-check`)
      if (!equal) found.push(receiptNo)
    }
    return found
  }

  close(): Promise<void> {
    return this.inbox.close()
  }

  private get operator(): RetryingClient {
    return this.client((account) => account.roles.includes('operator'), 'an operator')
  }
  private enterprise(uscc: string): RetryingClient {
    return this.client((account) => account.enterprise === uscc, `the enterprise ${uscc}`)
  }
  private client(matches: (account: DemoAccount) => boolean, who: string): RetryingClient {
    const found = this.accounts.find(matches)
    if (!found) throw new Error(`Expected an account of ${who}`)
    return this.clientOf(found)
  }
  private ownerOf(receiptNo: string): RetryingClient {
    const enterprise = this.trees.get(receiptNo)?.enterprise
    if (enterprise === undefined) throw new Error(`Expected to know whose ${receiptNo} is`)
    return this.enterprise(enterprise)
  }
  private tree(receiptNo: string): Promise<CaseTree> {
    return this.operator.get<CaseTree>(`/ops/v1/declarations/${receiptNo}/tree`).then(withEpochs)
  }
  /** Those of the accounts a case speaks of that there are, with their balances. */
  private async balances(spoken: readonly JsonObject[]): Promise<readonly JsonObject[]> {
    const found: JsonObject[] = []
    for (const { ledger, account } of spoken) {
      const path = `/ops/v1/ledger-accounts/${ledger}/${encodeURIComponent(String(account))}`
      const answer = await this.operator.ask({ method: 'GET', path })
      if (answer.status >= 300) continue
      const { balance, ...rest } = answer.body as JsonObject & { readonly balance: JsonObject }
      found.push({ ...rest, ...balance })
    }
    return found
  }
  private async root(receiptNo: string): Promise<string> {
    const known = this.rootOf.get(receiptNo)
    if (known !== undefined) return known
    const { openedBy } = await this.tree(receiptNo)
    const root = openedBy === undefined ? receiptNo : await this.root(openedBy)
    this.rootOf.set(receiptNo, root)
    return root
  }
  private async setCredit(enterprise: string, creditClass: string): Promise<void> {
    await this.operator.expect({ method: 'PUT', path: `/ops/v1/enterprises/${enterprise}/credit`, body: { creditClass } })
  }

  /** An officer claims and decides at the desk; an enterprise answers at the window, in the case that the task is of. */
  private async completeTask(receiptNo: string, taskKey: string, variables: JsonObject): Promise<void> {
    const tree = this.trees.get(receiptNo)
    const home =
      tree &&
      [tree, ...openedIn(tree)].find(({ instances }) => instances.some(({ userTasks }) => userTasks.some(({ key }) => key === taskKey)))
    const task =
      home &&
      instancesIn(home)
        .flatMap(({ userTasks }) => userTasks)
        .find(({ key }) => key === taskKey)
    if (!home || !task) throw new Error(`Expected an open task ${taskKey} in ${receiptNo}`)
    if (task.candidateGroups.includes('enterprise')) {
      const path = `/window/v1/declarations/${home.receiptNo}/tasks/${taskKey}/completion`
      await this.enterprise(home.enterprise).expect({ method: 'POST', path, body: { variables } })
      return
    }
    const officer = this.client(
      ({ groups = [] }) => groups.some((group) => task.candidateGroups.includes(group)),
      `the groups ${task.candidateGroups.join(', ')}`,
    )
    await officer.expect({ method: 'POST', path: `/desk/v1/tasks/${taskKey}/claim` })
    await officer.expect({ method: 'POST', path: `/desk/v1/tasks/${taskKey}/completion`, body: { variables } })
  }
}

/** Times come as text over HTTP. */
function withEpochs(tree: CaseTree): CaseTree {
  const instances = tree.instances.map(({ endedAt, ...rest }) => ({
    ...rest,
    ...(endedAt === undefined ? {} : { endedAt: Date.parse(String(endedAt)) }),
  }))
  return { ...tree, instances, opened: tree.opened.map(withEpochs) }
}
