import type { Actor, EpochMs, TimerKey } from '../kernel/index.ts'
import type { Store, TimerRow } from '../store/index.ts'
import { afterRealMs } from './clock.ts'
import { type Clock, EngineFailure, type EngineOptions } from './contract.ts'
import type { Counters } from './counters.ts'
import type { InstanceLoop } from './instance-loop.ts'

/** Timers fired side by side. */
const BATCH = 100
/** Real time between looks for timers of nodes that stopped, and before a failed round is tried again. */
const SLOW_POLL_MS = 5_000
const RETRY_MS = 1_000

const ENGINE: Actor = { id: 'engine', kind: 'system' }

export interface TimersParts {
  readonly store: Store
  readonly clock: Clock
  readonly loop: InstanceLoop
  readonly counters: Counters
  readonly log: EngineOptions['log']
}

/** Fires what is due. One alarm for the earliest timer; an earlier one that is committed moves it. */
export class Timers {
  private readonly parts: TimersParts
  private armedFor: EpochMs = Number.POSITIVE_INFINITY
  private disarm: () => void = () => undefined
  private stopPoll: () => void = () => undefined
  private round: Promise<void> | undefined
  private again = false
  private isClosed = false

  constructor(parts: TimersParts) {
    this.parts = parts
  }

  get isFiring(): boolean {
    return this.round !== undefined
  }

  start(): void {
    this.wake()
    this.poll()
  }

  /** A timer was committed. */
  added(dueAt: EpochMs): void {
    if (dueAt < this.armedFor) this.arm(dueAt)
  }

  async close(): Promise<void> {
    this.isClosed = true
    this.disarm()
    this.stopPoll()
    await this.round
  }

  private poll(): void {
    this.stopPoll = afterRealMs(SLOW_POLL_MS, () => {
      this.wake()
      this.poll()
    })
  }

  private arm(dueAt: EpochMs): void {
    if (this.isClosed) return
    this.disarm()
    this.armedFor = dueAt
    this.disarm = this.parts.clock.schedule(dueAt, () => this.wake())
  }

  private wake(): void {
    this.again = true
    if (this.round || this.isClosed) return
    this.round = this.fireAll().finally(() => {
      this.round = undefined
    })
  }

  private async fireAll(): Promise<void> {
    const { store, clock, log } = this.parts
    this.armedFor = Number.POSITIVE_INFINITY
    this.disarm()
    try {
      while (this.again && !this.isClosed) {
        this.again = false
        const due = await store.dueTimers(clock.now(), BATCH)
        const fired = await Promise.all(due.map((timer) => this.fire(timer)))
        // A batch in which nothing moved would come again at once.
        if (fired.includes(true)) this.again = true
        else if (due.length > 0) throw new Error(`none of ${due.length} due timers could be fired`)
      }
      const nextAt = await store.nextTimerAt()
      if (nextAt !== undefined) this.added(nextAt)
    } catch (error) {
      log('warn', 'Timers could not be fired; they are tried again', { error: String(error) })
      if (!this.isClosed) this.disarm = afterRealMs(RETRY_MS, () => this.wake())
    }
  }

  /** True when the timer is done with, one way or the other. */
  private async fire(timer: TimerRow): Promise<boolean> {
    const { loop, store, counters, log } = this.parts
    try {
      await loop.submit({
        key: timer.processInstanceKey,
        command: { type: 'triggerTimer', timerKey: timer.key as TimerKey },
        actor: ENGINE,
      })
      counters.add('timers.fired')
      return true
    } catch (error) {
      if (error instanceof EngineFailure && error.code === 'NOT_FOUND') {
        await store.dropRow('timer', timer.key)
        return true
      }
      log('warn', `Timer ${timer.key} of ${timer.elementId} could not be fired`, { error: String(error) })
      return false
    }
  }
}
