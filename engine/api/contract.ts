/**
 * Types of the wire shared with browsers and other clients. Times are ISO 8601 with offset; texts come in the language
 * that `Accept-Language` asks for (`zh` unless `en` is preferred). Every error is a `Problem`.
 *
 * Where things are:
 * - `/access/v1/sign-in` (POST {name, password} → SignedIn), `/sign-out`, `/me`, `/password`
 * - `/window/v1` enterprises · `/desk/v1` officers · `/design/v1` analysts · `/v2` the engine in Camunda 8's shapes · `/ops/v1` operators
 * - `/health/live`, `/health/ready` · `/docs` (OpenAPI at `/docs/json`)
 */

export type * from './window/import-contract.ts'

/** `application/problem+json` (RFC 9457). Under /v2 the title is the code, as Camunda's clients expect. */
export interface Problem {
  /** `urn:single-window:problem:<code>`. */
  readonly type: string
  readonly title: string
  readonly status: number
  /** Expected, found, and the way out. */
  readonly detail: string
  /** Path that was asked for. */
  readonly instance: string
  readonly code: string
  readonly requestId: string
  /** Each thing that is wrong, when there are several or when its place is known. */
  readonly errors?: readonly (FieldProblem | ItemProblem | ResourceProblem | Finding)[]
}
/** A field of the request. `path` is a JSON pointer into its part (`/variables/amount`). */
export interface FieldProblem {
  readonly in: 'body' | 'query' | 'path' | 'headers'
  readonly path: string
  readonly rule: string
  readonly message: string
}
/** An item of a declaration. */
export interface ItemProblem {
  readonly item: string
  readonly line?: number
  readonly group?: string
  readonly rule: string
  readonly text: string
}
/** An element of a deployed file. */
export interface ResourceProblem {
  readonly resource: string
  readonly elementId: string
  readonly rule: string
  readonly message: string
  /** A warning alone refuses nothing. */
  readonly severity: 'error' | 'warning'
  readonly line?: number
}

export interface PageInfo {
  readonly from: number
  readonly limit: number
  readonly total: number
}

// access

export interface Me {
  readonly accountId: string
  readonly name: string
  readonly displayName: string
  readonly roles: readonly string[]
  readonly agency: string | null
  readonly groups: readonly string[]
  readonly enterprise: string | null
}
export interface SignedIn {
  /** Send it as `Authorization: Bearer <token>`. */
  readonly token: string
  readonly expiresAt: string
  readonly account: Me
}

// window

export interface ServiceSummary {
  readonly id: string
  readonly name: string
  readonly description: string
  readonly owner: string
  readonly agencies: readonly string[]
  readonly validFrom: string
  readonly validTo: string | null
  /** What a running case may be told beside amendments. */
  readonly notices: readonly { readonly kind: string; readonly name: string }[]
}
/** Body of POST /window/v1/services/{id}/declarations; header `Idempotency-Key` is required. */
export interface DeclarationRequest {
  readonly operator: 'OP-FZ' | 'OP-XM'
  readonly data: Record<string, unknown>
}
/** 201 with `Location`; 200 when the key had been used before. */
export interface DeclarationReceipt {
  readonly receiptNo: string
  readonly service: string
  readonly version: number
  readonly submittedAt: string
  readonly replayed: boolean
  /** What is wrong with the data now. The declaration is taken all the same, and waits for an amended version. */
  readonly errors: readonly ItemProblem[]
}
/** Answer to POST /window/v1/services/{id}/validation, body `{data}`: stores nothing. */
export interface ValidationResult {
  readonly valid: boolean
  readonly errors: readonly ItemProblem[]
}
export interface DeclarationSummary {
  readonly receiptNo: string
  readonly service: string
  readonly operator: string
  readonly version: number
  readonly state: string
  readonly stateName: string
  readonly createdAt: string
  readonly updatedAt: string
}
export interface DeclarationStatusView {
  readonly receiptNo: string
  readonly service: string
  readonly serviceName: string
  readonly enterprise: string
  readonly operator: string
  readonly version: number
  readonly state: string
  readonly stateName: string
  readonly submittedAt: string
  readonly endedAt: string | null
  readonly clocks: Readonly<Record<string, string>>
  readonly errors: readonly ItemProblem[]
  readonly waitingFor: readonly {
    readonly elementId: string
    readonly name: string
    readonly since: string
    readonly dueAt: string | null
    /** What keeps it from going on, when the window knows. */
    readonly note: string | null
  }[]
  readonly nextActions: readonly {
    readonly action: string
    readonly name: string
    readonly taskKey: string | null
    readonly elementId: string | null
  }[]
  readonly documents: readonly IssuedDocument[]
  readonly timeline: readonly TimelineRow[]
}
export interface TimelineRow {
  readonly at: string
  readonly elementId: string
  readonly elementType: string
  readonly name: string
  readonly what: 'started' | 'finished' | 'ended' | 'incident'
}
export interface IssuedDocument {
  readonly documentId: string
  readonly number: string
  readonly kind: string
  readonly name: string
  readonly issuedAt: string
  /** Null: valid without end. */
  readonly validUntil: string | null
  readonly state: 'valid' | 'revoked' | 'superseded' | 'used' | 'expired'
}
/** Answer to GET /verify/{number}?c=…&format=json and POST /verify?format=json. */
export interface DocumentCheckView {
  readonly genuine: boolean
  readonly document: {
    readonly number: string
    readonly kind: string
    readonly title: { readonly zh: string; readonly en: string }
    readonly receiptNo: string
    readonly holder: string
    readonly issuedAt: string
    readonly validUntil: string | null
    readonly state: IssuedDocument['state']
    readonly changedAt: string | null
    /** What the document says, as far as whoever checks it may see. */
    readonly shown: readonly { readonly zh: string; readonly en: string; readonly value: string }[]
    /** SHA-256 of the file, hex. */
    readonly digest: string
    /** Key of GET /verify/keys that `signature` (Ed25519, base64url) of the text `statement` is checked with. */
    readonly keyId: string
    readonly signature: string
    readonly statement: string
  } | null
  /** Null when no file or digest was given. */
  readonly digestMatches: boolean | null
}
export interface DeclarationVersion {
  readonly receiptNo: string
  readonly version: number
  readonly submittedAt: string
  readonly data: Record<string, unknown>
}
/** Body of POST …/amendments; `expectedVersion` may come as `If-Match: "<version>"` instead. Header `Idempotency-Key` is required. */
export interface AmendmentRequest {
  readonly data: Record<string, unknown>
  readonly expectedVersion?: number
}
export interface EnterpriseTask {
  readonly taskKey: string
  readonly elementId: string
  readonly name: string
  readonly createdAt: string
  readonly dueAt: string | null
  readonly form: OfficerForm | null
}
export interface WebhookView {
  readonly webhookId: string
  readonly url: string
  readonly events: readonly string[]
  readonly createdAt: string
  /** Only in the answer that made it. */
  readonly secret?: string
}

