import type { Engine } from '../../runtime/index.ts'
import type { HistoryEntry, UserTaskRow } from '../../store/index.ts'
import { ProblemError } from '../problem.ts'

const LONGEST_WAIT_MS = 15_000
/** Another node may have heard the last listener. */
const LOOK_AGAIN_MS = 1_000
const ASKED: ReadonlySet<UserTaskRow['state']> = new Set(['CREATING', 'ASSIGNING', 'UPDATING', 'COMPLETING'])

/**
 * Changes user tasks and answers once their listeners have agreed, as Camunda's clients expect: 409 when one denies, 504 when
 * they take too long (the change is made all the same once they agree).
 */
export class TaskChange {
  readonly #engine: Engine
  readonly #waiting = new Map<string, Set<() => void>>()
  readonly #longestWaitMs: number
  #isClosing = false
  #stop: () => void

  constructor(engine: Engine, longestWaitMs = LONGEST_WAIT_MS) {
    this.#engine = engine
    this.#longestWaitMs = longestWaitMs
    this.#stop = engine.onCommitted(({ events }) => {
      for (const event of events) {
        if ('userTaskKey' in event && this.#waiting.has(event.userTaskKey))
          for (const wake of this.#waiting.get(event.userTaskKey) ?? []) wake()
      }
    })
  }

  close(): void {
    this.#isClosing = true
    this.#stop()
    for (const wakes of this.#waiting.values()) for (const wake of wakes) wake()
  }

  /** @throws ProblemError `INVALID_STATE` when denied, `DEADLINE_EXCEEDED` when nobody answers */
  async make(userTaskKey: string, change: () => Promise<void>): Promise<void> {
    await change()
    const end = performance.now() + this.#longestWaitMs
    for (let hasWaited = false; ; hasWaited = true) {
      const row = await this.#engine.store.find('userTask', userTaskKey)
      if (!row || !ASKED.has(row.state))
        return hasWaited && row ? refuseDenied(row, await this.#engine.getHistory(row.processInstanceKey)) : undefined
      const left = end - performance.now()
      if (left <= 0 || this.#isClosing)
        throw new ProblemError('DEADLINE_EXCEEDED', {
          en: `Expected the listeners of user task ${userTaskKey} to answer within ${this.#longestWaitMs} ms, but they are still asked; the change is made once they agree`,
          zh: `用户任务 ${userTaskKey} 的监听器在 ${this.#longestWaitMs} 毫秒内未全部应答；监听器同意后更改仍会生效`,
        })
      await this.#wait(userTaskKey, Math.min(left, LOOK_AGAIN_MS))
    }
  }

  #wait(userTaskKey: string, ms: number): Promise<void> {
    const wakes = this.#waiting.get(userTaskKey) ?? new Set()
    this.#waiting.set(userTaskKey, wakes)
    return new Promise((resolve) => {
      const wake = (): void => {
        clearTimeout(timer)
        wakes.delete(wake)
        if (wakes.size === 0) this.#waiting.delete(userTaskKey)
        resolve()
      }
      const timer = setTimeout(wake, ms)
      wakes.add(wake)
    })
  }
}

function refuseDenied({ key }: UserTaskRow, history: readonly HistoryEntry[]): void {
  const last = history
    .flatMap(({ events }) => events)
    .findLast(
      (event) =>
        (event.type === 'userTask.settled' || event.type === 'userTask.completed' || event.type === 'userTask.canceled') &&
        event.userTaskKey === key,
    )
  if (last?.type !== 'userTask.settled' || !last.denied) return
  const reason = last.deniedReason ?? ''
  throw new ProblemError('INVALID_STATE', {
    en: `Expected the listeners of user task ${key} to agree, but one denied it${reason && `: ${reason}`}; nothing was changed`,
    zh: `用户任务 ${key} 的监听器拒绝了此操作${reason && `：${reason}`}；未作任何更改`,
  })
}
