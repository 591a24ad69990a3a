import type { EpochMs } from '../kernel/index.ts'
import type { OutboxRow, Store } from '../store/index.ts'
import { afterRealMs, engineMsOf } from './clock.ts'
import type { Clock, EngineOptions } from './contract.ts'
import type { Counters } from './counters.ts'

/** Rows of one kind carried out side by side; a slow kind holds up no other. */
const SIDE_BY_SIDE = 128
const POLL_LIMIT = 1_000
/** Real time. Rows of a living node are left to it for the grace; a row under way is put off before that ends. */
const SLOW_POLL_MS = 2_000
const GRACE_MS = 5_000
const HEARTBEAT_MS = 2_000
const HELD_MS = 20_000
const FIRST_BACK_OFF_MS = 1_000
const LONGEST_BACK_OFF_MS = 5 * 60_000

export type OutboxHandler = (row: OutboxRow) => Promise<void>
export interface OutboxParts {
  readonly store: Store
  readonly clock: Clock
  readonly counters: Counters
  readonly log: EngineOptions['log']
}
interface Kind {
  handler?: OutboxHandler
  active: number
  readonly waiting: OutboxRow[]
}

/**
 * Carries out what commits have asked for: right after the commit, and again from the store after a crash.
 * A row goes when its handler has done it; until then it is tried again with back-off, for ever.
 */
export class Outbox {
  private readonly parts: OutboxParts
  private readonly kinds = new Map<string, Kind>()
  /** Rows this node has in hand: waiting, running, scheduled or about to be removed. */
  private readonly inHand = new Set<string>()
  private readonly startedAt = new Map<OutboxRow, number>()
  private done: string[] = []
  private removing: Promise<void> | undefined
  private polling: Promise<void> | undefined
  private stopPoll: () => void = () => undefined
  private disarm: () => void = () => undefined
  private stopHeartbeat: () => void = () => undefined
  private isClosed = false
  private whenIdle: (() => void)[] = []

  constructor(parts: OutboxParts) {
    this.parts = parts
  }

  get pending(): number {
    return this.inHand.size
  }

  /** Handlers that run, and rows being removed. */
  get active(): number {
    return this.startedAt.size + (this.removing ? 1 : 0)
  }

  /** Handlers of the engine itself are there before this; others have until the next turn of the event loop. */
  start(): void {
    setImmediate(() => this.pollStore(0))
    this.pollSlowly()
    this.beat()
  }

  handle(kind: string, handler: OutboxHandler): void {
    const entry = this.kind(kind)
    if (entry.handler) throw new Error(`Expected one handler for outbox kind ${kind}, but a second one was added`)
    entry.handler = handler
    this.pump(entry)
  }

  /** Rows that were just made durable. */
  accept(rows: readonly OutboxRow[]): void {
    if (this.isClosed) return
    for (const row of rows) this.take(row)
  }

  /** Makes a row durable that follows from no commit, then tries it once before it resolves. Rejects only when it could not be stored. */
  async addAndTry(row: OutboxRow, handler: OutboxHandler): Promise<void> {
    this.inHand.add(row.key)
    try {
      await this.parts.store.addOutbox([row])
    } catch (error) {
      this.inHand.delete(row.key)
      throw error
    }
    await this.attempt(row, handler)
  }

  /** Finishes what is running; the rest stays in the store. */
  async close(): Promise<void> {
    this.isClosed = true
    this.stopPoll()
    this.disarm()
    await this.polling
    if (this.startedAt.size > 0) await new Promise<void>((resolve) => this.whenIdle.push(resolve))
    this.stopHeartbeat()
    await this.removing
  }

  private kind(name: string): Kind {
    const entry = this.kinds.get(name) ?? { active: 0, waiting: [] }
    this.kinds.set(name, entry)
    return entry
  }

  private take(row: OutboxRow): void {
    if (this.inHand.has(row.key)) return
    this.inHand.add(row.key)
    if (row.availableAt > this.parts.clock.now()) this.schedule(row)
    else this.enqueue(row)
  }

  private schedule(row: OutboxRow): void {
    this.parts.clock.schedule(row.availableAt, () => this.enqueue(row))
  }

  private enqueue(row: OutboxRow): void {
    const kind = this.kind(row.kind)
    kind.waiting.push(row)
    this.pump(kind)
  }

