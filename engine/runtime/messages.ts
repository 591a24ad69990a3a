import type { Actor, EpochMs, MessageKey, ProcessInstanceKey, SubscriptionKey, Variables } from '../kernel/index.ts'
import { type MessageClaim, type MessageRow, type Store, StoreFailure, type SubscriptionRow } from '../store/index.ts'
import { afterRealMs, engineMsOf } from './clock.ts'
import { type Clock, EngineFailure, type EngineOptions } from './contract.ts'
import type { Counters } from './counters.ts'
import type { InstanceLoop } from './instance-loop.ts'
import { isStartClaim, type MessageStarts } from './message-starts.ts'
import type { OutboxPayloads } from './project-outbox.ts'
import { SerialLanes } from './serial-lanes.ts'

const ENGINE: Actor = { id: 'engine', kind: 'system' }
const PAGE = 500
/** Real time. A message that was tried keeps its claims a little, for a second try after a crash. */
const SWEEP_MS = 10_000
const KEPT_MS = 30_000

export interface MessagesParts {
  readonly store: Store
  readonly clock: Clock
  readonly loop: InstanceLoop
  readonly starts: MessageStarts
  readonly counters: Counters
  readonly log: EngineOptions['log']
}
type Subscription = Pick<SubscriptionRow, 'key' | 'processInstanceKey' | 'bpmnProcessId'>

/**
 * Buffers messages and gives each to at most one instance per process id. A claim, durable before the instance is
 * asked, sees to that; messages of one name and correlation key are dealt with one after the other.
 */
export class Messages {
  private readonly parts: MessagesParts
  private readonly lanes = new SerialLanes()
  private stopSweep: () => void = () => undefined

  constructor(parts: MessagesParts) {
    this.parts = parts
  }

  start(): void {
    this.stopSweep = afterRealMs(SWEEP_MS, () => {
      void this.sweep()
      this.start()
    })
  }

  async close(): Promise<void> {
    this.stopSweep()
    await this.lanes.idle()
  }

  /** @throws StoreFailure `DUPLICATE` with field `messageId` when its id is still buffered. */
  async insert(message: MessageRow): Promise<void> {
    await this.parts.store.insertMessage(message)
    this.parts.counters.add('messages.published')
  }

  /** Gives a message that is in the store to all that wait for it. Repeatable. */
  correlate(message: Pick<MessageRow, 'key' | 'tenantId' | 'name' | 'correlationKey'>): Promise<void> {
    return this.lanes.run(laneOf(message), async () => {
      // Expired ones too: a message without time to live is tried once, and again when a crash cut that short.
      const stored = await this.parts.store.bufferedMessages(
        message.tenantId,
        message.name,
        message.correlationKey,
        Number.MIN_SAFE_INTEGER,
      )
      const found = stored.find(({ key }) => key === message.key)
      if (found) await this.deliver(found)
    })
  }

  /** Who has the message: running instances before those it started. Only soon after it was published. */
  async takersOf(message: Pick<MessageRow, 'key' | 'tenantId' | 'name' | 'correlationKey'>): Promise<readonly string[]> {
    const { tenantId, name, correlationKey } = message
    const stored = await this.parts.store.bufferedMessages(tenantId, name, correlationKey, Number.MIN_SAFE_INTEGER)
    const claims = Object.values(stored.find(({ key }) => key === message.key)?.claims ?? {}).filter(({ confirmed }) => confirmed)
    const [running, started] = [claims.filter((claim) => !isStartClaim(claim)), claims.filter(isStartClaim)]
    return [...running, ...started].map(({ processInstanceKey }) => processInstanceKey)
  }

  /** A subscription was opened: buffered messages may be for it. */
  match({ tenantId, name, correlationKey, subscriptionKey }: OutboxPayloads['matchMessages']): Promise<void> {
    const { store, clock } = this.parts
    return this.lanes.run(laneOf({ tenantId, name, correlationKey }), async () => {
      const buffered = await store.bufferedMessages(tenantId, name, correlationKey, clock.now())
      if (buffered.length === 0) return
      const subscription = await store.find('subscription', subscriptionKey)
      if (!subscription) return
      for (const message of buffered) {
        if (message.claims[subscription.bpmnProcessId]) continue
        if ((await this.offer(message, subscription)) === 'refused') return
      }
    })
  }

  /** The instance a message started has ended: the next one that was held back may start. */
  async releaseStart(processInstanceKey: string): Promise<void> {
    const { store, clock, starts } = this.parts
    const released = await starts.release(processInstanceKey)
    if (!released) return
    const { tenantId, correlationKey, names, bpmnProcessId } = released
    for (const name of names) {
      await this.lanes.run(laneOf({ tenantId, name, correlationKey }), async () => {
        for (const message of await store.bufferedMessages(tenantId, name, correlationKey, clock.now())) {
          if (!message.claims[bpmnProcessId]) await starts.tryStart(message, bpmnProcessId)
        }
      })
    }
  }

