export interface Mappings {
  /** target → source, e.g. `{ amount: '=invoice.total' }`. */
  readonly inputs?: Readonly<Record<string, string>>
  readonly outputs?: Readonly<Record<string, string>>
  readonly name?: string
  readonly properties?: Readonly<Record<string, string>>
}
export interface JobOptions extends Mappings {
  readonly type: string
  readonly retries?: string
  readonly headers?: Readonly<Record<string, string>>
}
export interface CatchOptions {
  readonly duration?: string
  readonly date?: string
  readonly cycle?: string
  readonly message?: string
  /** FEEL with the leading `=`; only with `message`. */
  readonly correlationKey?: string
  /** Error code; `''` catches every error. */
  readonly error?: string
  /** Escalation code; `''` catches every escalation. */
  readonly escalation?: string
  readonly signal?: string
  /** FEEL with the leading `=`. */
  readonly condition?: string
  readonly link?: string
  /** `''`: everything in the scope; otherwise the id of the activity to undo. On a boundary or start event: `''`. */
  readonly compensate?: string
  readonly cancel?: boolean
  readonly terminate?: boolean
  /** With `condition`: comma lists. */
  readonly variableNames?: string
  readonly variableEvents?: string
  /** Several definitions on one event: the first of them, or all. */
  readonly any?: readonly CatchOptions[]
  readonly all?: readonly CatchOptions[]
}
export interface PublishOptions extends Mappings {
  readonly message: string
  readonly correlationKey: string
  readonly messageId?: string
  readonly timeToLive?: string
}
export type ThrowOptions = Pick<CatchOptions, 'escalation' | 'signal' | 'link' | 'compensate' | 'cancel' | 'any'>
export interface UserTaskOptions extends Mappings {
  /** Not native: a job worker does it. */
  readonly byJob?: boolean
  readonly assignee?: string
  readonly candidateGroups?: string
  readonly candidateUsers?: string
  readonly dueDate?: string
  readonly followUpDate?: string
  readonly priority?: string
  readonly formId?: string
  readonly externalReference?: string
  readonly headers?: Readonly<Record<string, string>>
}
export interface CallOptions extends Mappings {
  readonly processId: string
  readonly bindingType?: 'latest' | 'deployment' | 'versionTag'
  readonly versionTag?: string
  readonly propagateAllChildVariables?: boolean
  readonly propagateAllParentVariables?: boolean
}

export interface ListenerOptions {
  readonly event: string
  readonly type: string
  readonly retries?: string
  readonly headers?: Readonly<Record<string, string>>
}
