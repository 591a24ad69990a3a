import type {
  CollectionDefinition,
  DeploymentRecord,
  LeaseRequest,
  MessageClaim,
  MessageRow,
  StoreFailureCode,
  TableName,
} from '../port.ts'

/** What SQLite takes and gives. */
export type SqlValue = string | number | null | Uint8Array
export type SqlRow = readonly SqlValue[]

export interface EncodedCommit {
  readonly key: string
  readonly expectedRevision: number
  readonly state: string
  readonly history: string
  readonly changes: readonly EncodedChange[]
  readonly outbox: readonly SqlRow[]
}
export type EncodedChange =
  | { readonly op: 'put'; readonly table: TableName; readonly values: SqlRow }
  | { readonly op: 'patch'; readonly table: TableName; readonly key: string; readonly columns: readonly string[]; readonly values: SqlRow }
  | { readonly op: 'delete'; readonly table: TableName; readonly key: string }

export interface EncodedDocument {
  readonly collection: string
  readonly id: string
  readonly body: string
  /** Values of the indexed fields, in the order of the definition's fields. */
  readonly columns: SqlRow
  /** Elements of indexed fields that hold a list. */
  readonly elements: readonly { readonly field: string; readonly value: SqlValue }[]
}

/** What the writer does; each call is one atomic change, and calls that wait together share one transaction. */
export interface WriteCalls {
  commit(commit: EncodedCommit): void
  leaseKeys(size: number): number
  dropRow(table: TableName, key: string): void
  leaseJobs(request: LeaseRequest): readonly SqlRow[]
  releaseJobs(leases: readonly { readonly key: string; readonly leaseToken: string }[], now: number): void
  addOutbox(rows: readonly SqlRow[]): void
  removeOutbox(keys: readonly string[]): void
  postponeOutbox(key: string, availableAt: number, attempts: number, error: string): void
  saveDeployment(deployment: DeploymentRecord): void
  insertMessage(message: MessageRow): void
  claimMessage(messageKey: string, bpmnProcessId: string, claim: MessageClaim): boolean
  settleMessage(messageKey: string, bpmnProcessId: string, claim: MessageClaim | undefined): void
  expireMessages(now: number, limit: number): number
  ensureCollection(collection: CollectionDefinition): void
  insertDocument(document: EncodedDocument): void
  replaceDocument(document: EncodedDocument, expectedRevision: number): void
  deleteDocument(collection: string, id: string): void
}
/** What the reader does. */
export interface ReadCalls {
  select(sql: string, params: SqlRow): readonly SqlRow[]
}

export interface WorkerCall {
  readonly method: string
  readonly args: readonly unknown[]
}
export type Outcome = { readonly value: unknown } | { readonly failure: FailureData }
export interface FailureData {
  readonly code: StoreFailureCode
  readonly message: string
  readonly field?: string
}
export type ToWorker = { readonly calls: readonly WorkerCall[] } | 'close'
export type FromWorker = 'ready' | 'closed' | { readonly failure: FailureData } | { readonly outcomes: readonly Outcome[] }

export interface WorkerOptions {
  readonly role: 'writer' | 'reader'
  readonly file: string
  /** Caps the database's size, in pages of 4 KiB. Absent: as large as the disk allows. */
  readonly maxPages?: number
}
