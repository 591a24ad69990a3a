import type { Actor, EpochMs, Json, JsonObject } from '../kernel/index.ts'
import type { ActivatedJob } from '../runtime/index.ts'
import type { StoredDocument } from '../store/index.ts'
import type { AnswerFormat } from './answer/answer.ts'
import type { AnswerMapping } from './answer/answer-mapping.ts'
import type { AnswerRequest, AnswerResult } from './answer/take-answer.ts'
import type { CaseTree } from './case-tree.ts'
import type { DocumentCheck, DocumentClaim, PublicKey } from './document/document-check.ts'
import type { DocumentState } from './document/issued-document.ts'
import type { DocumentFile } from './document/open-documents.ts'
import type { ReadDeclarations } from './edifact/index.ts'
import type { Imports } from './import/index.ts'
import type { Ledgers } from './ledger/ledger-contract.ts'
import type { Notice, NoticeRequest, NoticeResult } from './notice.ts'
import type { ServicePackages } from './package/package-contract.ts'

/** A text shown to people, in both languages. */
export interface Text {
  readonly en: string
  readonly zh: string
}

/** What is wrong with one item of a declaration. */
export interface ItemError {
  /** Item id of the dictionary; a dotted path for parts of an item (`freight.currency`). */
  readonly item: string
  /** 1-based row when the item is in a repeating group. */
  readonly line?: number
  /** The group of that row: `lines`, `containers`, `documents`. */
  readonly group?: string
  /** Stable rule id, e.g. `schema.required`, `FJ0421`. */
  readonly rule: string
  readonly text: Text
}

/** Everything that is read from `forms/`: schemas, rules, messages, documents. Built at start, and anew when a service package comes. */
export interface Forms {
  /** Errors in the order of the form; empty when the data may be sent to the agencies. */
  validate(formId: string, data: Json, options?: ValidateOptions): readonly ItemError[]
  /** A list of `forms/codelists`. */
  codelist(id: string): Codelist | undefined
  /** Ids of all lists, sorted. */
  codelists(): readonly string[]
  /** Ids of all declaration forms, sorted. */
  formIds(): readonly string[]
  /** Item ids of the form that the agency may see. */
  routedItems(formId: string, agencyId: string): readonly string[]
  /**
   * Renders the agency's own message of a type. The template's context holds only the items routed to that agency, under `items`
   * (header items, and `documents`, `containers`, `lines` as arrays), beside `envelope`.
   */
  renderMessage(
    messageType: string,
    input: {
      readonly formId: string
      readonly data: JsonObject
      readonly envelope: Envelope
      /** `edi`: the EDIFACT version of the message, where it has one. */
      readonly format?: string
    },
  ): RenderedMessage
  /** For a PDF the body is its page description, which the window's document part makes into the file. */
  renderDocument(documentId: string, context: JsonObject): RenderedMessage
  /** An EDIFACT file as the data of declarations (CUSDEC, CUSCAR, PAXLST), with what is wrong and where; `formId` when only one form is wanted. */
  readEdifact(bytes: Uint8Array, formId?: string): ReadDeclarations
  /** The same in steps: a large file need not keep everything else waiting. */
  edifactSteps(bytes: Uint8Array, formId?: string): Generator<void, ReadDeclarations>
  /** A declaration of `forms/examples` that its form finds right: that of the service where it has one of its own. */
  example(formId: string, service?: string): JsonObject | undefined
  /** How the agency's answers in a format are read; undefined when none is agreed. */
  answerMapping(agencyId: string, format: AnswerFormat): AnswerMapping | undefined
  /** Names in UNB: ours and the agency's; undefined when the agency has none in `edifact.json`. */
  interchangeParties(agencyId: string): { readonly sender: string; readonly agency: string; readonly zone: string } | undefined
  /** Item, and group, that a rule of the form marks. */
  rulePlace(formId: string, rule: string): { readonly item: string; readonly group?: string } | undefined
  /** Parsed officer form by id (`forms/decisions/<id>.form.json`). */
  officerForm(formId: string): JsonObject | undefined
  /** JSON Schema of a declaration form with every `$ref` in place, for clients. */
  schema(formId: string): JsonObject | undefined
}
export interface ValidateOptions {
  /** The service that is declared for: rules and required items may hold for some services only. Without it those are left out. */
  readonly service?: string
  /** The day (`YYYY-MM-DD`) whose codes are valid, when the declaration itself does not say it. */
  readonly day?: string
}

