import type { EpochMs, JsonObject } from '../../kernel/index.ts'

/**
 * A test case of a process: who declares what, what the outside world does, and what must come of it. A file
 * `processes/<service>/cases/<id>.case.json`; the same file is played by the tests, by the deploy gate and by the demonstration.
 */
export interface ProcessCase {
  /** File name without its ending; unique within the service. */
  readonly id: string
  readonly name: { readonly en: string; readonly zh: string }
  readonly service: string
  /** USCC of who declares. */
  readonly enterprise: string
  readonly operator: 'OP-FZ' | 'OP-XM'
  /** Credit class the enterprise has when it declares. */
  readonly credit?: string
  /** ISO 8601 with offset. Absent: when the play begins. */
  readonly start?: string
  readonly declaration: CaseData
  /** What happens before the declaration is made, in order. */
  readonly before?: readonly CaseAct[]
  /** In order of preference; the rules of `cases/defaults.json` follow after. */
  readonly script: readonly CaseRule[]
  readonly expect: CaseExpectation
}

/**
 * Data of a declaration: a file of `processes/<service>/cases/data`, changed at JSON pointers (`null` removes). Texts that start
 * with `=` are FEEL at the moment they are needed: `=string(today() + duration("P2D"))`.
 */
export interface CaseData {
  readonly file?: string
  readonly data?: JsonObject
  readonly change?: Readonly<Record<string, unknown>>
}

/** When something shows up, the outside world reacts: the first rule that matches and is not used up acts. */
export interface CaseRule {
  readonly when: CaseTrigger
  readonly do: CaseAct | readonly CaseAct[]
  /** How often the rule may act. Default 1. */
  readonly times?: number | 'any'
}

export type CaseTrigger =
  /** An agency is sent this message (id of its template; `<agency>/<id>` where two agencies have one of that name). Acknowledged unless the rule says otherwise. */
  | { readonly message: string }
  /** A user task of this element is open, an officer's or the enterprise's. */
  | { readonly task: string }
  /** A token waits at this element: a message event, a timer, a receive task, a task that an amendment answers. */
  | { readonly waits: string }
  /** This long after the declaration was made, whatever waits. */
  | { readonly after: string }

/**
 * What the outside world does, `after` some time (`PT2H`; counted from the act before it in the same rule). Texts in variables that
 * start with `=` are FEEL over the variables of the declaration's instance (`receiptNo`, `version`, `facts` …).
 */
export type CaseAct = { readonly after?: string } & (
  | { readonly acknowledge: JsonObject }
  /** The agency's line is dead for so many tries of this message; `any`: until the process gives up. */
  | { readonly silent: number | 'any' }
  /** The agency refuses the message for good. */
  | { readonly refuse: string }
  /** An agency or another outside system says something. The correlation key is the receipt number unless `key` is given. `twice`: it comes twice. */
  | {
      readonly publish: string
      readonly variables?: JsonObject
      readonly key?: string
      readonly messageId?: string
      readonly twice?: boolean
    }
  /** Completes the user task that triggered the rule, or the open one of the named element. */
  | { readonly complete: JsonObject; readonly task?: string }
  | { readonly amend: CaseData }
  /** The enterprise gives a further notice of a kind that the service takes. `twice`: it is sent twice. */
  | { readonly notice: string; readonly data: JsonObject; readonly twice?: boolean }
  | { readonly withdraw: string }
  | { readonly setCredit: string }
  /** The operator opens a ledger account, as another service would have done. */
  | { readonly openAccount: CaseAccount }
  /** The instance is left alone: a deadline passes. */
  | { readonly wait: true }
)

/** Terms of a ledger account; `unit` where the ledger has several. Texts that start with `=` are FEEL. */
export interface CaseAccount {
  readonly ledger: string
  readonly account: string
  readonly amount: string | number
  readonly unit?: string
  readonly validFrom?: string
  readonly validTo?: string
  /** Owner; default is who declares. */
  readonly enterprise?: string
}

