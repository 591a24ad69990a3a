import type {
  Actor,
  CommandType,
  EngineEvent,
  EpochMs,
  IncidentType,
  InstanceState,
  JobKind,
  Json,
  JsonObject,
  ProcessInstanceKey,
  Variables,
} from '../kernel/index.ts'

/**
 * All that is durable goes through this port. Two implementations (SQLite, MongoDB) pass one contract test.
 *
 * A promise that resolves means: on disk. Nothing resolves before. Methods reject with `StoreFailure` only.
 */
export interface Store {
  /** Human-readable: `sqlite:./data/single-window.db`, `mongodb://host/db`. */
  readonly location: string

  /** Leases `size` instance prefixes (see kernel/record/keys.ts) that no one else gets; returns the first. Starts at 1_000_001. */
  leaseKeys(size: number): Promise<number>

  // process instances

  /**
   * Makes one command's result durable, all of it or nothing, guarded by `expectedRevision`.
   * Calls made at the same time share one fsync (group commit); each succeeds or fails on its own.
   * After it resolves every read below sees it.
   *
   * @throws StoreFailure `REVISION_CONFLICT` when the stored revision is another one (for revision 0: the instance exists).
   */
  commit(commit: InstanceCommit): Promise<void>
  /** The newest state, with its revision. Undefined when there is no such instance. */
  loadInstance(key: ProcessInstanceKey): Promise<StoredInstance | undefined>
  /** What happened, oldest first; one entry a commit. */
  loadHistory(key: ProcessInstanceKey): Promise<readonly HistoryEntry[]>

  // rows that follow from instances

  search<T extends TableName>(table: T, query: Query): Promise<Page<Tables[T]>>
  find<T extends TableName>(table: T, key: string): Promise<Tables[T] | undefined>

  /**
   * Hands out jobs: sets worker, lease token and `availableAt = now + timeoutMs` on up to `limit` jobs of the type with
   * `availableAt <= now`, `retries > 0` and no hold, highest priority first, then oldest. No two callers get the same job.
   */
  leaseJobs(request: LeaseRequest): Promise<readonly JobRow[]>
  /** Gives leases back (`availableAt = now`), only where the token is still the given one. */
  releaseJobs(leases: readonly { readonly key: string; readonly leaseToken: string }[], now: EpochMs): Promise<void>
  /** Earliest `availableAt` of a job of the type with retries > 0, to know when to look again. */
  nextJobAt(type: string): Promise<EpochMs | undefined>
  /** Timers with `dueAt <= now`, earliest first. */
  dueTimers(now: EpochMs, limit: number): Promise<readonly TimerRow[]>
  nextTimerAt(): Promise<EpochMs | undefined>
  /** Drops a row that its instance no longer knows (left by a crash between commit and projection). */
  dropRow(table: TableName, key: string): Promise<void>

  // outbox: what must happen next

  /** Rows with `availableAt <= now`, earliest first. Each is carried out at least once, then removed. */
  dueOutbox(now: EpochMs, limit: number): Promise<readonly OutboxRow[]>
  nextOutboxAt(): Promise<EpochMs | undefined>
  removeOutbox(keys: readonly string[]): Promise<void>
  /** Puts a row off after a failed try. */
  postponeOutbox(key: string, availableAt: EpochMs, attempts: number, error: string): Promise<void>
  /** Adds rows that follow from no instance (e.g. a webhook test). */
  addOutbox(rows: readonly OutboxRow[]): Promise<void>

  // definitions

  /**
   * Stores a deployment with all its definitions, or nothing.
   * @throws StoreFailure `DUPLICATE` when a (kind, id, version, tenantId) exists already.
   */
  saveDeployment(deployment: DeploymentRecord): Promise<void>
  /** Every definition of a kind, without content, oldest first. */
  listDefinitions(): Promise<readonly DefinitionRecord[]>
  /** The resource text a definition came from. */
  loadResource(definitionKey: string): Promise<string | undefined>

  // messages

  /** @throws StoreFailure `DUPLICATE` when a message with the same (tenantId, name, correlationKey, messageId) is still buffered. */
  insertMessage(message: MessageRow): Promise<void>
  /** Buffered, unexpired (`expiresAt > now`) messages for the name and correlation key, oldest first. */
  bufferedMessages(tenantId: string, name: string, correlationKey: string, now: EpochMs): Promise<readonly MessageRow[]>
  /**
   * Claims a message for a process id: true when nobody has claimed it for that id yet (or the same instance had).
   * At most one instance per process id ever gets it.
   */
  claimMessage(messageKey: string, bpmnProcessId: string, claim: MessageClaim): Promise<boolean>
  /** Confirms a claim after the instance took it; or gives it back (`undefined`) after the instance refused. */
  settleMessage(messageKey: string, bpmnProcessId: string, claim: MessageClaim | undefined): Promise<void>
  /** Messages with an unconfirmed claim, for recovery. */
  unsettledMessages(limit: number): Promise<readonly MessageRow[]>
  /** Removes messages with `expiresAt <= now` that have no unconfirmed claim; returns how many. */
  expireMessages(now: EpochMs, limit: number): Promise<number>

