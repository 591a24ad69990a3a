import { checkAgainstForm, officerFormView } from '../../engine/api/officer-form.ts'
import { ProblemError } from '../../engine/api/problem.ts'
import type { JsonObject } from '../../engine/kernel/index.ts'
import type { CaseWorld, ProcessCase, ReadyAct } from '../../engine/verify/cases/index.ts'
import { type CaseTree, loadForms, openWindow, type SingleWindow } from '../../engine/window/index.ts'
import { openInbox } from './case-inbox.ts'
import { completedIn, instancesIn, lastVariables, openedEnds, rulesIn, viewOf } from './case-view.ts'
import { type EngineHarness, openEngineHarness, TENANT } from './engine-harness.ts'

const ZONE = 'Asia/Shanghai'
const OUTSIDE = { id: 'outside', kind: 'apiKey' } as const
const DECLARANT = { id: 'declarant', kind: 'user' } as const
const WEEK_MS = 7 * 24 * 3_600_000

/** The whole window over a real store, on a clock the play moves; agencies are one HTTP server that the cases speak for. */
export interface InProcessWorld extends CaseWorld {
  readonly harness: EngineHarness
  readonly window: SingleWindow
  close(): Promise<void>
}

export async function openCaseWorld(options: { readonly processesFolder?: string } = {}): Promise<InProcessWorld> {
  const harness = await openEngineHarness()
  const { engine } = harness
  const forms = await loadForms()
  const log = () => undefined
  const folder = options.processesFolder === undefined ? {} : { processesFolder: options.processesFolder }
  const window = await openWindow({ engine, store: engine.store, forms, log, ...folder, allowPrivateWebhooks: true })
  const inbox = await openInbox()
  for (const agency of await window.agencies()) {
    const url = `${inbox.url}/${agency.agencyId}`
    await window.putAgency({ ...agency, transport: { kind: 'http', url, secret: 'a secret of the case world' } })
  }

  const treeOf = async (receiptNo: string): Promise<CaseTree> => {
    const tree = await window.caseTree(receiptNo)
    if (!tree) throw new Error(`Expected a declaration ${receiptNo}`)
    return tree
  }
  function rootOf(receiptNo: string): Promise<string> {
    return window.find(receiptNo).then((found) => {
      const opener = found?.body.openedBy
      return opener === undefined ? receiptNo : rootOf(opener)
    })
  }

  const world: InProcessWorld = {
    harness,
    window,
    now: () => harness.clock.now(),
    settled: () => harness.settled(),
    async advanceTo(at) {
      harness.clock.advance(at - harness.clock.now())
      await harness.settled()
    },
    async nextDue() {
      const { store } = engine
      const failed = await store.search('job', { filter: { state: 'FAILED' }, sort: [{ field: 'availableAt', order: 'asc' }], limit: 1 })
      const moments = [await store.nextTimerAt(), await store.nextOutboxAt(), failed.items[0]?.availableAt].filter((at) => at !== undefined)
      return moments.length === 0 ? undefined : Math.min(...moments)
    },
    async declare(played, data) {
      const { service, enterprise, operator } = played
      if (played.credit !== undefined) await window.setCredit(enterprise, played.credit, OUTSIDE)
      const idempotencyKey = `${service}-${played.id}`
      const submitted = await window.submit({ service, enterprise, operator, data, idempotencyKey, actor: DECLARANT })
      return submitted.receiptNo
    },
    view: async (receiptNo) => viewOf(await treeOf(receiptNo)),
    async act(receiptNo, played, act) {
      await carryOut(world, receiptNo, played, act)
      await harness.settled()
    },
    async record(receiptNo, played) {
      const tree = await treeOf(receiptNo)
      const all = await Promise.all(instancesIn(tree).map(({ processInstanceKey }) => engine.getHistory(processInstanceKey)))
      const status = await window.status(receiptNo)
      return {
        completed: completedIn(all.flat()),
        documents: (status?.documents ?? []).map(({ kind }) => kind),
        variables: lastVariables(all[0] ?? []),
        errors: rulesIn(all.flat()),
        opened: openedEnds(tree),
        accounts: await accountsOf(window, played.expect.accounts ?? []),
      }
    },
    onChange: (listener) => void engine.onCommitted((entry) => listener(entry.processInstanceKey)),
    onMessage(answer) {
      inbox.answer = async (message) => answer({ ...message, receiptNo: await rootOf(message.receiptNo) })
    },
    async close() {
      await window.close()
      await inbox.close()
      await harness.remove()
    },
  }
  return world
}

async function carryOut(world: InProcessWorld, receiptNo = '', played: ProcessCase, act: ReadyAct): Promise<void> {
  const { window, harness } = world
  const { engine } = harness
  switch (act.kind) {
    case 'publish': {
      const { name, key: correlationKey, variables, messageId } = act
      await engine
        .publishMessage({ name, correlationKey, variables, messageId, timeToLiveMs: WEEK_MS, tenantId: TENANT }, OUTSIDE)
        .catch((error: { code?: string }) => {
          if (error.code !== 'ALREADY_EXISTS') throw error
        })
      return
    }
    case 'complete':
      return completeTask(world, receiptNo, act.task.key, act.variables)
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

/** Those of the accounts a case speaks of that there are, with their balances. */
async function accountsOf(window: SingleWindow, spoken: readonly JsonObject[]): Promise<readonly JsonObject[]> {
  const found = await Promise.all(spoken.map(({ ledger, account }) => window.ledgers.find(String(ledger), String(account))))
  return found.flatMap((state) => {
    if (!state) return []
    const { ledger, account, unit, status, enterprise, validTo, balance } = state
    return [{ ledger, account, unit, status, enterprise, validTo, ...balance }]
  })
}

/** As the API does: the answer must fit the task's form. */
async function completeTask({ window, harness }: InProcessWorld, receiptNo: string, taskKey: string, variables: JsonObject): Promise<void> {
  const { engine } = harness
  const task = await engine.store.find('userTask', taskKey)
  if (!task) throw new Error(`Expected a task ${taskKey}`)
  const form = task.externalFormReference === undefined ? undefined : window.forms.officerForm(task.externalFormReference)
  if (task.externalFormReference !== undefined && !form)
    throw new Error(`Expected a form ${task.externalFormReference} of task ${task.elementId}`)
  if (form) {
    try {
      checkAgainstForm(officerFormView(form, 'en'), variables, { now: harness.clock.now(), zone: ZONE })
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error
      throw new Error(`Task ${task.elementId}: ${error.message} ${JSON.stringify(error.options)}`, { cause: error })
    }
  }
  if (task.candidateGroups.includes('enterprise') && task.businessKey === receiptNo) {
    await window.completeTask(receiptNo, taskKey, variables, DECLARANT)
    return
  }
  await engine.completeUserTask(taskKey, variables, { id: task.candidateGroups[0] ?? 'officer', kind: 'user' })
}
