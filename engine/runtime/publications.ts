import type { Actor, Json, Variables } from '../kernel/index.ts'
import { type MessageRow, type OutboxRow, StoreFailure } from '../store/index.ts'
import { payloadOf } from './child-instances.ts'
import {
  type BroadcastSignalRequest,
  type Clock,
  type CorrelatedMessage,
  type CorrelateMessageRequest,
  EngineFailure,
  type EngineOptions,
  type PublishMessageRequest,
} from './contract.ts'
import type { KeyStock } from './key-stock.ts'
import { isBufferedAlready, type Messages } from './messages.ts'
import type { Outbox } from './outbox.ts'
import { checkPayload } from './payload-limit.ts'
import type { OutboxPayloads } from './project-outbox.ts'
import { isSignalName } from './signal-name.ts'
import type { Signals } from './signals.ts'

type PublishMessage = OutboxPayloads['publishMessage']
type BroadcastSignal = OutboxPayloads['broadcastSignal']

export interface PublicationsParts {
  readonly clock: Clock
  readonly keys: KeyStock
  readonly outbox: Outbox
  readonly messages: Messages
  readonly signals: Signals
  readonly maxPayloadBytes: number
  readonly log: EngineOptions['log']
}

/** Messages and signals from outside and from processes: an outbox row first, so that a crash loses none. */
export class Publications {
  private readonly parts: PublicationsParts

  constructor(parts: PublicationsParts) {
    this.parts = parts
    const { outbox, signals, log } = parts
    outbox.handle('publishMessage', async (row) => {
      const payload = payloadOf<PublishMessage>(row)
      const isNew = await this.carryOut(payload)
      if (!isNew) log('warn', `Message '${payload.name}' was dropped: its id is still buffered`, { messageId: payload.messageId ?? '' })
    })
    outbox.handle('broadcastSignal', (row) => signals.broadcast(payloadOf<BroadcastSignal>(row)))
  }

  async publish(request: PublishMessageRequest, actor: Actor): Promise<{ readonly messageKey: string }> {
    const { clock, keys, outbox, maxPayloadBytes, log } = this.parts
    const { name, correlationKey, messageId } = request
    checkPayload(request.variables, maxPayloadBytes)
    if (!(request.timeToLiveMs >= 0)) {
      throw new EngineFailure(
        'INVALID_ARGUMENT',
        `Expected a time to live of 0 ms or more for message '${name}', but found ${request.timeToLiveMs}`,
      )
    }
    if (name === '' || isSignalName(name)) {
      throw new EngineFailure(
        'INVALID_ARGUMENT',
        `Expected a message name that is not empty and does not begin with 'signal:', but found '${name}'`,
      )
    }
    const messageKey: string = await keys.take()
    const payload: PublishMessage = { ...request, key: messageKey, publishedAt: clock.now() }
    const row: OutboxRow = {
      key: `message-${messageKey}`,
      kind: 'publishMessage',
      payload: payload as unknown as Json,
      availableAt: payload.publishedAt,
      attempts: 0,
    }
    let isNew = true
    await outbox.addAndTry(row, async () => {
      isNew = await this.carryOut(payload)
    })
    log('info', `Message '${name}' published`, { messageKey, correlationKey, actor: actor.id, isNew })
    if (isNew) return { messageKey }
    throw new EngineFailure(
      'ALREADY_EXISTS',
      `Expected a new message id for '${name}' with key '${correlationKey}', but '${messageId}' is still buffered; it needs no second publication`,
    )
  }

  /** @throws EngineFailure `NOT_FOUND` when nobody waits for it. */
  async correlate(request: CorrelateMessageRequest, actor: Actor): Promise<CorrelatedMessage> {
    const { messageKey } = await this.publish({ ...request, timeToLiveMs: 0 }, actor)
    const [processInstanceKey] = await this.parts.messages.takersOf({ ...request, key: messageKey })
    if (processInstanceKey !== undefined) return { messageKey, processInstanceKey }
    throw new EngineFailure(
      'NOT_FOUND',
      `Expected something to wait for message '${request.name}' with key '${request.correlationKey}', but nothing does; publish it with a time to live to keep it`,
    )
  }

  async broadcast(request: BroadcastSignalRequest, actor: Actor): Promise<{ readonly signalKey: string }> {
    const { clock, keys, outbox, signals, maxPayloadBytes, log } = this.parts
    const { signalName: name, tenantId, variables } = request
    checkPayload(variables, maxPayloadBytes)
    const signalKey: string = await keys.take()
    const payload: BroadcastSignal = { signalKey, tenantId, name, variables }
    const row: OutboxRow = {
      key: `signal-${signalKey}`,
      kind: 'broadcastSignal',
      payload: payload as unknown as Json,
      availableAt: clock.now(),
      attempts: 0,
    }
    await outbox.addAndTry(row, () => signals.broadcast(payload))
    log('info', `Signal '${name}' broadcast`, { signalKey, actor: actor.id })
    return { signalKey }
  }

  /** False when its id is still buffered. */
  private async carryOut(payload: PublishMessage): Promise<boolean> {
    const { messages } = this.parts
    const { timeToLiveMs, ...described } = payload
    const message: MessageRow = {
      ...described,
      variables: payload.variables as Variables,
      expiresAt: payload.publishedAt + timeToLiveMs,
      claims: {},
    }
    try {
      await messages.insert(message)
    } catch (error) {
      if (isBufferedAlready(error)) return false
      // A second try: the message is there, its claims tell who has it.
      if (!(error instanceof StoreFailure) || error.code !== 'DUPLICATE') throw error
    }
    await messages.correlate(message)
    return true
  }
}