export interface CodeEntry extends JsonObject {
  readonly code: string
  readonly name: { readonly en: string; readonly zh: string }
}
export type CodeValidity =
  | { readonly kind: 'valid' }
  | { readonly kind: 'unknown' }
  /** Valid up to and including that day. */
  | { readonly kind: 'ended'; readonly day: string }
  | { readonly kind: 'not-yet'; readonly day: string }
export type CodelistSearch = (text: string, options?: { readonly limit?: number; readonly day?: string }) => readonly CodeEntry[]

/** A dated list of codes of `forms/codelists`. */
export interface Codelist {
  readonly id: string
  readonly name: Text
  readonly source: string
  /** First day of the list as a whole. */
  readonly validFrom?: string
  readonly size: number
  /** The entry that the code had on that day; without a day, or when it was never valid then, its newest. */
  find(code: string, day?: string): CodeEntry | undefined
  /** Whether the code may be used on that day (`YYYY-MM-DD`); without a day, whether it ever was. */
  validity(code: string, day?: string): CodeValidity
  /** The entry that knows `value` under another name (alpha-3, UN code …): what the writer probably meant. */
  findMeant(value: string): CodeEntry | undefined
  /** Finds by beginning of the code and by words of either name; best first, 20 unless `limit` says otherwise, at most 200. */
  readonly search: CodelistSearch
  /** Codes in the order of the list; only those of the day when there is one. */
  codes(day?: string): readonly string[]
}

/** What every message carries beside the items. */
export interface Envelope {
  readonly receiptNo: string
  readonly version: number
  readonly service: string
  /** Of this one message, the same when it is sent again: the idempotency key. */
  readonly messageId: string
  /** What kind of message it is: the id of its template, e.g. `cus.dec`. */
  readonly messageType: string
  readonly agencyId: string
  /** Stable: the agency recognises a repeat by it. */
  readonly idempotencyKey: string
  /** ISO 8601 with offset. */
  readonly sentAt: string
  /** Variables of the job that the template may use (e.g. why goods are held). */
  readonly variables: JsonObject
}
export interface RenderedMessage {
  readonly contentType: string
  readonly body: string
}

/** `processes/<id>/service.json`. */
export interface Service {
  readonly id: string
  readonly name: Text
  readonly description: Text
  readonly bpmnProcessId: string
  /** Declaration form of `forms/declarations`. */
  readonly formId: string
  readonly owner: string
  readonly agencies: readonly string[]
  /** ISO dates; the service takes declarations in between. */
  readonly validFrom: string
  readonly validTo?: string
  /** What a declaration ends as, by id of the end event. */
  readonly ends: Readonly<Record<string, { readonly state: string; readonly name: Text }>>
  /** Variables that routing needs, as FEEL over the declaration's items (`=count(lines)`). Large data stays in the document. */
  readonly facts: Readonly<Record<string, string>>
  /** Messages that an amendment and a withdrawal publish; the correlation key is the receipt number. */
  readonly messages: { readonly amended: string; readonly withdrawn: string }
  /**
   * What the enterprise may tell a running case beside amending it, by kind (a name of FEEL): the form of such a notice, and the message
   * that brings it to the process in a variable named like the kind. It is taken while the process listens for that message.
   */
  readonly notices?: Readonly<Record<string, { readonly name: Text; readonly formId: string; readonly message: string }>>
  /** Documents the service can issue, by document id. */
  readonly documents: Readonly<Record<string, { readonly name: Text }>>
  /** Amending is possible while one of these elements is active; the enterprise's answer to it. */
  readonly correctionElements: readonly string[]
  /** The business calendar that its timers of working time go by, or one for each operator. Absent: the operator's, else the default. */
  readonly calendar?: string | Readonly<Record<string, string>>
}