export interface CaseExpectation {
  /** Id of the end event. */
  readonly end: string
  /** Elements that must have completed, in this order; others may lie between. Called processes' elements count. */
  readonly passes?: readonly string[]
  readonly avoids?: readonly string[]
  /** Messages that agencies must have been sent, in this order; others may lie between. */
  readonly sends?: readonly string[]
  readonly neverSends?: readonly string[]
  /** Kinds of documents that must have been issued. */
  readonly documents?: readonly string[]
  /** Variables of the declaration's instance when it ended; what is named must be equal. */
  readonly variables?: JsonObject
  /** Rule ids of item errors that must have been found on the way. */
  readonly errors?: readonly string[]
  /** Accounts after the end, with their balances as decimal texts: `{"ledger":"guarantee","account":"…","status":"open","reserved":"0.00"}`. */
  readonly accounts?: readonly JsonObject[]
  /** From the declaration to the end at most (ISO 8601 duration), on the clock of the play. */
  readonly within?: string
  /** Cases of other services that were opened on the way, and the end of each. */
  readonly opens?: readonly { readonly service: string; readonly end: string }[]
}

/** What of a case is open to the outside now; what it called or opened included. */
export interface CaseView {
  readonly tasks: readonly CaseSpot[]
  /** Innermost active elements. */
  readonly waiting: readonly CaseSpot[]
  /** End event of the declaration's instance once it has ended; empty when it was terminated without one. */
  readonly end?: string
  readonly endedAt?: EpochMs
  readonly incidents: readonly string[]
  /** Of the declaration's instance; while it runs. */
  readonly variables: JsonObject
  /** Keys of all instances this was read from. */
  readonly instances: readonly string[]
}
export interface CaseSpot {
  readonly elementId: string
  readonly key: string
}

/** What is known of a case when it is over. */
export interface CaseRecord {
  readonly completed: readonly string[]
  readonly documents: readonly string[]
  readonly variables: JsonObject
  readonly errors: readonly string[]
  readonly opened: readonly { readonly service: string; readonly end?: string }[]
  readonly accounts: readonly JsonObject[]
}

/** A message as it reached the agency. */
export interface CaseMessage {
  readonly receiptNo: string
  readonly agencyId: string
  readonly message: string
  /** The same at every try. */
  readonly idempotencyKey: string
}
export type CaseReceipt =
  | { readonly kind: 'received'; readonly ack: JsonObject }
  | { readonly kind: 'silent' }
  | { readonly kind: 'refused'; readonly reason: string }

/** Where cases are played: an engine in this process on a clock of its own, or a server over HTTP. */
export interface CaseWorld {
  now(): EpochMs
  /** Resolves when nothing is left to do at this time. */
  settled(): Promise<void>
  /** Moves the clock on. What falls due on the way happens at its own time. */
  advanceTo(at: EpochMs): Promise<void>
  /** When the next timer, or the next try of something that failed, falls due. */
  nextDue(): Promise<EpochMs | undefined>
  /** Makes the declaration and gives its receipt number. */
  declare(played: ProcessCase, data: JsonObject): Promise<string>
  view(receiptNo: string): Promise<CaseView>
  act(receiptNo: string | undefined, played: ProcessCase, act: ReadyAct): Promise<void>
  record(receiptNo: string, played: ProcessCase): Promise<CaseRecord>
  /** Who answers the messages to agencies. Receipt numbers of opened cases are given as that of the case that opened them. */
  /** Tells the keys of instances as they go on; a world that cannot is asked again and again. */
  onChange?(listener: (processInstanceKey: string) => void): void
  onMessage(answer: (message: CaseMessage) => Promise<CaseReceipt>): void
}

/** An act whose data is ready. */
export type ReadyAct =
  | { readonly kind: 'publish'; readonly name: string; readonly key: string; readonly variables: JsonObject; readonly messageId: string }
  | { readonly kind: 'complete'; readonly task: CaseSpot; readonly variables: JsonObject }
  | { readonly kind: 'amend'; readonly data: JsonObject }
  | { readonly kind: 'notice'; readonly notice: string; readonly data: JsonObject; readonly idempotencyKey: string }
  | { readonly kind: 'withdraw'; readonly reason: string }
  | { readonly kind: 'setCredit'; readonly creditClass: string }
  | { readonly kind: 'openAccount'; readonly account: CaseAccount }

export interface CaseResult {
  readonly service: string
  readonly id: string
  readonly receiptNo?: string
  readonly end?: string
  /** What is not as expected; empty when the case holds. Each says expected, found, and where the case stood. */
  readonly faults: readonly string[]
  /** Ids of all elements completed, for coverage. */
  readonly completed: readonly string[]
}