  // documents: everything that is not an instance (declarations, accounts, webhooks …)

  documents<T extends JsonObject>(collection: CollectionDefinition): DocumentCollection<T>

  /** Finishes what was asked for, then lets go of files and connections. */
  close(): Promise<void>
}

export interface InstanceCommit {
  readonly key: ProcessInstanceKey
  /** Revision that was loaded; 0 creates. The stored one becomes `expectedRevision + 1`. */
  readonly expectedRevision: number
  readonly state: InstanceState
  readonly history: HistoryEntry
  /** Changes of the tables below that follow from the events, in order. */
  readonly changes: readonly RowChange[]
  readonly outbox: readonly OutboxRow[]
}
export interface StoredInstance {
  readonly revision: number
  readonly state: InstanceState
}
export interface HistoryEntry {
  readonly processInstanceKey: ProcessInstanceKey
  /** The revision this entry made. */
  readonly revision: number
  readonly at: EpochMs
  readonly command: CommandType
  readonly actor: Actor
  readonly events: readonly EngineEvent[]
}

export interface Tables {
  instance: InstanceRow
  job: JobRow
  userTask: UserTaskRow
  incident: IncidentRow
  timer: TimerRow
  subscription: SubscriptionRow
}
export type TableName = keyof Tables
export type RowChange = {
  [T in TableName]:
    | { readonly table: T; readonly op: 'put'; readonly row: Tables[T] }
    /** Sets fields of an existing row; a missing row is left missing. `null` clears an optional field. */
    | {
        readonly table: T
        readonly op: 'patch'
        readonly key: string
        readonly fields: { readonly [F in keyof Tables[T]]?: Tables[T][F] | null }
      }
    | { readonly table: T; readonly op: 'delete'; readonly key: string }
}[TableName]

interface Row {
  /** The row's own key. */
  readonly key: string
  readonly processInstanceKey: ProcessInstanceKey
  readonly processDefinitionKey: string
  readonly bpmnProcessId: string
  readonly version: number
  readonly tenantId: string
}
export interface InstanceRow extends Row {
  readonly state: 'ACTIVE' | 'SUSPENDED' | 'COMPLETED' | 'TERMINATED'
  readonly startedAt: EpochMs
  readonly hasIncident: boolean
  readonly endedAt?: EpochMs
  /** While it is suspended. */
  readonly suspendedAt?: EpochMs
  readonly endElementId?: string
  readonly businessKey?: string
  readonly parentProcessInstanceKey?: string
  readonly parentElementInstanceKey?: string
}
export interface JobRow extends Row {
  readonly elementInstanceKey: string
  readonly elementId: string
  readonly type: string
  readonly kind: JobKind
  readonly state: 'CREATED' | 'FAILED' | 'ERROR_THROWN'
  readonly retries: number
  readonly customHeaders: Readonly<Record<string, string>>
  readonly priority: number
  readonly createdAt: EpochMs
  /** Not handed out before: creation, end of a back-off, or end of a lease. */
  readonly availableAt: EpochMs
  readonly worker?: string
  readonly leaseToken?: string
  readonly errorMessage?: string
  readonly errorCode?: string
}
/** Kept after it is done, as the officer's record. */
export interface UserTaskRow extends Row {
  readonly elementInstanceKey: string
  readonly elementId: string
  readonly name: string
  readonly state: 'CREATING' | 'CREATED' | 'ASSIGNING' | 'UPDATING' | 'COMPLETING' | 'COMPLETED' | 'CANCELING' | 'CANCELED'
  readonly candidateGroups: readonly string[]
  readonly candidateUsers: readonly string[]
  readonly priority: number
  readonly createdAt: EpochMs
  readonly customHeaders: Readonly<Record<string, string>>
  readonly assignee?: string
  readonly endedAt?: EpochMs
  /** Who completed it. */
  readonly completedBy?: string
  /** What was submitted with the completion. */
  readonly submitted?: Variables
  readonly dueDate?: string
  readonly followUpDate?: string
  readonly formId?: string
  readonly externalFormReference?: string
  readonly businessKey?: string
}
/** Kept after it is resolved. */
export interface IncidentRow extends Row {
  readonly elementInstanceKey: string
  readonly elementId: string
  readonly incidentType: IncidentType
  readonly message: string
  readonly state: 'ACTIVE' | 'RESOLVED'
  readonly createdAt: EpochMs
  readonly resolvedAt?: EpochMs
  readonly jobKey?: string
}
export interface TimerRow extends Row {
  readonly elementInstanceKey: string
  readonly elementId: string
  readonly dueAt: EpochMs
}
export interface SubscriptionRow extends Row {
  readonly elementInstanceKey: string
  readonly elementId: string
  readonly messageName: string
  readonly correlationKey: string
  readonly createdAt: EpochMs
}

