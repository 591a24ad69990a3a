import type {
  Actor,
  AdHocResult,
  BpmnNote,
  BpmnProblem,
  DecisionTraceEntry,
  EpochMs,
  JobKind,
  Json,
  ProcessInstanceKey,
  StartInstruction,
  TaskListenerResult,
  TaskPhase,
  UserTaskChanges,
  Variables,
} from '../kernel/index.ts'
import type { DefinitionRecord, HistoryEntry, InstanceRow, JobRow, OutboxRow, Store, UserTaskRow } from '../store/index.ts'
import type { CalendarDocument, CalendarProblem } from './calendar-document.ts'
import type { InstanceSurgery } from './surgery-contract.ts'

/** The engine as other rooms and the API see it. One per node; any number of nodes may share a store. */
export interface Engine extends InstanceSurgery {
  readonly store: Store
  readonly clock: Clock
  /** Known definitions; always as new as the last deployment of this node. */
  readonly definitions: DefinitionCatalogue
  readonly calendars: BusinessCalendars

  /**
   * Parses, checks and stores resources, all or none. Content equal to the newest version makes no new version.
   * Start timers and message starts of the previous versions are replaced.
   * @throws EngineFailure `INVALID_ARGUMENT` with `problems`.
   */
  deploy(request: DeployRequest): Promise<DeployResult>
  /** What `deploy` would refuse or warn of; stores nothing. */
  checkDeployment(request: DeployRequest): Promise<readonly DeployedProblem[]>
  /** Groups that user tasks of deployed processes (newest versions) name literally, each with the ids of the processes. */
  candidateGroups(): Promise<ReadonlyMap<string, readonly string[]>>

  /**
   * Starts an instance. With `processInstanceKey` (from `newInstanceKey`) it is idempotent: a second call returns the first's result.
   * `awaitCompletion` resolves when the instance has ended, with its root variables.
   */
  createInstance(request: CreateInstanceRequest): Promise<CreatedInstance>
  newInstanceKey(): Promise<ProcessInstanceKey>
  cancelInstance(key: string, actor: Actor): Promise<void>
  setVariables(scopeKey: string, variables: Variables, local: boolean, actor: Actor): Promise<void>

  /** Waits up to `requestTimeoutMs` (real time) for at least one job. Leases last `timeoutMs`. */
  activateJobs(request: ActivateJobsRequest): Promise<readonly ActivatedJob[]>
  /** With `leaseToken` given, a late answer on an old lease is refused (`INVALID_STATE`). A job that is gone is `NOT_FOUND`. */
  completeJob(
    jobKey: string,
    answer: {
      readonly variables: Variables
      readonly leaseToken?: string
      /** Of a task listener: whether, and with which corrections, what is asked may happen. */
      readonly result?: TaskListenerResult
      /** Of an ad-hoc subprocess: what is to be begun, and whether it is done. */
      readonly adHoc?: AdHocResult
    },
    actor: Actor,
  ): Promise<void>
  failJob(
    jobKey: string,
    answer: {
      readonly retries: number
      readonly errorMessage: string
      readonly retryBackOffMs?: number
      readonly variables?: Variables
      readonly leaseToken?: string
    },
    actor: Actor,
  ): Promise<void>
  throwJobError(
    jobKey: string,
    answer: { readonly errorCode: string; readonly errorMessage?: string; readonly variables?: Variables; readonly leaseToken?: string },
    actor: Actor,
  ): Promise<void>
  updateJob(jobKey: string, changes: { readonly retries?: number; readonly timeoutMs?: number }, actor: Actor): Promise<void>
  /** Runs a worker inside this node until the returned function is called (which waits for handlers in flight). */
  addWorker(worker: InProcessWorker): () => Promise<void>

  /** `action` is told to listeners, here and below. */
  assignUserTask(userTaskKey: string, assignee: string, allowOverride: boolean, actor: Actor, action?: string): Promise<void>
  unassignUserTask(userTaskKey: string, actor: Actor): Promise<void>
  completeUserTask(userTaskKey: string, variables: Variables, actor: Actor, action?: string): Promise<void>
  /** Changes attributes. */
  updateUserTask(userTaskKey: string, changes: UserTaskChanges, actor: Actor, action?: string): Promise<void>

  /**
   * Durable before it resolves. Correlates to at most one instance per process id; what is not taken waits `timeToLiveMs`.
   * @throws EngineFailure `ALREADY_EXISTS` when the message id is still buffered.
   */
  publishMessage(message: PublishMessageRequest, actor: Actor): Promise<{ readonly messageKey: string }>

  /**
   * Publishes a message that is never buffered, and tells who took it (of several processes: a running instance before one
   * that was started by it).
   * @throws EngineFailure `NOT_FOUND` when nothing waits for it.
   */
  correlateMessage(message: CorrelateMessageRequest, actor: Actor): Promise<CorrelatedMessage>

  /** Starts every process (newest version, or the given one) with a conditional start event whose condition the variables fulfil. */
  evaluateConditions(request: EvaluateConditionsRequest, actor: Actor): Promise<EvaluatedConditions>

