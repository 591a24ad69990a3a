import type {
  Actor,
  Command,
  EpochMs,
  JsonObject,
  ProcessDefinitionKey,
  ProcessInstanceKey,
  SubscriptionKey,
  Variables,
} from '../kernel/index.ts'
import { type DocumentCollection, type Store, StoreFailure, type SubscriptionRow } from '../store/index.ts'
import { type Clock, EngineFailure, type EngineOptions } from './contract.ts'
import type { Counters } from './counters.ts'
import type { InstanceLoop } from './instance-loop.ts'
import type { KeyStock } from './key-stock.ts'
import type { OutboxPayloads } from './project-outbox.ts'
import { signalSubscriptionName } from './signal-name.ts'
import type { SignalStart, StartTriggers } from './start-triggers.ts'

const ENGINE: Actor = { id: 'engine', kind: 'system' }
const PAGE = 1_000
const SIDE_BY_SIDE = 100
/** A broadcast is carried out within this, so its notes of started instances are of no use after. */
const NOTES_KEPT_MS = 7 * 86_400_000

type BroadcastSignal = OutboxPayloads['broadcastSignal']
/** The instance a signal starts, noted before it is started, so that a second try starts no second one. */
interface SignalNote extends JsonObject {
  readonly processInstanceKey: string
  readonly createdAt: EpochMs
}

export interface SignalsParts {
  readonly store: Store
  readonly clock: Clock
  readonly loop: InstanceLoop
  readonly keys: KeyStock
  readonly triggers: StartTriggers
  readonly counters: Counters
  readonly log: EngineOptions['log']
}

/** Tells a signal to all that wait for it. Repeatable: each subscription and each start takes it once. */
export class Signals {
  private readonly parts: SignalsParts
  private readonly notes: DocumentCollection<SignalNote>

  constructor(parts: SignalsParts) {
    this.parts = parts
    this.notes = parts.store.documents<SignalNote>({ name: 'signal_start', indexes: ['createdAt'], unique: [] })
  }

  async broadcast(signal: BroadcastSignal): Promise<void> {
    const subscriptions = await this.subscriptions(signal)
    for (let from = 0; from < subscriptions.length; from += SIDE_BY_SIDE) {
      await Promise.all(subscriptions.slice(from, from + SIDE_BY_SIDE).map((subscription) => this.tell(subscription, signal)))
    }
    for (const start of this.parts.triggers.signalStarts(signal.tenantId, signal.name)) await this.start(start, signal)
    await this.forgetOldNotes()
    this.parts.counters.add('signals.broadcast')
  }

  /** All of them before the first is told: telling opens and closes subscriptions. */
  private async subscriptions({ tenantId, name }: BroadcastSignal): Promise<SubscriptionRow[]> {
    const found: SubscriptionRow[] = []
    for (;;) {
      const { items, total } = await this.parts.store.search('subscription', {
        filter: { messageName: signalSubscriptionName(name), tenantId },
        sort: [{ field: 'key', order: 'asc' }],
        from: found.length,
        limit: PAGE,
      })
      found.push(...items)
      if (items.length === 0 || found.length >= total) return found
    }
  }

  private async tell({ key, processInstanceKey }: SubscriptionRow, signal: BroadcastSignal): Promise<void> {
    const { loop, store } = this.parts
    const command: Command = {
      type: 'triggerSignal',
      subscriptionKey: key as SubscriptionKey,
      signalKey: signal.signalKey,
      variables: signal.variables as Variables,
    }
    try {
      await loop.submit({ key: processInstanceKey, command, actor: ENGINE })
    } catch (error) {
      if (!(error instanceof EngineFailure) || error.code === 'UNAVAILABLE') throw error
      if (error.code === 'NOT_FOUND') await store.dropRow('subscription', key)
    }
  }

  private async start({ definition, trigger }: SignalStart, signal: BroadcastSignal): Promise<void> {
    const { loop, log } = this.parts
    const key = await this.noteStart(JSON.stringify([signal.signalKey, definition.tenantId, definition.id, trigger.elementId]))
    const command: Command = {
      type: 'createInstance',
      processInstanceKey: key,
      processDefinitionKey: definition.key as ProcessDefinitionKey,
      version: definition.version,
      variables: signal.variables as Variables,
      tenantId: definition.tenantId,
      startElementId: trigger.elementId,
    }
    try {
      await loop.submit({ key, command, actor: ENGINE })
    } catch (error) {
      if (!(error instanceof EngineFailure) || error.code === 'UNAVAILABLE') throw error
      if (error.code !== 'ALREADY_EXISTS')
        log('error', `Signal '${signal.name}' could not start ${definition.id}`, { reason: error.message })
    }
  }

  private async noteStart(id: string): Promise<ProcessInstanceKey> {
    const { clock, keys } = this.parts
    const processInstanceKey = await keys.take()
    try {
      await this.notes.insert(id, { processInstanceKey, createdAt: clock.now() })
      return processInstanceKey
    } catch (error) {
      if (!(error instanceof StoreFailure) || error.code !== 'DUPLICATE') throw error
    }
    const noted = await this.notes.get(id)
    return (noted?.body.processInstanceKey ?? processInstanceKey) as ProcessInstanceKey
  }

  private async forgetOldNotes(): Promise<void> {
    const { items } = await this.notes.find({ filter: { createdAt: { lt: this.parts.clock.now() - NOTES_KEPT_MS } }, limit: 100 })
    for (const { id } of items) await this.notes.delete(id)
  }
}
