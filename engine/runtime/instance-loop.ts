import { LRUCache } from 'lru-cache'
import {
  type Actor,
  type BusinessCalendar,
  type Command,
  type Decided,
  type DecisionEnv,
  decide,
  type EngineEvent,
  type EpochMs,
  type ExecutableProcess,
  type InstanceState,
  type Json,
  type ProcessInstanceKey,
  type Rejection,
} from '../kernel/index.ts'
import {
  type DefinitionRecord,
  type HistoryEntry,
  type InstanceRow,
  type OutboxRow,
  type RowChange,
  type Store,
  StoreFailure,
} from '../store/index.ts'
import type { Calendars } from './calendars.ts'
import { type Clock, EngineFailure } from './contract.ts'
import type { Counters } from './counters.ts'
import type { Definitions } from './definitions.ts'
import { FetchFirst } from './fetch-first.ts'
import type { KeyStock } from './key-stock.ts'
import { sizeEstimate } from './payload-limit.ts'
import { instanceRow, projectEvents } from './project-events.ts'
import { projectOutbox } from './project-outbox.ts'
import { SerialLanes } from './serial-lanes.ts'

/** Another node that keeps winning the race this often is not a race any more. */
const CONFLICT_TRIES = 20
/** Decisions one command may fetch one after the other, and blocks of keys. */
const FETCH_TRIES = 1_000
const HOT_INSTANCES = 10_000
const HOT_SIZE = 256 * 1024 * 1024

export interface Submission {
  readonly key: ProcessInstanceKey
  readonly command: Command
  readonly actor: Actor
  /** Row changes beside those of the events. */
  readonly changes?: readonly RowChange[]
  /** Decides and stores nothing: to find out whether it would be refused. */
  readonly isRehearsal?: boolean
}
/** A durable commit, or what stands there when a command changed nothing. */
export interface Committed {
  readonly entry: HistoryEntry
  readonly row: InstanceRow
  readonly state: InstanceState
  readonly changes: readonly RowChange[]
  readonly outbox: readonly OutboxRow[]
}
export type OutboxSource = (entry: HistoryEntry, row: InstanceRow) => readonly Omit<OutboxRow, 'key' | 'attempts'>[]

export interface CommitHooks {
  /** A last look at the rows before they are written. `settle` is told how it went. */
  prepare(changes: readonly RowChange[], state: InstanceState): { readonly changes: readonly RowChange[]; settle(isDurable: boolean): void }
  /** After the commit is durable, before anything else happens to the instance. Must not throw. */
  committed(committed: Committed): void
}
export interface LoopParts {
  readonly store: Store
  readonly clock: Clock
  readonly zone: string
  readonly calendars: Calendars
  readonly definitions: Definitions
  readonly keys: KeyStock
  readonly counters: Counters
  readonly hooks: CommitHooks
}
interface Hot {
  readonly revision: number
  readonly state: InstanceState
}

/** Commands of one instance one after the other, those of many side by side: load, decide, commit, then tell. */
export class InstanceLoop {
  readonly outboxSources: OutboxSource[] = []
  private readonly parts: LoopParts
  private readonly lanes = new SerialLanes()
  private readonly hot = new LRUCache<string, Hot>({ max: HOT_INSTANCES, maxSize: HOT_SIZE, maxEntrySize: HOT_SIZE })

  constructor(parts: LoopParts) {
    this.parts = parts
  }

  /** Commands that run or wait. */
  get pending(): number {
    return this.lanes.size
  }
  get hotInstances(): number {
    return this.hot.size
  }

  /** @throws EngineFailure with the code of the rejection, or `UNAVAILABLE` when the store could not take it. */
  submit(submission: Submission): Promise<Committed> {
    return this.lanes.run(submission.key, () => this.carryOut(submission))
  }

  /** Looks at the newest state, also when another node made it. `look` must not keep or change it. */
  read<T>(key: ProcessInstanceKey, look: (state: InstanceState | undefined) => T): Promise<T> {
    return this.lanes.run(key, async () => look((await this.load(key))?.state))
  }

  idle(): Promise<void> {
    return this.lanes.idle()
  }

  private async carryOut(submission: Submission): Promise<Committed> {
    let conflicts = 0
    for (let fetches = 0; ; ) {
      try {
        return await this.attempt(submission)
      } catch (error) {
        if (error instanceof FetchFirst && fetches++ < FETCH_TRIES) {
          this.hot.delete(submission.key)
          await error.fetch()
          continue
        }
        if (error instanceof EngineFailure) throw error
        this.hot.delete(submission.key)
        if (!(error instanceof StoreFailure)) throw error
        if (error.code === 'REVISION_CONFLICT' && conflicts++ < CONFLICT_TRIES) {
          this.parts.counters.add('commits.conflicts')
          continue
        }
        throw new EngineFailure('UNAVAILABLE', `The command could not be stored: ${error.message}. Try again.`, { cause: error })
      }
    }
  }