  /** Decides over given variables, without a process; nothing is stored. */
  evaluateDecision(request: EvaluateDecisionRequest): Promise<EvaluatedDecision>

  /** Durable before it resolves. Reaches every instance and definition that waits for the name; never buffered. */
  broadcastSignal(request: BroadcastSignalRequest, actor: Actor): Promise<{ readonly signalKey: string }>

  resolveIncident(incidentKey: string, actor: Actor): Promise<void>

  getInstance(key: string): Promise<InstanceRow | undefined>
  /** Variables visible from a scope (the instance key for the root's). */
  getVariables(scopeKey: string): Promise<Record<string, Json>>
  getHistory(key: string): Promise<readonly HistoryEntry[]>

  /**
   * Registers what must happen when something is committed: called inside the commit with its history entry, it returns
   * outbox rows that become durable with it. Must be pure and fast.
   */
  addOutboxSource(source: (entry: HistoryEntry, row: InstanceRow) => readonly Omit<OutboxRow, 'key' | 'attempts'>[]): void
  /** Carries out outbox rows of a kind: at least once, in no order. A rejected promise is tried again with back-off, for ever. */
  addOutboxHandler(kind: string, handler: (row: OutboxRow) => Promise<void>): void
  /** Told after a commit is durable, in this node only; may be missed. For live views. */
  onCommitted(listener: (entry: HistoryEntry) => void): () => void

  /** Counts and gauges for /ops. */
  metrics(): Readonly<Record<string, number>>
  /** Takes no more commands, finishes commits, gives leases back. The store stays open. */
  close(): Promise<void>
}

/** The wall clock, possibly compressed (demo) or moved by hand (tests). */
export interface Clock {
  now(): EpochMs
  /** Calls back once `dueAt` is reached, also years ahead. Returns a way to cancel. */
  schedule(dueAt: EpochMs, callback: () => void): () => void
  /** Real milliseconds that pass while the clock moves by `ms`. */
  toRealMs(ms: number): number
}

export interface DeployRequest {
  readonly resources: readonly { readonly name: string; readonly content: string }[]
  readonly tenantId: string
  readonly actor: Actor
  /** `auto`: a BPMN file that draws nothing is laid out before it is stored. */
  readonly layout?: 'auto'
  /** What the house answers to; tasks that name something else are told as warnings. Absent: forms are not looked at. */
  readonly known?: KnownToTasks
}
export interface KnownToTasks {
  readonly hasForm: (formId: string) => boolean
  /** Groups that accounts have, beside those of deployed processes. */
  readonly groups: readonly string[]
}
/** What is wrong, or doubtful, in a resource. */
export type DeployedProblem = BpmnProblem & { readonly resource: string }
export interface DeployResult {
  readonly deploymentKey: string
  readonly deployedAt: EpochMs
  /** New ones and unchanged ones (with their existing version). */
  readonly definitions: readonly DefinitionRecord[]
  /** What was taken, but may not do what its modeller meant. */
  readonly warnings: readonly DeployedProblem[]
  /** What is used that only this engine carries out, for modellers who want other engines too. */
  readonly notes: readonly DeployedNote[]
}
export type DeployedNote = BpmnNote & { readonly resource: string }
export interface DefinitionCatalogue {
  all(): readonly DefinitionRecord[]
  latest(kind: DefinitionRecord['kind'], id: string, tenantId: string): DefinitionRecord | undefined
  byKey(key: string): DefinitionRecord | undefined
}

/**
 * Which days and hours count for timers of working time. An instance goes by the calendar its service names, else by the one of
 * its operator, else by `default` (variables `service` and `operator`). A change counts for timers that are set from then on;
 * those that are set already keep the time that was told to people.
 */
export interface BusinessCalendars {
  /** By id; the default one is always among them when the engine was given one. */
  all(): readonly CalendarDocument[]
  find(calendarId: string): CalendarDocument | undefined
  /** Everything that is wrong with a calendar. */
  problems(calendar: CalendarDocument): readonly CalendarProblem[]
  /** Durable before it resolves; other nodes know it within seconds. @throws EngineFailure `INVALID_ARGUMENT` */
  put(calendar: CalendarDocument): Promise<void>
  /** Tells which calendars services name; replaces what was told before. */
  assign(services: ServiceCalendars): void
}
/** By service id: a calendar id, or one by operator. */
export type ServiceCalendars = ReadonlyMap<string, string | Readonly<Record<string, string>>>

export interface CreateInstanceRequest {
  /** One of the two. */
  readonly bpmnProcessId?: string
  readonly processDefinitionKey?: string
  /** -1 or absent: newest. */
  readonly version?: number
  readonly variables: Variables
  readonly tenantId: string
  readonly actor: Actor
  readonly businessKey?: string
  readonly processInstanceKey?: ProcessInstanceKey
  /** Elements to begin at, instead of the start event. */
  readonly startInstructions?: readonly StartInstruction[]
  readonly awaitCompletion?: { readonly timeoutMs: number; readonly fetchVariables?: readonly string[] }
}
export interface CreatedInstance {
  readonly processInstanceKey: ProcessInstanceKey
  readonly processDefinitionKey: string
  readonly bpmnProcessId: string
  readonly version: number
  readonly tenantId: string
  /** With `awaitCompletion`. */
  readonly variables?: Variables
}

