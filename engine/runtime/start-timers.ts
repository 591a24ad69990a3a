import {
  type Actor,
  type EpochMs,
  isMissed,
  type JsonObject,
  type ProcessDefinitionKey,
  type ProcessInstanceKey,
  planNext,
  planTimer,
  type StartTrigger,
} from '../kernel/index.ts'
import { type DefinitionRecord, type DocumentCollection, type Store, type StoredDocument, StoreFailure } from '../store/index.ts'
import { afterRealMs } from './clock.ts'
import { type Clock, EngineFailure, type EngineOptions } from './contract.ts'
import type { Counters } from './counters.ts'
import type { InstanceLoop } from './instance-loop.ts'
import type { KeyStock } from './key-stock.ts'

const ENGINE: Actor = { id: 'engine', kind: 'system' }
const BATCH = 100
/** Real time. */
const RETRY_MS = 1_000
const SLOW_POLL_MS = 10_000

interface StartTimer extends JsonObject {
  readonly tenantId: string
  readonly bpmnProcessId: string
  readonly definitionKey: string
  readonly version: number
  readonly elementId: string
  readonly dueAt: EpochMs
  /** The instance the next firing makes: decided beforehand, so that firing twice makes one. */
  readonly instanceKey: string
  /** Firings left after the next; -1 without end. */
  readonly repetitions: number
  /** Empty: fires once. */
  readonly cycle: string
  /** What happens to firings that nobody was there for. */
  readonly missedRuns?: 'skip' | 'all'
}

export interface StartTimersParts {
  readonly store: Store
  readonly clock: Clock
  readonly zone: string
  readonly loop: InstanceLoop
  readonly keys: KeyStock
  readonly counters: Counters
  readonly log: EngineOptions['log']
}

/**
 * Timer start events of newest versions. After downtime a cycle fires once to catch up, then on its grid; turns that
 * were missed count against `Rn`.
 */
export class StartTimers {
  private readonly parts: StartTimersParts
  private readonly documents: DocumentCollection<StartTimer>
  private disarm: () => void = () => undefined
  private stopPoll: () => void = () => undefined
  private round: Promise<void> | undefined
  private again = false
  private isClosed = false

  constructor(parts: StartTimersParts) {
    this.parts = parts
    this.documents = parts.store.documents<StartTimer>({ name: 'start_timer', indexes: ['dueAt', 'bpmnProcessId'], unique: [] })
  }

  get isFiring(): boolean {
    return this.round !== undefined
  }

  start(): void {
    this.wake()
    this.stopPoll = afterRealMs(SLOW_POLL_MS, () => this.start())
  }

  async close(): Promise<void> {
    this.isClosed = true
    this.disarm()
    this.stopPoll()
    await this.round
  }

  /** A new version's timers take the place of the older ones'. */
  async replace(definition: DefinitionRecord, triggers: readonly StartTrigger[]): Promise<void> {
    const { items } = await this.documents.find({ filter: { bpmnProcessId: definition.id }, limit: 1_000 })
    const own = items.filter(({ body }) => body.tenantId === definition.tenantId)
    for (const { id, body } of own) if (body.version < definition.version) await this.documents.delete(id)
    for (const trigger of triggers) {
      if (trigger.kind === 'timer' && !own.some(({ id }) => id === timerId(definition, trigger.elementId)))
        await this.set(definition, trigger)
    }
    this.wake()
  }

  private async set(definition: DefinitionRecord, trigger: Extract<StartTrigger, { kind: 'timer' }>): Promise<void> {
    const { clock, zone, keys, log } = this.parts
    const plan = planTimer(trigger.timer.kind, trigger.timer.value, clock.now(), zone, { missed: trigger.missedRuns ?? 'once' })
    if (!plan.ok) {
      log('error', `Start timer ${trigger.elementId} of ${definition.id} cannot fire`, { reason: plan.failure.message })
      return
    }
    const { dueAt, repetitions = 0, cycle = '' } = plan.value
    const body: StartTimer = {
      tenantId: definition.tenantId,
      bpmnProcessId: definition.id,
      definitionKey: definition.key,
      version: definition.version,
      elementId: trigger.elementId,
      dueAt,
      repetitions,
      cycle,
      instanceKey: await keys.take(),
      ...(trigger.missedRuns && { missedRuns: trigger.missedRuns }),
    }
    await this.documents.insert(timerId(definition, trigger.elementId), body).catch(unlessRaced)
  }

  private wake(): void {
    this.again = true
    if (this.round || this.isClosed) return
    this.round = this.fireAll().finally(() => {
      this.round = undefined
    })
  }

  private async fireAll(): Promise<void> {
    const { clock, log } = this.parts
    this.disarm()
    try {
      while (this.again && !this.isClosed) {
        this.again = false
        const { items, total } = await this.documents.find({
          filter: { dueAt: { lte: clock.now() } },
          sort: [{ field: 'dueAt', order: 'asc' }],
          limit: BATCH,
        })
        for (const timer of items) await this.fire(timer)
        if (total > items.length) this.again = true
      }
      const [next] = (await this.documents.find({ sort: [{ field: 'dueAt', order: 'asc' }], limit: 1 })).items
      if (next && !this.isClosed) this.disarm = clock.schedule(next.body.dueAt, () => this.wake())
    } catch (error) {
      log('warn', 'Start timers could not be fired; they are tried again', { error: String(error) })
      if (!this.isClosed) this.disarm = afterRealMs(RETRY_MS, () => this.wake())
    }
  }

  private async fire({ id, revision, body }: StoredDocument<StartTimer>): Promise<void> {
    const { clock, zone, keys, loop, counters, log } = this.parts
    const key = body.instanceKey as ProcessInstanceKey
    const isSkipped = body.missedRuns === 'skip' && body.cycle !== '' && isMissed(body.cycle, body.dueAt, clock.now(), zone)
    try {
      if (!isSkipped)
        await loop.submit({
          key,
          command: {
            type: 'createInstance',
            processInstanceKey: key,
            processDefinitionKey: body.definitionKey as ProcessDefinitionKey,
            version: body.version,
            variables: {},
            tenantId: body.tenantId,
            startElementId: body.elementId,
          },
          actor: ENGINE,
        })
      if (!isSkipped) counters.add('startTimers.fired')
    } catch (error) {
      if (!(error instanceof EngineFailure) || error.code === 'UNAVAILABLE') throw error
      // It exists: this firing was carried out before a crash, or by another node.
      if (error.code !== 'ALREADY_EXISTS')
        log('error', `Start timer ${body.elementId} of ${body.bpmnProcessId} could not start an instance`, { reason: error.message })
    }
    const next = body.cycle === '' ? undefined : planNext(body.cycle, body.repetitions, body.dueAt, clock.now(), zone, body.missedRuns)
    if (!next) await this.documents.delete(id)
    else {
      const changed = { ...body, dueAt: next.dueAt, repetitions: next.repetitions ?? 0, instanceKey: await keys.take() }
      await this.documents.replace(id, revision, changed).catch(unlessRaced)
    }
  }
}

function timerId(definition: DefinitionRecord, elementId: string): string {
  return JSON.stringify([definition.tenantId, definition.id, definition.version, elementId])
}

/** Another node was faster, or a newer version took its place. */
function unlessRaced(error: unknown): void {
  const isRace = error instanceof StoreFailure && ['REVISION_CONFLICT', 'NOT_FOUND', 'DUPLICATE'].includes(error.code)
  if (!isRace) throw error
}
