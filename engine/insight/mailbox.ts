import type { EpochMs, MessageKey, ProcessInstanceKey, SubscriptionOpened, Variables } from '../kernel/index.ts'

export interface VirtualMessage {
  readonly name: string
  readonly correlationKey: string
  readonly variables: Variables
  /** 0: tried once, never kept. */
  readonly timeToLiveMs: number
}
export interface KeptMessage extends VirtualMessage {
  readonly key: MessageKey
  readonly expiresAt: EpochMs
  /** Process ids it was given to: at most one instance of each takes it. */
  readonly takenBy: Set<string>
}
export interface Subscriber {
  readonly subscriptionKey: SubscriptionOpened['subscriptionKey']
  readonly processInstanceKey: ProcessInstanceKey
  readonly bpmnProcessId: string
  readonly correlationKey: string
}

const channelOf = (kind: 'message' | 'signal', name: string) => `${kind} ${name}`

/** Who waits for which message or signal, and the messages nobody has taken yet. */
export class Mailbox {
  private readonly channels = new Map<string, Map<string, Subscriber>>()
  private readonly channelOfSubscription = new Map<string, string>()
  private kept: KeptMessage[] = []

  open(event: SubscriptionOpened, processInstanceKey: ProcessInstanceKey, bpmnProcessId: string): Subscriber {
    const { subscriptionKey, correlationKey } = event
    const subscriber = { subscriptionKey, correlationKey, processInstanceKey, bpmnProcessId }
    const channel = channelOf(event.kind ?? 'message', event.messageName)
    const subscribers = this.channels.get(channel) ?? new Map<string, Subscriber>()
    this.channels.set(channel, subscribers.set(subscriptionKey, subscriber))
    this.channelOfSubscription.set(subscriptionKey, channel)
    return subscriber
  }

  close(subscriptionKey: string): void {
    this.channels.get(this.channelOfSubscription.get(subscriptionKey) ?? '')?.delete(subscriptionKey)
    this.channelOfSubscription.delete(subscriptionKey)
  }

  /** In the order they began to wait. */
  waitingForMessage({ name, correlationKey }: Pick<VirtualMessage, 'name' | 'correlationKey'>): readonly Subscriber[] {
    const subscribers = [...(this.channels.get(channelOf('message', name))?.values() ?? [])]
    return subscribers.filter((subscriber) => subscriber.correlationKey === correlationKey)
  }

  waitingForSignal(name: string): readonly Subscriber[] {
    return [...(this.channels.get(channelOf('signal', name))?.values() ?? [])]
  }

  keep(message: KeptMessage): void {
    this.kept.push(message)
  }

  /** Messages that a newcomer of the process may still take, oldest first. */
  buffered(
    { name, correlationKey }: Pick<VirtualMessage, 'name' | 'correlationKey'>,
    bpmnProcessId: string,
    now: EpochMs,
  ): readonly KeptMessage[] {
    this.kept = this.kept.filter(({ expiresAt }) => expiresAt > now)
    return this.kept.filter(
      (message) => message.name === name && message.correlationKey === correlationKey && !message.takenBy.has(bpmnProcessId),
    )
  }
}
