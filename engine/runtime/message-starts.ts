import type { Actor, JsonObject, MessageKey, ProcessDefinitionKey, ProcessInstanceKey, Variables } from '../kernel/index.ts'
import { type DocumentCollection, type MessageClaim, type MessageRow, type Store, StoreFailure } from '../store/index.ts'
import { EngineFailure, type EngineOptions } from './contract.ts'
import type { Counters } from './counters.ts'
import type { Definitions } from './definitions.ts'
import type { InstanceLoop } from './instance-loop.ts'
import type { KeyStock } from './key-stock.ts'
import { SerialLanes } from './serial-lanes.ts'
import type { MessageStart, StartTriggers } from './start-triggers.ts'

const ENGINE: Actor = { id: 'engine', kind: 'system' }
const START = 'start:'

/** The instance that was started last by a message, for each process id and correlation key. */
interface StartLock extends JsonObject {
  readonly tenantId: string
  readonly bpmnProcessId: string
  readonly correlationKey: string
  readonly processInstanceKey: string
}

export interface MessageStartsParts {
  readonly store: Store
  readonly loop: InstanceLoop
  readonly keys: KeyStock
  readonly triggers: StartTriggers
  readonly definitions: Definitions
  readonly counters: Counters
  readonly log: EngineOptions['log']
}

/**
 * Message start events. A message with a correlation key is held back while an instance that the same process id and
 * key started is active. The instance's key is part of the claim, so a crash in between cannot start two.
 */
export class MessageStarts {
  private readonly parts: MessageStartsParts
  private readonly locks: DocumentCollection<StartLock>
  /** Messages of different names may start the same process; they take turns at its lock. */
  private readonly lanes = new SerialLanes()

  constructor(parts: MessageStartsParts) {
    this.parts = parts
    this.locks = parts.store.documents<StartLock>({ name: 'start_lock', indexes: ['processInstanceKey'], unique: [] })
  }

  /** Starts what the message's name starts, except processes that have taken the message already. */
  async tryAll(message: MessageRow, claimed: ReadonlySet<string>): Promise<void> {
    for (const { definition } of this.parts.triggers.messageStarts(message.tenantId, message.name)) {
      if (!claimed.has(definition.id)) await this.tryStart(message, definition.id)
    }
  }

  async tryStart(message: MessageRow, bpmnProcessId: string): Promise<void> {
    const start = this.find(message, bpmnProcessId)
    if (!start) return
    await this.lanes.run(lockId(message, bpmnProcessId), async () => {
      if (!(await this.isFree(message, bpmnProcessId))) return
      const claim: MessageClaim = {
        processInstanceKey: await this.parts.keys.take(),
        subscriptionKey: `${START}${start.definition.key}:${start.trigger.elementId}`,
        confirmed: false,
      }
      if (await this.parts.store.claimMessage(message.key, bpmnProcessId, claim)) await this.carryOut(message, bpmnProcessId, claim)
    })
  }

  /** Carries on with a claim that a crash left open; true when the message is used up for the process. */
  resume(message: MessageRow, bpmnProcessId: string, claim: MessageClaim): Promise<boolean> {
    return this.lanes.run(lockId(message, bpmnProcessId), () => this.carryOut(message, bpmnProcessId, claim))
  }

  /** Frees the key of an instance that ended; tells where held-back messages may wait. */
  async release(
    processInstanceKey: string,
  ): Promise<
    | { readonly tenantId: string; readonly bpmnProcessId: string; readonly correlationKey: string; readonly names: readonly string[] }
    | undefined
  > {
    const [lock] = (await this.locks.find({ filter: { processInstanceKey }, limit: 1 })).items
    if (!lock) return undefined
    const { tenantId, bpmnProcessId, correlationKey } = lock.body
    await this.lanes.run(lock.id, async () => {
      const current = await this.locks.get(lock.id)
      if (current?.body.processInstanceKey === processInstanceKey) await this.locks.delete(lock.id)
    })
    const names = new Set(this.parts.triggers.messageStartsOf(tenantId, bpmnProcessId).map(({ trigger }) => trigger.messageName))
    return { tenantId, bpmnProcessId, correlationKey, names: [...names] }
  }

