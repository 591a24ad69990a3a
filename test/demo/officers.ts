import type { DemoAccount } from './accounts.ts'
import { type Form, fillIn, type Values } from './decision.ts'
import { pause } from './pause.ts'
import type { RetryingClient } from './retrying-client.ts'

interface DeskTask {
  readonly taskKey: string
  readonly name: string
  readonly assignee: string | null
  readonly createdAt: string
  readonly receiptNo: string | null
}
export interface OfficerSetting {
  readonly account: DemoAccount
  readonly client: RetryingClient
  /** What the case of this declaration calls for in a form. */
  readonly saidIn: (receiptNo: string, formId: string) => Values
  readonly say: (line: string) => void
  readonly signal: AbortSignal
}

const LOOK_EVERY_MS = 500

/** An officer at the desk: takes what his groups have, reads it, decides. */
export async function workAtDesk(setting: OfficerSetting): Promise<void> {
  const { client, signal } = setting
  while (!signal.aborted) {
    const { items } = await client.get<{ items: readonly DeskTask[] }>('/desk/v1/tasks?view=all&limit=20')
    for (const task of items) await decide(task, setting)
    await pause(LOOK_EVERY_MS, signal)
  }
}

async function decide(task: DeskTask, { account, client, saidIn, say }: OfficerSetting): Promise<void> {
  if (task.assignee !== null && task.assignee !== account.name) return
  const path = `/desk/v1/tasks/${task.taskKey}`
  // Whoever else is refused was not fast enough; the next look at the list shows what is left.
  if (task.assignee === null && (await client.ask({ method: 'POST', path: `${path}/claim` })).status >= 300) return
  const detail = await client.ask({ method: 'GET', path })
  if (detail.status >= 300) return
  const { form } = detail.body as { form: Form | null }
  const values = fillIn(form, saidIn(task.receiptNo ?? '', form?.id ?? ''), {
    name: account.displayName,
    today: task.createdAt.slice(0, 10),
  })
  const answer = await client.ask({ method: 'POST', path: `${path}/completion`, body: { variables: values } })
  // 409 after an unclear answer: it was this officer's own decision that had got through.
  const isDone = answer.status < 300 || (answer.status === 409 && answer.unclearBefore)
  if (isDone) say(`${task.receiptNo}  ${account.name} did "${task.name}": ${values.decision ?? 'done'}`)
  else if (answer.status !== 409 && answer.status !== 404)
    say(`${task.receiptNo}  ${account.name} could not do "${task.name}": ${answer.status} ${JSON.stringify(answer.body)}`)
}