  private pump(kind: Kind): void {
    if (!kind.handler) return
    while (!this.isClosed && kind.active < SIDE_BY_SIDE) {
      const row = kind.waiting.shift()
      if (!row) return
      kind.active++
      void this.carryOut(kind, kind.handler, row)
    }
  }

  private async carryOut(kind: Kind, handler: OutboxHandler, row: OutboxRow): Promise<void> {
    await this.attempt(row, handler)
    kind.active--
    this.pump(kind)
  }

  private async attempt(row: OutboxRow, handler: OutboxHandler): Promise<void> {
    this.startedAt.set(row, performance.now())
    try {
      await handler(row)
      this.parts.counters.add('outbox.done')
      this.remove(row.key)
    } catch (error) {
      await this.postpone(row, error)
    }
    this.startedAt.delete(row)
    if (this.startedAt.size > 0) return
    const waiting = this.whenIdle
    this.whenIdle = []
    for (const resolve of waiting) resolve()
  }

  private async postpone(row: OutboxRow, error: unknown): Promise<void> {
    const { store, clock, counters, log } = this.parts
    const attempts = row.attempts + 1
    const backOffMs = Math.min(FIRST_BACK_OFF_MS * 2 ** Math.min(row.attempts, 20), LONGEST_BACK_OFF_MS)
    const availableAt: EpochMs = clock.now() + backOffMs
    const lastError = error instanceof Error ? error.message : String(error)
    counters.add('outbox.failed')
    log('warn', `Outbox row ${row.key} (${row.kind}) failed; it is tried again`, { attempts, error: lastError })
    // When the store cannot note it either, this node still tries again, and after a crash the row is due at once.
    await store.postponeOutbox(row.key, availableAt, attempts, lastError).catch(() => undefined)
    if (!this.isClosed) this.schedule({ ...row, availableAt, attempts, lastError })
  }

  private remove(key: string): void {
    this.done.push(key)
    this.removing ??= this.removeAll().finally(() => {
      this.removing = undefined
    })
  }

  /** One removal at a time; what is done meanwhile goes with the next. */
  private async removeAll(): Promise<void> {
    await Promise.resolve()
    while (this.done.length > 0) {
      const keys = this.done
      this.done = []
      try {
        await this.parts.store.removeOutbox(keys)
        for (const key of keys) this.inHand.delete(key)
      } catch (error) {
        this.parts.log('warn', 'Outbox rows that are done could not be removed; they are tried again', {
          rows: keys.length,
          error: String(error),
        })
        this.done.push(...keys)
        if (this.isClosed) return
        await new Promise<void>((resolve) => afterRealMs(1_000, resolve))
      }
    }
  }

  private pollSlowly(): void {
    this.stopPoll = afterRealMs(SLOW_POLL_MS, () => {
      this.pollStore(GRACE_MS)
      this.pollSlowly()
    })
  }

  private pollStore(graceMs: number): void {
    if (this.isClosed || this.polling) return
    this.polling = this.poll(graceMs)
      .catch((error) => this.parts.log('warn', 'The outbox could not be read; it is tried again', { error: String(error) }))
      .finally(() => {
        this.polling = undefined
      })
  }

  private async poll(graceMs: number): Promise<void> {
    const { store, clock } = this.parts
    const grace = engineMsOf(clock, graceMs)
    const rows = await store.dueOutbox(clock.now() - grace, POLL_LIMIT)
    this.accept(rows)
    const nextAt = await store.nextOutboxAt()
    if (this.isClosed || nextAt === undefined || nextAt <= clock.now()) return
    this.disarm()
    this.disarm = clock.schedule(nextAt + engineMsOf(clock, GRACE_MS), () => this.pollStore(GRACE_MS))
  }

  /** Keeps other nodes off rows whose handlers take long. */
  private beat(): void {
    this.stopHeartbeat = afterRealMs(HEARTBEAT_MS, () => {
      const { store, clock } = this.parts
      const until = clock.now() + engineMsOf(clock, HELD_MS)
      for (const [row, startedAt] of this.startedAt) {
        if (performance.now() - startedAt >= HEARTBEAT_MS)
          store.postponeOutbox(row.key, until, row.attempts, row.lastError ?? '').catch(() => undefined)
      }
      this.beat()
    })
  }
}
