import type { Actor, ChildEnded, Command, ExecutableProcess, InstanceState, ProcessInstanceKey, Variables } from '../kernel/index.ts'
import type { DefinitionRecord, OutboxRow, Store } from '../store/index.ts'
import { EngineFailure } from './contract.ts'
import type { Definitions } from './definitions.ts'
import type { InstanceLoop } from './instance-loop.ts'
import type { Outbox } from './outbox.ts'
import type { OutboxPayloads } from './project-outbox.ts'
import { SerialLanes } from './serial-lanes.ts'

const ENGINE: Actor = { id: 'engine', kind: 'system' }

export interface ChildParts {
  readonly store: Store
  readonly loop: InstanceLoop
  readonly definitions: Definitions
}
type StartChild = OutboxPayloads['startChild']

/** Carries out what call activities ask for, between the instance that calls and the one that is called. */
export class ChildInstances {
  private readonly parts: ChildParts
  /** Start and cancellation of one child never overtake each other in this node. */
  private readonly lanes = new SerialLanes()

  /** What a child has to say reaches its parent in order. */
  private readonly news = new SerialLanes()

  constructor(parts: ChildParts) {
    this.parts = parts
  }

  register(outbox: Outbox): void {
    outbox.handle('startChild', (row) => {
      const payload = payloadOf<StartChild>(row)
      return this.lanes.run(payload.childInstanceKey, () => this.start(payload))
    })
    outbox.handle('escalateToParent', (row) => {
      const payload = payloadOf<OutboxPayloads['escalateToParent']>(row)
      return this.news.run(payload.childInstanceKey, () => this.escalate(row.key, payload))
    })
    outbox.handle('notifyParent', (row) => {
      const payload = payloadOf<OutboxPayloads['notifyParent']>(row)
      return this.news.run(payload.childInstanceKey, () => this.notifyParent(payload))
    })
    outbox.handle('cancelChild', (row) => {
      const { childInstanceKey } = payloadOf<OutboxPayloads['cancelChild']>(row)
      return this.lanes.run(childInstanceKey, () => this.cancel(childInstanceKey))
    })
  }

  private async start(request: StartChild): Promise<void> {
    const { loop } = this.parts
    const { parent } = request
    if (!(await loop.read(parent.processInstanceKey, (state) => isAwaited(state, request)))) return
    const refusal = await this.tryStart(request)
    if (refusal !== undefined) {
      await this.tellParent(request, { kind: 'notStarted', reason: refusal })
      return
    }
    // Another node may have ended the call activity since, and found no child to cancel.
    if (!(await loop.read(parent.processInstanceKey, (state) => isAwaited(state, request)))) await this.cancel(request.childInstanceKey)
  }

  /** Why the child cannot be started; undefined once it runs. */
  private async tryStart(request: StartChild): Promise<string | undefined> {
    const called = await this.called(request)
    if (typeof called === 'string') return called
    const key = request.childInstanceKey as ProcessInstanceKey
    const command: Command = {
      type: 'createInstance',
      processInstanceKey: key,
      processDefinitionKey: called.record.key as never,
      version: called.record.version,
      variables: request.variables as Variables,
      tenantId: called.record.tenantId,
      parent: request.parent,
      ...(request.businessKey !== undefined && { businessKey: request.businessKey }),
    }
    try {
      await this.parts.loop.submit({ key, command, actor: ENGINE })
      return undefined
    } catch (error) {
      if (!(error instanceof EngineFailure) || error.code === 'UNAVAILABLE') throw error
      return error.code === 'ALREADY_EXISTS' ? undefined : error.message
    }
  }

  private async called(request: StartChild): Promise<{ readonly record: DefinitionRecord; readonly process: ExecutableProcess } | string> {
    const { definitions } = this.parts
    const { bpmnProcessId, bindingType, versionTag } = request
    const find = (): DefinitionRecord | undefined => {
      const caller = definitions.byKey(request.callerDefinitionKey)
      return caller && definitions.bound('process', bpmnProcessId, { bindingType, ...(versionTag !== undefined && { versionTag }) }, caller)
    }
    if (!find()) await definitions.refresh()
    const record = find()
    const which = versionTag === undefined ? '' : ` with version tag '${versionTag}'`
    if (!record)
      return `Expected a deployed process '${bpmnProcessId}'${which} to call, but there is none; deploy it and resolve the incident`
    const process = await definitions.process(record)
    if (process.root.startEvent) return { record, process }
    return `Expected process '${bpmnProcessId}' to have a start event without trigger, but it has none; add one, deploy it and resolve the incident`
  }

  private async notifyParent({ parent, childInstanceKey, outcome }: OutboxPayloads['notifyParent']): Promise<void> {
    await this.tellParent({ parent, childInstanceKey }, outcome as unknown as ChildEnded['outcome'])
  }

  /** The command cannot tell a second delivery from a second escalation, so the history is asked who sent what. */
  private async escalate(rowKey: string, payload: OutboxPayloads['escalateToParent']): Promise<void> {
    const { parent, childInstanceKey, escalationCode } = payload
    const actor: Actor = { id: `escalation ${rowKey}`, kind: 'system' }
    const history = await this.parts.store.loadHistory(parent.processInstanceKey)
    if (history.some((entry) => entry.actor.id === actor.id)) return
    const command: Command = {
      type: 'childEscalated',
      elementInstanceKey: parent.elementInstanceKey,
      childInstanceKey: childInstanceKey as ProcessInstanceKey,
      escalationCode,
      variables: payload.variables as Variables,
    }
    await this.submitOrForget(parent.processInstanceKey, command, actor)
  }

  /** A parent that does not wait (any more) is told nothing. */
  private async tellParent(
    { parent, childInstanceKey }: Pick<StartChild, 'parent' | 'childInstanceKey'>,
    outcome: ChildEnded['outcome'],
  ): Promise<void> {
    const command: Command = {
      type: 'childEnded',
      elementInstanceKey: parent.elementInstanceKey,
      childInstanceKey: childInstanceKey as ProcessInstanceKey,
      outcome,
    }
    await this.submitOrForget(parent.processInstanceKey, command)
  }

  private async cancel(childInstanceKey: string): Promise<void> {
    await this.submitOrForget(childInstanceKey as ProcessInstanceKey, { type: 'cancelInstance' })
  }

  private async submitOrForget(key: ProcessInstanceKey, command: Command, actor = ENGINE): Promise<void> {
    try {
      await this.parts.loop.submit({ key, command, actor })
    } catch (error) {
      if (!(error instanceof EngineFailure) || error.code === 'UNAVAILABLE') throw error
    }
  }
}

function isAwaited(state: InstanceState | undefined, { parent, childInstanceKey }: StartChild): boolean {
  return state?.elements[parent.elementInstanceKey]?.childInstanceKey === childInstanceKey
}

/** Outbox payloads are written by projectOutbox, whose types these are. */
export function payloadOf<T>(row: OutboxRow): T {
  return row.payload as unknown as T
}
