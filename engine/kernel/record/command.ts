import type { Variables } from './json.ts'
import type {
  ElementInstanceKey,
  EpochMs,
  IncidentKey,
  JobKey,
  MessageKey,
  ProcessDefinitionKey,
  ProcessInstanceKey,
  SubscriptionKey,
  TimerKey,
  UserTaskKey,
} from './keys.ts'
import type { UserTaskChanges } from './work-event.ts'

/** The element of another instance (a call activity) on whose behalf a child instance runs. */
export interface ParentLink {
  readonly processInstanceKey: ProcessInstanceKey
  readonly elementInstanceKey: ElementInstanceKey
  /** Call activities above, 1 for a child of a root instance. */
  readonly depth: number
}

export interface CreateInstance {
  readonly type: 'createInstance'
  readonly processInstanceKey: ProcessInstanceKey
  readonly processDefinitionKey: ProcessDefinitionKey
  /** Of the definition. */
  readonly version: number
  readonly variables: Variables
  readonly tenantId: string
  readonly businessKey?: string
  /** A typed start event that was triggered. Absent: the none start event. */
  readonly startElementId?: string
  readonly parent?: ParentLink
  /** The message whose arrival starts the instance. */
  readonly messageKey?: MessageKey
  /** Elements to begin at, instead of a start event. */
  readonly startInstructions?: readonly StartInstruction[]
}
export interface StartInstruction {
  readonly elementId: string
}

export interface CompleteJob {
  readonly type: 'completeJob'
  readonly jobKey: JobKey
  readonly variables: Variables
  /** What a task listener says to what is about to happen. */
  readonly result?: TaskListenerResult
  /** What the worker of an ad-hoc subprocess decides. */
  readonly adHoc?: AdHocResult
}
/** The next step of an ad-hoc subprocess (Camunda 8.8). */
export interface AdHocResult {
  readonly activateElements?: readonly AdHocActivation[]
  /** It is done once nothing is active in it; with `cancelsRemaining` at once. */
  readonly isFulfilled?: boolean
  readonly cancelsRemaining?: boolean
}
export interface AdHocActivation {
  readonly elementId: string
  /** Seen by this activity, and what follows from it, alone. */
  readonly variables?: Variables
}
/** Begins activities of an ad-hoc subprocess from outside. */
export interface ActivateAdHoc {
  readonly type: 'activateAdHoc'
  readonly elementInstanceKey: ElementInstanceKey
  readonly activations: readonly AdHocActivation[]
  /** First ends what is active in it. */
  readonly cancelsRemaining?: boolean
}
export interface TaskListenerResult {
  /** Nothing happens. Not for `creating` and `canceling`. */
  readonly denied?: boolean
  readonly deniedReason?: string
  readonly corrections?: UserTaskChanges
}
export interface FailJob {
  readonly type: 'failJob'
  readonly jobKey: JobKey
  /** Retries that are left; 0 raises an incident. */
  readonly retries: number
  readonly errorMessage: string
  /** Delay before the job may be taken again. */
  readonly retryBackOffMs?: number
  readonly variables?: Variables
}
export interface ThrowJobError {
  readonly type: 'throwJobError'
  readonly jobKey: JobKey
  readonly errorCode: string
  readonly errorMessage?: string
  readonly variables?: Variables
}
export interface UpdateJob {
  readonly type: 'updateJob'
  readonly jobKey: JobKey
  readonly retries: number
}

export interface AssignUserTask {
  readonly type: 'assignUserTask'
  readonly userTaskKey: UserTaskKey
  readonly assignee: string
  /** False refuses when someone else holds it already. */
  readonly allowOverride: boolean
  /** Told to listeners. Default `assign` or `claim`. */
  readonly action?: string
}
export interface UnassignUserTask {
  readonly type: 'unassignUserTask'
  readonly userTaskKey: UserTaskKey
}
export interface CompleteUserTask {
  readonly type: 'completeUserTask'
  readonly userTaskKey: UserTaskKey
  readonly variables: Variables
  /** Told to listeners. Default `complete`. */
  readonly action?: string
}

/** Changes attributes of a user task. */
export interface UpdateUserTask {
  readonly type: 'updateUserTask'
  readonly userTaskKey: UserTaskKey
  readonly changes: UserTaskChanges
  /** Told to listeners. Default `update`. */
  readonly action?: string
}

export interface TriggerTimer {
  readonly type: 'triggerTimer'
  readonly timerKey: TimerKey
}
export interface CorrelateMessage {
  readonly type: 'correlateMessage'
  readonly subscriptionKey: SubscriptionKey
  readonly messageKey: MessageKey
  readonly variables: Variables
}

/** A signal was broadcast; `signalKey` names the throw, so that one told twice is taken once. */
export interface TriggerSignal {
  readonly type: 'triggerSignal'
  readonly subscriptionKey: SubscriptionKey
  readonly signalKey: string
  readonly variables: Variables
}
/** A child instance threw an escalation that it does not catch. Ignored when the call activity is gone or nothing catches it. */
export interface ChildEscalated {
  readonly type: 'childEscalated'
  readonly elementInstanceKey: ElementInstanceKey
  readonly childInstanceKey: ProcessInstanceKey
  readonly escalationCode: string
  readonly variables: Variables
}