/** A declaration as stored: one document per receipt number, holding every version of its data. */
export interface Declaration extends JsonObject {
  readonly receiptNo: string
  readonly service: string
  readonly enterprise: string
  readonly operator: string
  readonly processInstanceKey: string
  readonly createdAt: EpochMs
  readonly updatedAt: EpochMs
  readonly idempotencyKey: string
  /** Receipt number of the case that opened this one. */
  readonly openedBy?: string
  /** False until the instance is known to exist; a restart finishes what is left. */
  readonly started: boolean
}
/** A declaration in a list. */
export type ListedDeclaration = Declaration & {
  /** `in-progress`, or what it ended as. Follows the process at a short distance. */
  readonly state: string
  readonly stateName: { readonly en: string; readonly zh: string }
  /** The newest. */
  readonly version: number
}
export type StoredDeclaration = StoredDocument<Declaration>

export interface SubmitRequest {
  readonly service: string
  /** USCC of the enterprise that declares. */
  readonly enterprise: string
  readonly operator: string
  readonly data: JsonObject
  /** Chosen by the enterprise; the same key answers with the first result (E8). */
  readonly idempotencyKey: string
  /** Receipt number of the case out of which this one is opened. */
  readonly openedBy?: string
  readonly actor: Actor
}
export interface SubmitResult {
  readonly receiptNo: string
  readonly service: string
  readonly version: number
  readonly submittedAt: EpochMs
  /** True when this key had been used before. */
  readonly replayed: boolean
  /** What is wrong with the data now; the process waits for a version without errors. */
  readonly errors: readonly ItemError[]
}

export interface AmendResult {
  readonly version: number
  /** What is wrong with that version now. */
  readonly errors: readonly ItemError[]
}

export interface DeclarationStatus {
  readonly receiptNo: string
  readonly service: string
  readonly serviceName: Text
  readonly enterprise: string
  readonly operator: string
  readonly version: number
  /** `in-progress`, or the state of the end event (`exported`, `withdrawn`, …). */
  readonly state: string
  readonly stateName: Text
  readonly submittedAt: EpochMs
  readonly endedAt?: EpochMs
  /** Reached clocks (`submitted`, `accepted-by-platform`, `sent-to-agency`, `agency-ack`, `agency-decision`, `released`, `closed`). */
  readonly clocks: Readonly<Record<string, EpochMs>>
  /** Open errors the enterprise should mend: those of the newest version as soon as it is stored, and what agencies found in it. */
  readonly errors: readonly ItemError[]
  /** Where the case is. */
  readonly waitingFor: readonly WaitingFor[]
  /** What the enterprise can do: `amend`, `withdraw`, `task`. */
  readonly nextActions: readonly { readonly action: string; readonly name: Text; readonly taskKey?: string; readonly elementId?: string }[]
  /** Issued so far, oldest first. */
  readonly documents: readonly ListedDocument[]
  readonly timeline: readonly TimelineEntry[]
}
export interface ListedDocument {
  readonly documentId: string
  readonly number: string
  readonly kind: string
  readonly name: Text
  readonly issuedAt: EpochMs
  /** Null: valid without end. */
  readonly validUntil: EpochMs | null
  readonly state: DocumentState
}
export interface WaitingFor {
  readonly elementId: string
  readonly name: Text
  readonly since: EpochMs
  readonly dueAt?: EpochMs
  /** The agency whose message waits to be sent. */
  readonly agencyId?: string
  /** What keeps it from going on, when the window knows. */
  readonly note?: Text
}
export interface TimelineEntry {
  readonly at: EpochMs
  readonly elementId: string
  readonly name: Text
  readonly what: 'started' | 'finished' | 'ended' | 'incident'
  readonly elementType: string
}

export interface Webhook extends JsonObject {
  readonly webhookId: string
  readonly enterprise: string
  readonly url: string
  /** Key of the HMAC-SHA256 signature; shown once, when it is made. */
  readonly secret: string
  readonly events: readonly string[]
  readonly createdAt: EpochMs
}

/** How an agency is reached. */
export interface Agency extends JsonObject {
  readonly agencyId: string
  readonly name: { readonly en: string; readonly zh: string }
  readonly validFrom: string
  readonly validTo: string | null
  /** Messages that exist in EDIFACT too go out so. Absent: in their usual format. */
  readonly format?: 'edi'
  readonly transport:
    | { readonly kind: 'http'; readonly url: string; readonly secret: string }
    /** The agency pulls jobs of type `agency.<agencyId>` over /v2/jobs/activation. */
    | { readonly kind: 'worker' }
    | { readonly kind: 'none' }
}