export interface ActivateJobsRequest {
  readonly type: string
  readonly worker: string
  readonly maxJobs: number
  readonly timeoutMs: number
  readonly requestTimeoutMs: number
  readonly tenantIds: readonly string[]
  /** Absent or empty: all visible variables. */
  readonly fetchVariables?: readonly string[]
  /** Ends the wait early; leases that were just taken are given back. */
  readonly signal?: AbortSignal
}
export interface ActivatedJob {
  readonly jobKey: string
  readonly type: string
  readonly kind: JobKind
  readonly processInstanceKey: string
  readonly processDefinitionKey: string
  readonly bpmnProcessId: string
  readonly version: number
  readonly elementId: string
  readonly elementInstanceKey: string
  readonly tenantId: string
  readonly customHeaders: Readonly<Record<string, string>>
  readonly worker: string
  readonly retries: number
  readonly deadline: EpochMs
  readonly leaseToken: string
  readonly variables: Variables
  readonly businessKey?: string
  /** Of a listener: what it is asked about. */
  readonly listensTo?: TaskPhase | 'beforeAll' | 'start' | 'end' | 'cancel'
}

export interface InProcessWorker {
  readonly type: string
  readonly name: string
  readonly maxJobs: number
  /** Engine-clock ms a job may take. */
  readonly timeoutMs: number
  readonly fetchVariables?: readonly string[]
  handle(job: ActivatedJob): Promise<JobAnswer>
}
/** What a worker says of a job. A thrown error is a failure with one retry less and back-off. */
export type JobAnswer =
  | { readonly kind: 'complete'; readonly variables: Variables }
  | {
      readonly kind: 'fail'
      readonly errorMessage: string
      readonly retries?: number
      readonly retryBackOffMs?: number
      readonly variables?: Variables
    }
  | { readonly kind: 'error'; readonly errorCode: string; readonly errorMessage?: string; readonly variables?: Variables }

export interface PublishMessageRequest {
  readonly name: string
  readonly correlationKey: string
  readonly timeToLiveMs: number
  readonly variables: Variables
  readonly tenantId: string
  /** The same id while buffered is refused. */
  readonly messageId?: string
}

export type CorrelateMessageRequest = Omit<PublishMessageRequest, 'timeToLiveMs' | 'messageId'>
export interface CorrelatedMessage {
  readonly messageKey: string
  readonly processInstanceKey: string
}

export interface EvaluateConditionsRequest {
  readonly variables: Variables
  readonly tenantId: string
  /** Only this one. */
  readonly processDefinitionKey?: string
}
export interface EvaluatedConditions {
  readonly evaluationKey: string
  readonly started: readonly { readonly processDefinitionKey: string; readonly processInstanceKey: string }[]
}

export interface EvaluateDecisionRequest {
  /** One of the two; by id the newest version. */
  readonly decisionId?: string
  readonly decisionKey?: string
  readonly variables: Variables
  readonly tenantId: string
}
export interface EvaluatedDecision {
  readonly definition: DefinitionRecord
  readonly output: Json
  /** The decisions it required, and itself, in the order of evaluation. */
  readonly trace: readonly DecisionTraceEntry[]
}

export interface BroadcastSignalRequest {
  readonly signalName: string
  readonly variables: Variables
  readonly tenantId: string
}

export type EngineFailureCode =
  | 'NOT_FOUND'
  | 'FORBIDDEN'
  | 'INVALID_STATE'
  | 'INVALID_ARGUMENT'
  | 'ALREADY_EXISTS'
  | 'RESOURCE_EXHAUSTED'
  | 'UNAVAILABLE'
  | 'DEADLINE_EXCEEDED'
/** A caller's mistake or a busy engine; the API turns it into problem+json. */
export class EngineFailure extends Error {
  readonly code: EngineFailureCode
  readonly problems: readonly (BpmnProblem & { readonly resource: string })[]
  constructor(
    code: EngineFailureCode,
    message: string,
    options: { readonly problems?: readonly (BpmnProblem & { readonly resource: string })[]; readonly cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause })
    this.name = 'EngineFailure'
    this.code = code
    this.problems = options.problems ?? []
  }
}

export interface EngineOptions {
  readonly store: Store
  readonly clock: Clock
  /** IANA zone of human times, e.g. Asia/Shanghai. */
  readonly zone: string
  /** The default business calendar until an administrator stores one. Default: Monday to Friday, 09:00 to 17:00. */
  readonly calendar?: CalendarDocument
  /** Largest size of one command's variables, bytes of JSON. Default 4 MiB. */
  readonly maxPayloadBytes?: number
  readonly log: (level: 'info' | 'warn' | 'error', message: string, details?: Readonly<Record<string, unknown>>) => void
}
export type * from './surgery-contract.ts'
export type { JobRow, UserTaskRow }
