import type {
  ChildRequested,
  EngineEvent,
  EpochMs,
  InstanceEnded,
  InstanceState,
  Json,
  MessageThrown,
  ParentLink,
} from '../kernel/index.ts'
import type { OutboxRow } from '../store/index.ts'

/** Payloads of the outbox rows the engine itself carries out, by kind. */
export interface OutboxPayloads {
  readonly startChild: {
    readonly childInstanceKey: string
    readonly bpmnProcessId: string
    readonly bindingType: ChildRequested['bindingType']
    readonly versionTag?: string
    readonly variables: Json
    /** Definition of the caller: its tenant and deployment decide which version is called. */
    readonly callerDefinitionKey: string
    readonly businessKey?: string
    readonly parent: ParentLink
  }
  readonly notifyParent: {
    readonly parent: ParentLink
    readonly childInstanceKey: string
    readonly outcome: Json
  }
  readonly cancelChild: { readonly childInstanceKey: string }
  readonly publishMessage: {
    readonly key: string
    readonly tenantId: string
    readonly name: string
    readonly correlationKey: string
    readonly timeToLiveMs: number
    readonly publishedAt: EpochMs
    readonly variables: Json
    readonly messageId?: string
  }
  /** A large multi-instance body has more items to begin. */
  readonly continueMultiInstance: { readonly elementInstanceKey: string }
  readonly matchMessages: {
    readonly tenantId: string
    readonly name: string
    readonly correlationKey: string
    readonly subscriptionKey: string
  }
  readonly broadcastSignal: { readonly signalKey: string; readonly tenantId: string; readonly name: string; readonly variables: Json }
  /** Runs before `notifyParent` of the same child. */
  readonly escalateToParent: {
    readonly parent: ParentLink
    readonly childInstanceKey: string
    readonly escalationCode: string
    readonly variables: Json
  }
  /** An instance that a message started has ended: the next buffered message of its key may start one. */
  readonly releaseStart: { readonly processInstanceKey: string }
}
export type EngineOutboxKind = keyof OutboxPayloads

export interface OutboxProjection {
  /** After the events. */
  readonly state: InstanceState
  readonly at: EpochMs
  /** Element ids of the process's message start events. */
  readonly messageStarts: ReadonlySet<string>
}
type Draft = Omit<OutboxRow, 'key' | 'attempts'>

/** What must happen elsewhere because of one commit's events. Pure. */
export function projectOutbox(events: readonly EngineEvent[], projection: OutboxProjection): Draft[] {
  const drafts: Draft[] = []
  const add = <K extends EngineOutboxKind>(kind: K, payload: OutboxPayloads[K]) =>
    drafts.push({ kind, payload: payload as unknown as Json, availableAt: projection.at })
  for (const event of events) {
    switch (event.type) {
      case 'child.requested':
        add('startChild', startChild(event, projection.state))
        break
      case 'multiInstance.paused':
        add('continueMultiInstance', { elementInstanceKey: event.key })
        break
      case 'child.cancelRequested':
        add('cancelChild', { childInstanceKey: event.childInstanceKey })
        break
      case 'message.thrown':
        add('publishMessage', publishMessage(event, projection))
        break
      case 'signal.thrown': {
        // An element throws once, so its key names the signal: told twice it is taken once.
        const { elementInstanceKey: signalKey, signalName: name, variables } = event
        add('broadcastSignal', { signalKey, name, variables, tenantId: projection.state.tenantId })
        break
      }
      case 'escalation.thrown': {
        const { parent, key: childInstanceKey } = projection.state
        const { escalationCode, variables = {} } = event
        if (event.caughtBy === undefined && parent) add('escalateToParent', { parent, childInstanceKey, escalationCode, variables })
        break
      }
      case 'subscription.opened': {
        if (event.kind === 'signal') break
        const { messageName, correlationKey, subscriptionKey } = event
        add('matchMessages', { tenantId: projection.state.tenantId, name: messageName, correlationKey, subscriptionKey })
        break
      }
      case 'instance.resumed':
        for (const { kind, messageName: name, correlationKey, key: subscriptionKey } of Object.values(projection.state.subscriptions))
          if (kind !== 'signal') add('matchMessages', { tenantId: projection.state.tenantId, name, correlationKey, subscriptionKey })
        break
      case 'instance.completed':
      case 'instance.terminated':
        for (const [kind, payload] of whenEnded(event, projection)) add(kind, payload as never)
    }
  }
  return drafts
}

function startChild(event: ChildRequested, state: InstanceState): OutboxPayloads['startChild'] {
  return {
    childInstanceKey: event.childInstanceKey,
    bpmnProcessId: event.bpmnProcessId,
    bindingType: event.bindingType,
    variables: event.variables,
    callerDefinitionKey: state.processDefinitionKey,
    parent: { processInstanceKey: state.key, elementInstanceKey: event.elementInstanceKey, depth: event.depth },
    ...(event.versionTag !== undefined && { versionTag: event.versionTag }),
    ...(state.businessKey !== undefined && { businessKey: state.businessKey }),
  }
}

function publishMessage(event: MessageThrown, { state, at }: OutboxProjection): OutboxPayloads['publishMessage'] {
  return {
    // An element throws once, so its key names the message: carried out twice it is still one message.
    key: event.elementInstanceKey,
    tenantId: state.tenantId,
    name: event.messageName,
    correlationKey: event.correlationKey,
    timeToLiveMs: event.timeToLiveMs,
    publishedAt: at,
    variables: event.variables,
    ...(event.messageId !== undefined && { messageId: event.messageId }),
  }
}

function whenEnded(event: InstanceEnded, { state, messageStarts }: OutboxProjection): [EngineOutboxKind, unknown][] {
  const rows: [EngineOutboxKind, unknown][] = []
  if (state.parent) rows.push(['notifyParent', { parent: state.parent, childInstanceKey: state.key, outcome: outcomeOf(event) }])
  if (state.startElementId !== undefined && messageStarts.has(state.startElementId))
    rows.push(['releaseStart', { processInstanceKey: state.key }])
  return rows
}

function outcomeOf(event: InstanceEnded): Json {
  const variables = event.variables ?? {}
  if (event.error) return { kind: 'error', ...event.error, variables }
  return event.type === 'instance.completed' ? { kind: 'completed', variables } : { kind: 'terminated' }
}