  private async attempt(submission: Submission): Promise<Committed> {
    const { key, command, actor, changes = [], isRehearsal = false } = submission
    const cached = this.hot.get(key)
    const before = cached ?? (await this.load(key))
    const definitionKey = command.type === 'createInstance' ? command.processDefinitionKey : before?.state.processDefinitionKey
    if (definitionKey === undefined) throw new EngineFailure('NOT_FOUND', `Expected process instance ${key}, but there is none`)
    const definition = await this.definition(definitionKey)
    const process = this.parts.definitions.processNow(definition) ?? (await this.parts.definitions.process(definition))
    const at = this.parts.clock.now()
    const variables = command.type === 'createInstance' ? command.variables : before?.state.elements[key]?.variables
    const calendar = this.parts.calendars.of((name) => variables?.[name])
    const isLeaseOnly = command.type === 'updateJob' && changes.length > 0 && command.retries === 0
    const decided: Decided =
      isLeaseOnly && before
        ? { events: [], state: before.state }
        : decide(process, isRehearsal ? structuredClone(before?.state) : before?.state, command, this.env(definition, at, calendar))
    // A commit would find out that another node has moved on; what commits nothing must look for itself.
    const isIdle = decided.events.length === 0 && changes.length === 0
    if (cached && isIdle && (await this.load(key))?.revision !== cached.revision) return this.attempt(submission)
    if (decided.rejection) throw this.refuse(decided.rejection, command)
    if (isRehearsal) return this.rehearsed(submission, decided, before?.revision ?? 0)
    return this.commit(
      { key, command, actor, changes },
      { revision: before?.revision ?? 0, state: decided.state },
      { events: decided.events, at, messageStarts: messageStartsOf(process, decided.state) },
    )
  }

  private rehearsed(
    { key, command, actor }: Submission,
    { events, state }: Extract<Decided, { rejection?: undefined }>,
    revision: number,
  ): Committed {
    const entry = { processInstanceKey: key, revision, at: this.parts.clock.now(), command: command.type, actor, events }
    return { entry, row: instanceRow(state), state, changes: [], outbox: [] }
  }

  private async commit(
    { key, command, actor, changes: extra = [] }: Submission,
    { revision, state }: Hot,
    {
      events,
      at,
      messageStarts,
    }: { readonly events: readonly EngineEvent[]; readonly at: EpochMs; readonly messageStarts: ReadonlySet<string> },
  ): Promise<Committed> {
    const { store, hooks, counters } = this.parts
    const entry: HistoryEntry = { processInstanceKey: key, revision: revision + 1, at, command: command.type, actor, events }
    const row = instanceRow(state)
    if (events.length === 0 && extra.length === 0) return { entry, row, state, changes: [], outbox: [] }
    const drafts = [...projectOutbox(events, { state, at, messageStarts }), ...this.outboxSources.flatMap((source) => source(entry, row))]
    const outbox = drafts.map((draft, index) => ({ ...draft, key: `${key}-${revision + 1}-${index}`, attempts: 0 }))
    const prepared = hooks.prepare([...projectEvents(events, { state, command, actor, at }), ...extra], state)
    try {
      await store.commit({ key, expectedRevision: revision, state, history: entry, changes: prepared.changes, outbox })
    } catch (error) {
      prepared.settle(false)
      throw error
    }
    counters.add('commits')
    if (state.status === 'active') this.hot.set(key, { revision: revision + 1, state }, { size: sizeEstimate(state as unknown as Json) })
    else this.hot.delete(key)
    prepared.settle(true)
    const committed = { entry, row, state, changes: prepared.changes, outbox }
    hooks.committed(committed)
    return committed
  }

  private async load(key: ProcessInstanceKey): Promise<Hot | undefined> {
    const stored = await this.parts.store.loadInstance(key)
    if (stored?.state.status === 'active') this.hot.set(key, stored, { size: sizeEstimate(stored.state as unknown as Json) })
    else this.hot.delete(key)
    return stored
  }

  private async definition(key: string): Promise<DefinitionRecord> {
    const { definitions } = this.parts
    if (!definitions.byKey(key)) await definitions.refresh()
    const record = definitions.byKey(key)
    if (!record) throw new EngineFailure('NOT_FOUND', `Expected process definition ${key} to be deployed, but it is not`)
    return record
  }

  private env(caller: DefinitionRecord, now: EpochMs, calendar: BusinessCalendar | undefined): DecisionEnv {
    const { zone, keys, definitions } = this.parts
    return {
      now,
      zone,
      ...(calendar && { calendar }),
      newInstanceKey: () => keys.takeNow(),
      findDecision: (decisionId, binding) => {
        const record = definitions.bound('decision', decisionId, binding, caller)
        if (!record) return undefined
        const decision = definitions.decisionNow(record)
        if (!decision) throw new FetchFirst(`Decision ${decisionId}`, () => definitions.compile(record))
        return { key: record.key, decision }
      },
      findProcess: (key) => {
        const record = definitions.byKey(key)
        if (record?.kind !== 'process') return undefined
        const process = definitions.processNow(record)
        if (!process) throw new FetchFirst(`Process ${record.id}`, () => definitions.compile(record))
        return process
      },
    }
  }

  private refuse({ code, message, violations = [] }: Rejection, command: Command): EngineFailure {
    this.parts.counters.add('commands.rejected')
    this.parts.counters.add(`commands.rejected.${command.type}`)
    const resource = command.type === 'migrateInstance' ? command.targetProcessDefinitionKey : ''
    return new EngineFailure(code, message, { problems: violations.map((violation) => ({ ...violation, severity: 'error', resource })) })
  }
}

/** Events by which a message may have started the instance; one that was migrated may know its own no more. */
function messageStartsOf(process: ExecutableProcess, { startElementId }: InstanceState): ReadonlySet<string> {
  const starts = new Set(process.startTriggers.filter(({ kind }) => kind === 'message').map(({ elementId }) => elementId))
  const isKnown = process.startTriggers.some(({ elementId }) => elementId === startElementId)
  return startElementId === undefined || isKnown ? starts : starts.add(startElementId)
}
