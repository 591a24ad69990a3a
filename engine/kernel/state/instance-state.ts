import type { Command, ParentLink } from '../record/command.ts'
import type { ElementType, HeldTaskChange, IncidentType, JobKind, TaskPhase, UserTaskChanges } from '../record/event.ts'
import type { Json, Variables } from '../record/json.ts'
import type {
  CompensationKey,
  ElementInstanceKey,
  EpochMs,
  IncidentKey,
  JobKey,
  ProcessDefinitionKey,
  ProcessInstanceKey,
  SubscriptionKey,
  TimerKey,
  UserTaskKey,
} from '../record/keys.ts'

export type ElementState = 'activating' | 'active' | 'completing' | 'terminating'

/** One entry of a token into an element. Gone from the state once completed or terminated. */
export interface ElementInstance {
  readonly key: ElementInstanceKey
  elementId: string
  readonly elementType: ElementType
  /** The container it lives in. Absent on the root. */
  readonly scopeKey?: ElementInstanceKey
  state: ElementState
  /** Live element instances inside. Absent: none. */
  children?: number
  /** Tokens waiting on sequence flows inside, by flow id. */
  tokens?: Record<string, number>
  /** Local variables. Absent: none. */
  variables?: Record<string, Json>
  jobKey?: JobKey
  userTaskKey?: UserTaskKey
  /** Timers and message subscriptions that wait on its behalf. Absent: none. */
  timerKeys?: TimerKey[]
  subscriptionKeys?: SubscriptionKey[]
  childInstanceKey?: ProcessInstanceKey
  incidentKey?: IncidentKey
  /** For an instance inside a multi-instance body: which one, from 1. */
  loopCounter?: number
  /** For a multi-instance body. */
  loop?: LoopState
  /** By catch event that waits for several things together: which have happened, and what came with them. Absent: none. */
  arrived?: Record<string, { readonly parts: readonly number[]; readonly variables: Variables }>
  /** Catch events that wait for a condition on its behalf. Absent: none. */
  conditions?: string[]
  /** For a scope: complex gateways that have fired and wait for the rest, with the flows they took. */
  fired?: Record<string, readonly string[]>
  /** For a compensation handler: the element instance that asked for it. */
  compensates?: ElementInstanceKey
  /** For one that asked: what is still to be undone, next first. Absent: it did not ask, or all is done. */
  compensating?: CompensationKey[]
  /** Listeners that have done their part, of those before the work or, while completing, of those after. Absent: none. */
  listened?: number
  /** For a process that waits for what is inside before it ends by an error. */
  endsWith?: { readonly errorCode: string; readonly errorMessage: string }
  /** What came with its trigger and is used once its start listeners are done. */
  incoming?: Variables
  /** For a complex gateway: the flows it was entered by. */
  cameBy?: readonly string[]
  /** For a catch event or event subprocess: the element instance whose catch was triggered. */
  triggeredBy?: ElementInstanceKey
}

/** How far a multi-instance body is. */
export interface LoopState {
  items: readonly Json[]
  /** Items begun. */
  begun: number
  completed: number
  terminated: number
  /** Collected results by index; absent when none are wanted. */
  outputs?: Json[]
  /** Of an ad-hoc subprocess: its worker has said that it is done. */
  isFulfilled?: true
}

export interface JobState {
  readonly key: JobKey
  readonly elementInstanceKey: ElementInstanceKey
  elementId: string
  readonly jobType: string
  readonly kind: JobKind
  readonly customHeaders: Readonly<Record<string, string>>
  retries: number
}
export interface UserTaskState {
  readonly key: UserTaskKey
  readonly elementInstanceKey: ElementInstanceKey
  elementId: string
  assignee?: string
  /** What its listeners are told about it. */
  attributes: UserTaskChanges
  /** What its listeners are asked about, how many have answered, and what is done then. Absent: at rest. */
  phase?: TaskPhase
  listened?: number
  held?: HeldTaskChange
}
export interface TimerState {
  readonly key: TimerKey
  readonly elementInstanceKey: ElementInstanceKey
  elementId: string
  readonly dueAt: EpochMs
  readonly repetitions?: number
  readonly cycle?: string
  readonly part?: number
}
export interface SubscriptionState {
  readonly key: SubscriptionKey
  readonly elementInstanceKey: ElementInstanceKey
  elementId: string
  readonly messageName: string
  readonly correlationKey: string
  interrupting: boolean
  readonly kind?: 'signal'
  readonly part?: number
  /** Messages it has taken, the latest of many; a redelivered one is refused. */
  correlated?: string[]
}
export interface IncidentState {
  readonly key: IncidentKey
  readonly elementInstanceKey: ElementInstanceKey
  elementId: string
  readonly incidentType: IncidentType
  readonly message: string
  readonly jobKey?: JobKey
}

/** Variables of a scope that got a value, and those among them that had none. */
export interface VariableChange {
  readonly scopeKey: ElementInstanceKey
  readonly names: readonly string[]
  readonly created: readonly string[]
}

/** A completed activity that can be undone. */
export interface CompensationState {
  readonly key: CompensationKey
  elementId: string
  handlerId: string
  /** The live scope that may ask for it; or the compensation of the completed subprocess it belongs to. */
  ownerKey: string
  /** Completed subprocesses around it, innermost first. */
  via: string[]
  readonly variables?: Readonly<Record<string, Json>>
}

/** What an instance that was told to stand still must catch up with. */
export interface SuspendedState {
  readonly since: EpochMs
  /** In the order they came. */
  readonly deferred: Command[]
  /** Conditional events armed and variables changed meanwhile. */
  readonly armed: { readonly elementInstanceKey: ElementInstanceKey; readonly elementId: string }[]
  readonly changed: VariableChange[]
}

/** All there is to know about a running instance, as plain JSON. Only appliers write it. */
export interface InstanceState {
  readonly key: ProcessInstanceKey
  processDefinitionKey: ProcessDefinitionKey
  bpmnProcessId: string
  version: number
  readonly tenantId: string
  readonly startedAt: EpochMs
  readonly businessKey?: string
  readonly parent?: ParentLink
  startElementId?: string
  /** Elements it began at, instead of a start event. */
  startElementIds?: readonly string[]
  /** Absent: it runs. */
  suspended?: SuspendedState
  status: 'active' | 'completed' | 'terminated'
  endedAt?: EpochMs
  /** The end event reached last before the instance ended. */
  endElementId?: string
  /** Root variables as they were at the end. Absent while it runs. */
  result?: Record<string, Json>
  /** The last key sequence used (see keys.ts). */
  sequence: number
  elements: Record<string, ElementInstance>
  jobs: Record<string, JobState>
  userTasks: Record<string, UserTaskState>
  timers: Record<string, TimerState>
  subscriptions: Record<string, SubscriptionState>
  incidents: Record<string, IncidentState>
  /** Element instances that have `conditions`, so that a change of variables need not go through all. Absent: not noted, or ended. */
  conditionWaits?: Record<string, true>
  /** In order of completion. Absent: none. */
  compensations?: CompensationState[]
}
