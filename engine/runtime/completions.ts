import type { ProcessInstanceKey, Variables } from '../kernel/index.ts'
import { visibleVariables } from '../kernel/index.ts'
import { afterRealMs } from './clock.ts'
import { EngineFailure } from './contract.ts'
import type { Committed, InstanceLoop } from './instance-loop.ts'

/** Real time between looks at instances that other nodes may have ended. */
const SLOW_POLL_MS = 1_000

interface Waiter {
  readonly key: ProcessInstanceKey
  resolve(variables: Variables): void
  reject(error: EngineFailure): void
}

/** Callers that wait for an instance to end. */
export class Completions {
  private readonly loop: InstanceLoop
  private readonly waiters = new Map<string, Set<Waiter>>()
  private stopPoll: (() => void) | undefined

  constructor(loop: InstanceLoop) {
    this.loop = loop
  }

  get waiting(): number {
    return this.waiters.size
  }

  /** Root variables at the end. @throws EngineFailure `DEADLINE_EXCEEDED` after `timeoutMs` of real time; the instance goes on. */
  wait(key: ProcessInstanceKey, timeoutMs: number): Promise<Variables> {
    return new Promise((resolve, reject) => {
      const end = <T>(settle: (value: T) => void) => {
        return (value: T): void => {
          stop()
          const waiters = this.waiters.get(key)
          waiters?.delete(waiter)
          if (waiters?.size === 0) this.waiters.delete(key)
          settle(value)
        }
      }
      const waiter: Waiter = { key, resolve: end(resolve), reject: end(reject) }
      const stop = afterRealMs(timeoutMs, () =>
        waiter.reject(
          new EngineFailure(
            'DEADLINE_EXCEEDED',
            `Expected instance ${key} to end within ${timeoutMs} ms, but it is still running; look it up later`,
          ),
        ),
      )
      const waiters = this.waiters.get(key) ?? new Set()
      waiters.add(waiter)
      this.waiters.set(key, waiters)
      this.poll()
    })
  }

  /** The instance may have ended before anybody waited. */
  async check(key: ProcessInstanceKey): Promise<void> {
    const result = await this.loop.read(key, (state) => (state && state.status !== 'active' ? visibleVariables(state, key) : undefined))
    if (result) this.tell(key, result)
  }

  committed({ state }: Committed): void {
    if (state.status !== 'active' && this.waiters.has(state.key)) this.tell(state.key, visibleVariables(state, state.key))
  }

  close(): void {
    this.stopPoll?.()
    for (const waiters of [...this.waiters.values()]) {
      for (const waiter of [...waiters])
        waiter.reject(new EngineFailure('UNAVAILABLE', `The engine is closing while instance ${waiter.key} runs; look it up later`))
    }
  }

  private tell(key: ProcessInstanceKey, variables: Variables): void {
    for (const waiter of [...(this.waiters.get(key) ?? [])]) waiter.resolve(variables)
  }

  private poll(): void {
    this.stopPoll ??= afterRealMs(SLOW_POLL_MS, () => {
      this.stopPoll = undefined
      if (this.waiters.size === 0) return
      for (const waiters of this.waiters.values()) for (const { key } of waiters) this.check(key).catch(() => undefined)
      this.poll()
    })
  }
}