/** The single window as the API sees it. */
export interface SingleWindow {
  readonly forms: Forms
  services(): readonly Service[]
  service(id: string): Service | undefined

  /** What would be found wrong with a declaration of this data; stores nothing. @throws WindowFailure `NOT_FOUND`. */
  validate(service: string, data: JsonObject): readonly ItemError[]
  submit(request: SubmitRequest): Promise<SubmitResult>
  status(receiptNo: string): Promise<DeclarationStatus | undefined>
  /** Cases that a case opened, oldest first. */
  openedBy(receiptNo: string): Promise<readonly Declaration[]>
  /** Everything that runs, or ran, for a declaration. */
  caseTree(receiptNo: string): Promise<CaseTree | undefined>
  /** Data of one version (default: newest). */
  declarationData(
    receiptNo: string,
    version?: number,
  ): Promise<{ readonly version: number; readonly data: JsonObject; readonly submittedAt: EpochMs } | undefined>
  find(receiptNo: string): Promise<StoredDeclaration | undefined>
  list(query: {
    readonly enterprise?: string
    readonly service?: string
    readonly operator?: string
    readonly state?: string
    readonly from: number
    readonly limit: number
  }): Promise<{ readonly items: readonly ListedDeclaration[]; readonly total: number }>

  /** Stores the next version and tells the process. `expectedVersion` guards against two amendments at once. */
  amend(
    receiptNo: string,
    change: { readonly data: JsonObject; readonly expectedVersion: number; readonly idempotencyKey: string; readonly actor: Actor },
  ): Promise<AmendResult>
  withdraw(receiptNo: string, change: { readonly reason: string; readonly idempotencyKey: string; readonly actor: Actor }): Promise<void>
  /** Takes a further notice of a kind that the service names, right in all, and tells the process. */
  giveNotice(receiptNo: string, kind: string, request: NoticeRequest): Promise<NoticeResult>
  notices(receiptNo: string): Promise<readonly Notice[]>
  /** Completes a user task that the process gave to the enterprise. */
  completeTask(receiptNo: string, taskKey: string, variables: JsonObject, actor: Actor): Promise<void>

  document(documentId: string): Promise<DocumentFile | undefined>
  /** For anyone: is it genuine, and how does it stand. */
  checkDocument(claim: DocumentClaim): Promise<DocumentCheck | undefined>
  /** Newest first; the first one signs. */
  documentKeys(): Promise<readonly PublicKey[]>
  /** Signs documents with a new key from now on; resolves with its id. */
  rotateDocumentKey(): Promise<string>

  addWebhook(enterprise: string, request: { readonly url: string; readonly events: readonly string[] }): Promise<Webhook>
  listWebhooks(enterprise: string): Promise<readonly Omit<Webhook, 'secret'>[]>
  removeWebhook(enterprise: string, webhookId: string): Promise<boolean>

  /** Takes what an agency answers in its own format (CUSRES, CONTRL, XML, JSON) and tells the process of it. */
  takeAnswer(request: AnswerRequest): Promise<AnswerResult>

  agencies(): Promise<readonly Agency[]>
  putAgency(agency: Agency): Promise<void>
  /** What a worker of the agency may see of a job: receipt number, version and its own rendered message; nothing else. */
  jobForAgency(job: ActivatedJob): Promise<ActivatedJob>

  /** Credit of an enterprise changed: holds its open declarations when it dropped (E9). */
  setCredit(enterprise: string, creditClass: string, actor: Actor): Promise<void>

  /** Guarantees, quotas, licences: what is granted, reserved and used. */
  readonly ledgers: Ledgers

  /** Declarations that come as files: JSON, XML, EDIFACT, spreadsheets. */
  readonly imports: Imports

  /** Services that analysts deploy while the window runs. */
  readonly packages: ServicePackages

  close(): Promise<void>
}

/** A caller's mistake. The API turns it into problem+json. */
export class WindowFailure extends Error {
  readonly code: 'NOT_FOUND' | 'INVALID_STATE' | 'INVALID_ARGUMENT' | 'VERSION_CONFLICT' | 'IDEMPOTENCY_KEY_REUSED'
  readonly errors: readonly ItemError[]
  constructor(code: WindowFailure['code'], message: string, errors: readonly ItemError[] = []) {
    super(message)
    this.name = 'WindowFailure'
    this.code = code
    this.errors = errors
  }
}