  /** Carries on with claims that a crash left open. */
  async recover(): Promise<void> {
    for (const message of await this.parts.store.unsettledMessages(PAGE)) await this.correlate(message)
  }

  async sweep(): Promise<void> {
    const { store, clock, log } = this.parts
    try {
      const before: EpochMs = clock.now() - engineMsOf(clock, KEPT_MS)
      while ((await store.expireMessages(before, PAGE)) === PAGE);
      await this.recover()
    } catch (error) {
      log('warn', 'Expired messages could not be removed; it is tried again', { error: String(error) })
    }
  }

  private async deliver(message: MessageRow): Promise<void> {
    const claimed = new Set<string>()
    for (const [bpmnProcessId, claim] of Object.entries(message.claims)) {
      if (claim.confirmed || (await this.resume(message, bpmnProcessId, claim))) claimed.add(bpmnProcessId)
    }
    for (let from = 0; ; from += PAGE) {
      const { items, total } = await this.parts.store.search('subscription', {
        filter: { messageName: message.name, correlationKey: message.correlationKey, tenantId: message.tenantId },
        sort: [
          { field: 'createdAt', order: 'asc' },
          { field: 'key', order: 'asc' },
        ],
        from,
        limit: PAGE,
      })
      for (const subscription of items) {
        if (claimed.has(subscription.bpmnProcessId)) continue
        if ((await this.offer(message, subscription)) === 'taken') claimed.add(subscription.bpmnProcessId)
      }
      if (from + PAGE >= total) break
    }
    await this.parts.starts.tryAll(message, claimed)
  }

  /** `taken` when this process id needs no other instance for the message. */
  private async offer(message: MessageRow, subscription: Subscription): Promise<'taken' | 'refused'> {
    const { store } = this.parts
    const claim: MessageClaim = { processInstanceKey: subscription.processInstanceKey, subscriptionKey: subscription.key, confirmed: false }
    if (!(await store.claimMessage(message.key, subscription.bpmnProcessId, claim))) return 'taken'
    const isTaken = await this.hand(message, subscription)
    await store.settleMessage(message.key, subscription.bpmnProcessId, isTaken ? { ...claim, confirmed: true } : undefined)
    return isTaken ? 'taken' : 'refused'
  }

  private async resume(message: MessageRow, bpmnProcessId: string, claim: MessageClaim): Promise<boolean> {
    if (isStartClaim(claim)) return this.parts.starts.resume(message, bpmnProcessId, claim)
    const { subscriptionKey: key } = claim
    const processInstanceKey = claim.processInstanceKey as ProcessInstanceKey
    // A subscription that takes many messages remembers only the latest.
    const isTaken =
      (await this.hasTaken(message, processInstanceKey, key)) || (await this.hand(message, { key, processInstanceKey, bpmnProcessId }))
    await this.parts.store.settleMessage(message.key, bpmnProcessId, isTaken ? { ...claim, confirmed: true } : undefined)
    return isTaken
  }

  /** True when the instance has the message, from now or before. */
  private async hand(message: MessageRow, { key, processInstanceKey }: Subscription): Promise<boolean> {
    const { loop, store, counters } = this.parts
    const command = {
      type: 'correlateMessage' as const,
      subscriptionKey: key as SubscriptionKey,
      messageKey: message.key as MessageKey,
      variables: message.variables as Variables,
    }
    try {
      await loop.submit({ key: processInstanceKey, command, actor: ENGINE })
      counters.add('messages.correlated')
      return true
    } catch (error) {
      if (!(error instanceof EngineFailure) || error.code === 'UNAVAILABLE') throw error
      if (error.code === 'ALREADY_EXISTS') return true
      if (error.code !== 'NOT_FOUND') return false
    }
    // Closed: by this very message before a crash, or by something else.
    const hasIt = await this.hasTaken(message, processInstanceKey, key)
    await store.dropRow('subscription', key)
    return hasIt
  }

  private async hasTaken(message: MessageRow, processInstanceKey: ProcessInstanceKey, subscriptionKey: string): Promise<boolean> {
    const history = await this.parts.store.loadHistory(processInstanceKey)
    return history.some(({ events }) =>
      events.some(
        (event) =>
          event.type === 'subscription.correlated' && event.subscriptionKey === subscriptionKey && event.messageKey === message.key,
      ),
    )
  }
}

function laneOf({ tenantId, name, correlationKey }: Pick<MessageRow, 'tenantId' | 'name' | 'correlationKey'>): string {
  return JSON.stringify([tenantId, name, correlationKey])
}

/** True for the refusal of a message whose id is still buffered. */
export function isBufferedAlready(error: unknown): error is StoreFailure {
  return error instanceof StoreFailure && error.code === 'DUPLICATE' && error.field !== 'key'
}