  private find(message: MessageRow, bpmnProcessId: string): MessageStart | undefined {
    return this.parts.triggers.messageStarts(message.tenantId, message.name).find(({ definition }) => definition.id === bpmnProcessId)
  }

  /** Lock, start, confirm; or give the message back. */
  private async carryOut(message: MessageRow, bpmnProcessId: string, claim: MessageClaim): Promise<boolean> {
    const { store } = this.parts
    if (!(await this.lock(message, bpmnProcessId, claim.processInstanceKey))) {
      await store.settleMessage(message.key, bpmnProcessId, undefined)
      return false
    }
    const isStarted = await this.startInstance(message, claim)
    await store.settleMessage(message.key, bpmnProcessId, isStarted ? { ...claim, confirmed: true } : undefined)
    if (!isStarted && message.correlationKey !== '') await this.locks.delete(lockId(message, bpmnProcessId))
    return isStarted
  }

  private async isFree(message: MessageRow, bpmnProcessId: string): Promise<boolean> {
    if (message.correlationKey === '') return true
    const lock = await this.locks.get(lockId(message, bpmnProcessId))
    if (!lock) return true
    // Not there yet: its claim is open, and whoever carries that on will start it.
    const holder = await this.parts.store.find('instance', lock.body.processInstanceKey)
    return holder?.endedAt !== undefined
  }

  private async lock(message: MessageRow, bpmnProcessId: string, processInstanceKey: string): Promise<boolean> {
    const { tenantId, correlationKey } = message
    if (correlationKey === '') return true
    const id = lockId(message, bpmnProcessId)
    const held = await this.locks.get(id)
    if (held?.body.processInstanceKey === processInstanceKey) return true
    if (held && !(await this.isFree(message, bpmnProcessId))) return false
    const body: StartLock = { tenantId, bpmnProcessId, correlationKey, processInstanceKey }
    try {
      if (held) await this.locks.replace(id, held.revision, body)
      else await this.locks.insert(id, body)
      return true
    } catch (error) {
      const isRace = error instanceof StoreFailure && ['REVISION_CONFLICT', 'NOT_FOUND', 'DUPLICATE'].includes(error.code)
      if (isRace) return false
      throw error
    }
  }

  private async startInstance(message: MessageRow, claim: MessageClaim): Promise<boolean> {
    const { loop, definitions, counters, log } = this.parts
    const [definitionKey = '', elementId = ''] = splitOnce(claim.subscriptionKey.slice(START.length))
    const key = claim.processInstanceKey as ProcessInstanceKey
    if (!definitions.byKey(definitionKey)) await definitions.refresh()
    try {
      await loop.submit({
        key,
        command: {
          type: 'createInstance',
          processInstanceKey: key,
          processDefinitionKey: definitionKey as ProcessDefinitionKey,
          version: definitions.byKey(definitionKey)?.version ?? 0,
          variables: message.variables as Variables,
          tenantId: message.tenantId,
          startElementId: elementId,
          messageKey: message.key as MessageKey,
        },
        actor: ENGINE,
      })
      counters.add('messages.started')
      return true
    } catch (error) {
      if (!(error instanceof EngineFailure) || error.code === 'UNAVAILABLE') throw error
      if (error.code === 'ALREADY_EXISTS') return true
      log('error', `Message '${message.name}' could not start an instance`, { messageKey: message.key, reason: error.message })
      return false
    }
  }
}

export function isStartClaim(claim: MessageClaim): boolean {
  return claim.subscriptionKey.startsWith(START)
}

function splitOnce(text: string): [string, string] {
  const at = text.indexOf(':')
  return [text.slice(0, at), text.slice(at + 1)]
}

function lockId({ tenantId, correlationKey }: Pick<MessageRow, 'tenantId' | 'correlationKey'>, bpmnProcessId: string): string {
  return JSON.stringify([tenantId, bpmnProcessId, correlationKey])
}