// ledgers: the same under /window/v1, /desk/v1 and /ops/v1, each within what it may see

/** Decimal texts; available = limit − reserved − used − returned. */
export interface LedgerBalance {
  readonly limit: string
  readonly reserved: string
  readonly used: string
  readonly returned: string
  readonly available: string
}
export interface LedgerAccountView {
  readonly ledger: string
  readonly ledgerName: string
  readonly account: string
  readonly enterprise: string | null
  readonly unit: string
  readonly validFrom: string
  readonly validTo: string | null
  readonly status: 'open' | 'closed'
  readonly expired: boolean
  readonly openedAt: string
  readonly balance: LedgerBalance
  /** Share of what was granted that is reserved or used. */
  readonly use: number
  /** The ledger warns of that share. */
  readonly warn: boolean
  /** Those that are open. */
  readonly reservations: readonly { readonly reservation: string; readonly amount: string; readonly left: string; readonly used: string }[]
}
/** Entries that were made at once, and the balance after them. */
export interface LedgerPostingView {
  readonly postingId: string
  readonly sequence: number
  readonly at: string
  readonly by: string
  readonly receiptNo: string | null
  readonly operator: string | null
  readonly entries: readonly {
    readonly entryId: string
    readonly kind: string
    readonly amount: string
    readonly key: string
    readonly reservation: string | null
    readonly note: string | null
  }[]
  readonly balance: LedgerBalance
}

// desk

export interface OfficerForm {
  readonly id: string
  readonly title: string
  readonly fields: readonly OfficerField[]
}
export interface OfficerField {
  readonly name: string
  readonly type: 'choice' | 'text' | 'number' | 'boolean' | 'date' | 'errors'
  readonly label: string
  readonly required: boolean
  readonly options?: readonly { readonly value: string; readonly label: string }[]
  /** FEEL over the form's own fields. */
  readonly visibleIf?: string
  /** A statement: another value is refused, with `mustBeText` as the reason. */
  readonly mustBe?: boolean
  readonly mustBeText?: string
}
export interface DeskTask {
  readonly taskKey: string
  readonly elementId: string
  readonly name: string
  readonly state: 'open' | 'done' | 'canceled'
  readonly groups: readonly string[]
  readonly assignee: string | null
  readonly priority: number
  readonly createdAt: string
  readonly dueAt: string | null
  readonly endedAt: string | null
  readonly completedBy: string | null
  readonly receiptNo: string | null
  readonly processInstanceKey: string
  readonly process: string
}
export interface DeskTaskList {
  readonly items: readonly DeskTask[]
  readonly page: PageInfo
  /** Open tasks in each view, whatever the filter. */
  readonly counts: { readonly mine: number; readonly group: number; readonly all: number }
}
export interface DeskTaskDetail {
  readonly task: DeskTask
  readonly form: OfficerForm | null
  /** Only the items the officer's agency may see. Null when the task belongs to no declaration. */
  readonly declaration: {
    readonly receiptNo: string
    readonly service: string
    readonly version: number
    readonly submittedAt: string
    readonly items: Record<string, unknown>
  } | null
  readonly variables: Record<string, unknown>
  readonly history: readonly TimelineRow[]
  /** Earlier decisions of the officer's own agency on this declaration. */
  readonly decisions: readonly {
    readonly taskKey: string
    readonly name: string
    readonly completedBy: string | null
    readonly at: string | null
    readonly submitted: Record<string, unknown>
  }[]
}