export interface OutboxRow {
  /** Unique; rows of an instance are `<instance key>-<revision>-<n>`, so a replay cannot add one twice. */
  readonly key: string
  /** Chooses the handler. */
  readonly kind: string
  readonly payload: Json
  readonly availableAt: EpochMs
  readonly attempts: number
  readonly lastError?: string
}

export interface LeaseRequest {
  readonly type: string
  readonly worker: string
  readonly leaseToken: string
  readonly now: EpochMs
  readonly timeoutMs: number
  readonly limit: number
  /** Empty: all. */
  readonly tenantIds: readonly string[]
}

export interface DeploymentRecord {
  readonly deploymentKey: string
  readonly tenantId: string
  readonly deployedAt: EpochMs
  readonly deployedBy: string
  readonly resources: readonly { readonly name: string; readonly content: string }[]
  readonly definitions: readonly DefinitionRecord[]
}
export interface DefinitionRecord {
  readonly key: string
  readonly kind: 'process' | 'decision' | 'decisionRequirements' | 'form'
  /** BPMN process id, decision id or form id. */
  readonly id: string
  readonly name: string
  readonly version: number
  readonly tenantId: string
  readonly deploymentKey: string
  readonly resourceName: string
  /** SHA-256 of the resource, hex: the same content again makes no new version. */
  readonly checksum: string
  readonly deployedAt: EpochMs
  readonly versionTag?: string
  /** For a decision: the requirements graph it belongs to. */
  readonly decisionRequirementsKey?: string
}

export interface MessageClaim {
  readonly processInstanceKey: string
  readonly subscriptionKey: string
  readonly confirmed: boolean
}
export interface MessageRow {
  readonly key: string
  readonly tenantId: string
  readonly name: string
  readonly correlationKey: string
  readonly variables: Variables
  readonly publishedAt: EpochMs
  readonly expiresAt: EpochMs
  readonly messageId?: string
  /** By BPMN process id. */
  readonly claims: Readonly<Record<string, MessageClaim>>
}

export interface CollectionDefinition {
  /** Lower-case letters, digits and underscore. */
  readonly name: string
  /** Top-level fields that `find` may filter and sort by. */
  readonly indexes: readonly string[]
  /** Top-level fields whose value no two documents share; documents without the field do not count. */
  readonly unique: readonly string[]
}
export interface StoredDocument<T> {
  readonly id: string
  readonly revision: number
  readonly body: T
}
export interface DocumentCollection<T extends JsonObject> {
  get(id: string): Promise<StoredDocument<T> | undefined>
  /** @throws StoreFailure `DUPLICATE` naming the field (`id` or a unique one). */
  insert(id: string, body: T): Promise<StoredDocument<T>>
  /** @throws StoreFailure `REVISION_CONFLICT`, `NOT_FOUND` or `DUPLICATE`. */
  replace(id: string, expectedRevision: number, body: T): Promise<StoredDocument<T>>
  delete(id: string): Promise<void>
  find(query: Query): Promise<Page<StoredDocument<T>>>
}

export type Scalar = string | number | boolean
/** Conditions on one field; all must hold. On an array field `eq` and `in` mean "contains". */
export type Condition =
  | Scalar
  | {
      readonly eq?: Scalar
      readonly neq?: Scalar
      readonly in?: readonly Scalar[]
      readonly gt?: number | string
      readonly gte?: number | string
      readonly lt?: number | string
      readonly lte?: number | string
      /** `*` any run of characters, `?` one. Case-sensitive. */
      readonly like?: string
      readonly exists?: boolean
    }
export interface Query {
  readonly filter?: Readonly<Record<string, Condition>>
  /** Any of these must hold, beside `filter`. */
  readonly anyOf?: readonly Readonly<Record<string, Condition>>[]
  readonly sort?: readonly { readonly field: string; readonly order: 'asc' | 'desc' }[]
  /** Rows to skip. */
  readonly from?: number
  /** At most 1,000; default 100. */
  readonly limit?: number
}
export interface Page<T> {
  readonly items: readonly T[]
  /** How many match in all. */
  readonly total: number
}

/** The one error a store rejects with. */
export class StoreFailure extends Error {
  readonly code: StoreFailureCode
  /** For DUPLICATE: the field. */
  readonly field: string | undefined
  constructor(code: StoreFailureCode, message: string, options: { readonly field?: string; readonly cause?: unknown } = {}) {
    super(message, { cause: options.cause })
    this.name = 'StoreFailure'
    this.code = code
    this.field = options.field
  }
}
/** `UNAVAILABLE`: disk full, connection lost; the caller may try again. `CLOSED`: after close(). */
export type StoreFailureCode = 'REVISION_CONFLICT' | 'DUPLICATE' | 'NOT_FOUND' | 'UNAVAILABLE' | 'CLOSED' | 'INVALID_ARGUMENT'