export interface ResolveIncident {
  readonly type: 'resolveIncident'
  readonly incidentKey: IncidentKey
}
export interface SetVariables {
  readonly type: 'setVariables'
  readonly scopeKey: ElementInstanceKey
  readonly variables: Variables
  /** True writes to that scope only; false propagates each to the nearest scope that has it. */
  readonly local: boolean
}
/** Asked for by a user, or by the parent when the call activity is terminated. */
export interface CancelInstance {
  readonly type: 'cancelInstance'
}

/** Nothing moves until it is resumed; what comes from outside meanwhile is kept or refused. */
export interface SuspendInstance {
  readonly type: 'suspendInstance'
}
export interface ResumeInstance {
  readonly type: 'resumeInstance'
}

/** Puts tokens where they are wanted and takes others away, all or nothing. Activates before it terminates. */
export interface ModifyInstance {
  readonly type: 'modifyInstance'
  readonly activate: readonly ActivateInstruction[]
  readonly terminate: readonly TerminateInstruction[]
  readonly move?: readonly MoveInstruction[]
}
export interface ActivateInstruction {
  readonly elementId: string
  /** The live scope to begin in; missing scopes between are made new. A multi-instance body: adds a repetition. Absent: the one live scope. */
  readonly ancestorElementInstanceKey?: ElementInstanceKey
  readonly variables?: readonly VariableInstruction[]
}
export interface VariableInstruction {
  /** The element that is activated, or a scope around it. Absent: the root. */
  readonly scopeId?: string
  readonly variables: Variables
}
/** By element id: all its instances, and the tokens that wait at its door. */
export type TerminateInstruction = { readonly elementInstanceKey: ElementInstanceKey } | { readonly elementId: string }
/** Terminates each source and activates the target once for it, in the nearest scope around both. */
export type MoveInstruction = (
  | { readonly sourceElementInstanceKey: ElementInstanceKey; readonly sourceElementId?: undefined }
  | { readonly sourceElementId: string; readonly sourceElementInstanceKey?: undefined }
) & {
  readonly targetElementId: string
  readonly variables?: readonly VariableInstruction[]
  /** As for an activation. */
  readonly ancestorElementInstanceKey?: ElementInstanceKey
}

/** Goes on with another definition. */
export interface MigrateInstance {
  readonly type: 'migrateInstance'
  readonly targetProcessDefinitionKey: ProcessDefinitionKey
  /** Of the target. */
  readonly version: number
  /** Given: an instance that goes by another definition meanwhile is left alone. */
  readonly fromProcessDefinitionKey?: ProcessDefinitionKey
  readonly mapping: readonly MappingInstruction[]
}
/** Element to element, or sequence flow to sequence flow. */
export interface MappingInstruction {
  readonly sourceElementId: string
  readonly targetElementId: string
}

/** Begins the next part of a large multi-instance body. Idempotent: a body that has begun all is left alone. */
export interface ContinueMultiInstance {
  readonly type: 'continueMultiInstance'
  readonly elementInstanceKey: ElementInstanceKey
}

/** The child of a call activity ended; sent by the outbox of the child. Idempotent: a second one is rejected. */
export interface ChildEnded {
  readonly type: 'childEnded'
  readonly elementInstanceKey: ElementInstanceKey
  readonly childInstanceKey: ProcessInstanceKey
  readonly outcome:
    | { readonly kind: 'completed'; readonly variables: Variables }
    | { readonly kind: 'error'; readonly errorCode: string; readonly errorMessage: string; readonly variables: Variables }
    /** The child could not be started: no such process, no none start event, nesting too deep. */
    | { readonly kind: 'notStarted'; readonly reason: string }
    | { readonly kind: 'terminated' }
}

export type Command =
  | CreateInstance
  | CompleteJob
  | FailJob
  | ThrowJobError
  | UpdateJob
  | AssignUserTask
  | UnassignUserTask
  | CompleteUserTask
  | UpdateUserTask
  | TriggerTimer
  | CorrelateMessage
  | TriggerSignal
  | ResolveIncident
  | SetVariables
  | CancelInstance
  | SuspendInstance
  | ResumeInstance
  | ModifyInstance
  | MigrateInstance
  | ContinueMultiInstance
  | ActivateAdHoc
  | ChildEnded
  | ChildEscalated

export type CommandType = Command['type']

/** A command that was refused: nothing changed. The message says expected, found, and the way out. */
export interface Rejection {
  readonly code: RejectionCode
  readonly message: string
  /** Of a migration: all that stands against it. */
  readonly violations?: readonly MigrationViolation[]
}
/** One reason why an instance cannot go over to another definition. */
export interface MigrationViolation {
  /** Stable name, e.g. `NOT_MAPPED`. */
  readonly rule: string
  /** In the source definition. */
  readonly elementId: string
  /** Expected, found, and the way out. */
  readonly message: string
}
export type RejectionCode = 'NOT_FOUND' | 'INVALID_STATE' | 'INVALID_ARGUMENT' | 'ALREADY_EXISTS'

/** Who asked, for the audit trail; kept beside the events in the history. */
export interface Actor {
  readonly id: string
  readonly kind: 'user' | 'apiKey' | 'system'
}

export type { EpochMs }