// design

/** What the gate found about an element. */
export interface Finding {
  readonly resource: string
  readonly processId: string
  readonly elementId: string
  readonly kind: 'dead-element' | 'deadlock' | 'never-ends' | 'improper-end' | 'straight-through-loop' | 'incident' | 'disagreement'
  /** Keeps the definition from being deployed without an override. */
  readonly refuses: boolean
  readonly message: { readonly en: string; readonly zh: string }
  /** The path that shows it; empty where the flows alone do. */
  readonly path: readonly FindingStep[]
}
/** One thing that happened from outside, and what followed until every token waited. */
export interface FindingStep {
  readonly kind: 'start' | 'complete' | 'trigger' | 'error' | 'escalation'
  readonly elementId: string
  readonly choices: readonly { readonly elementId: string; readonly flowIds: readonly string[] }[]
  readonly completed: readonly string[]
}
/** Answer to POST /design/v1/verifications (multipart, parts `resources`). */
export interface VerificationAnswer {
  /** What a deployment without an override would do; `broken`: `problems` holds an error. */
  readonly verdict: 'passes' | 'refused' | 'broken'
  readonly findings: readonly Finding[]
  readonly problems: readonly ResourceProblem[]
  readonly resources: readonly {
    readonly name: string
    /** Not all could be explored: more may be wrong, and less is called dead. */
    readonly cut: boolean
    readonly states: number
    readonly commands: number
    /** Paths that bpmn-engine took likewise, otherwise, otherwise by a known fault of its own, or was not asked about. */
    readonly witness: {
      readonly agreed: number
      readonly disagreed: number
      readonly notAsked: number
      readonly knownFaults: Readonly<Record<string, number>>
    }
  }[]
}
/** Answer to POST /design/v1/deployments (multipart: `resources`, and optionally `override` with a reason, `layout`, `tenantId`). */
export interface GatedDeployment {
  readonly deploymentKey: string
  readonly tenantId: string
  readonly deployments: readonly object[]
  readonly warnings?: readonly ResourceProblem[]
  /** Uses of what Camunda 8 does not carry out, for files that must run there too. */
  readonly notes?: readonly {
    readonly resource: string
    readonly elementId: string
    readonly extension: string
    readonly message: string
  }[]
  readonly findings: readonly Finding[]
  /** False: the gate could not answer, and the override stands for it. */
  readonly verified: boolean
  readonly override?: string
}

/** Answer to POST /design/v1/services (multipart: `resources` whose file names are paths in the tree; `note`, `override`, `cases` = `play` or `skip`). */
export interface DeployedService {
  readonly service: string
  /** The one that is active now; an upload that changes nothing keeps the version it had. */
  readonly version: number
  readonly findings: readonly Finding[]
  readonly warnings: readonly ResourceProblem[]
  /** False: the gate could not answer, and the override stands for it. */
  readonly verified: boolean
  readonly override?: string
  /** How many of its cases were played; all of them held. */
  readonly casesPlayed: number
}
/** A service as an analyst sees it. */
export interface DesignedService {
  readonly id: string
  /** Null while nothing sound of it is there. */
  readonly name: { readonly en: string; readonly zh: string } | null
  readonly source: 'disk' | 'package'
  /** 0: the files on disk. */
  readonly version: number
  readonly isOnDisk: boolean
  readonly validFrom: string | null
  readonly validTo: string | null
  readonly retired: boolean
  readonly versions: readonly {
    readonly version: number
    readonly deployedAt: string
    readonly deployedBy: string
    readonly note: string
    readonly files: number
  }[]
  /** Why the active version is not offered here. */
  readonly faults: readonly ResourceProblem[]
}
/** Answer to GET /design/v1/services/{id}/files: what makes the next version. */
export interface ServiceFiles {
  readonly service: string
  readonly files: readonly { readonly path: string; readonly content: string }[]
}

// ops

export interface FoldCheck {
  readonly receiptNo: string
  readonly equal: boolean
  readonly instances: readonly {
    readonly processInstanceKey: string
    readonly revision: number
    readonly events: number
    readonly equal: boolean
  }[]
}

/** One reason why an instance cannot go over to another definition. */
export interface MigrationViolation {
  readonly rule: string
  readonly elementId: string
  readonly message: string
}
/** How one instance fared, or would. `gone`: it ended or changed before its turn came. */
export interface InstanceMigrationReport {
  readonly processInstanceKey: string
  readonly outcome: 'migrated' | 'fits' | 'refused' | 'gone'
  readonly violations: readonly MigrationViolation[]
}
/** A part of the live instances of a definition. Ask again with `after: next` until `next` is absent. */
export interface MigrationReport {
  readonly instances: readonly InstanceMigrationReport[]
  readonly next?: string
}
