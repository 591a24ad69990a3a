import type { Command, ParentLink } from './command.ts'
import type { Json, Variables } from './json.ts'
import type {
  CompensationKey,
  ElementInstanceKey,
  EpochMs,
  IncidentKey,
  JobKey,
  MessageKey,
  ProcessDefinitionKey,
  ProcessInstanceKey,
  SubscriptionKey,
  TimerKey,
} from './keys.ts'
import type {
  AdHocBegun,
  AdHocCollected,
  AdHocFulfilled,
  MultiInstanceCollected,
  MultiInstanceExtended,
  MultiInstancePaused,
  MultiInstanceStarted,
} from './repetition-event.ts'
import type {
  JobCreated,
  JobEnded,
  JobFailed,
  JobRetriesUpdated,
  UserTaskAssigned,
  UserTaskCorrected,
  UserTaskCreated,
  UserTaskEnded,
  UserTaskSettled,
  UserTaskTransition,
  UserTaskUpdated,
} from './work-event.ts'

export type * from './repetition-event.ts'
export type * from './work-event.ts'

export type ElementType =
  | 'process'
  | 'subProcess'
  | 'eventSubProcess'
  | 'transaction'
  | 'adHocSubProcess'
  | 'adHocInner'
  | 'loopBody'
  | 'callActivity'
  | 'multiInstanceBody'
  | 'serviceTask'
  | 'userTask'
  | 'scriptTask'
  | 'businessRuleTask'
  | 'sendTask'
  | 'receiveTask'
  | 'manualTask'
  | 'task'
  | 'exclusiveGateway'
  | 'parallelGateway'
  | 'inclusiveGateway'
  | 'complexGateway'
  | 'eventBasedGateway'
  | 'startEvent'
  | 'endEvent'
  | 'intermediateCatchEvent'
  | 'intermediateThrowEvent'
  | 'boundaryEvent'

/** The `availableAt` of a job that waits for its incident to be resolved. */
export const HELD_UNTIL_RESOLVED: EpochMs = Number.MAX_SAFE_INTEGER

export type IncidentType =
  | 'AD_HOC_SUB_PROCESS_NO_RETRIES'
  | 'CALLED_DECISION_ERROR'
  | 'CALLED_ELEMENT_ERROR'
  | 'CONDITION_ERROR'
  | 'DECISION_EVALUATION_ERROR'
  | 'EXECUTION_LISTENER_NO_RETRIES'
  | 'EXTRACT_VALUE_ERROR'
  | 'FORM_NOT_FOUND'
  | 'IO_MAPPING_ERROR'
  | 'JOB_NO_RETRIES'
  | 'MESSAGE_SIZE_EXCEEDED'
  | 'STEP_BUDGET_EXCEEDED'
  | 'TASK_LISTENER_NO_RETRIES'
  | 'UNHANDLED_ERROR_EVENT'
  | 'UNKNOWN'

/**
 * What happened inside one process instance. Events are the only way its state changes: the stored events folded
 * from the first give the stored state. Times are in the history entry that holds them, not in each event.
 */
export type EngineEvent =
  | InstanceCreated
  | InstanceEnded
  | InstanceSuspension
  | InstanceMigrated
  | CommandDeferred
  | ElementActivating
  | ElementTransition
  | ListenersRestarted
  | FlowTaken
  | TokenRemoved
  | ScopeInterrupted
  | MultiInstanceStarted
  | EventPartArrived
  | EventPartsTaken
  | ConditionOpened
  | ConditionClosed
  | ComplexGatewayFired
  | CompensationRegistered
  | CompensationRequested
  | CompensationStarted
  | CompensationFinished
  | MultiInstanceCollected
  | MultiInstancePaused
  | MultiInstanceExtended
  | AdHocBegun
  | AdHocCollected
  | AdHocFulfilled
  | VariablesSet
  | JobCreated
  | JobFailed
  | JobRetriesUpdated
  | JobEnded
  | UserTaskCreated
  | UserTaskAssigned
  | UserTaskEnded
  | UserTaskTransition
  | UserTaskCorrected
  | UserTaskSettled
  | UserTaskUpdated
  | TimerCreated
  | TimerTriggered
  | TimerCanceled
  | SubscriptionOpened
  | SubscriptionCorrelated
  | SubscriptionClosed
  | MessageThrown
  | ErrorThrown
  | EscalationThrown
  | SignalThrown
  | ChildRequested
  | ChildEndedEvent
  | ChildCancelRequested
  | DecisionEvaluated
  | IncidentCreated
  | IncidentResolved

export interface InstanceCreated {
  readonly type: 'instance.created'
  readonly processInstanceKey: ProcessInstanceKey
  readonly processDefinitionKey: ProcessDefinitionKey
  readonly bpmnProcessId: string
  readonly version: number
  readonly tenantId: string
  readonly at: EpochMs
  readonly businessKey?: string
  readonly parent?: ParentLink
  /** The typed start event that was triggered. Absent: the none start event. */
  readonly startElementId?: string
  /** Elements to begin at, instead of a start event. */
  readonly startElementIds?: readonly string[]
}
/** The root scope ended. `elementId` is the last end event (or what was terminated last: absent). */
export interface InstanceEnded {
  readonly type: 'instance.completed' | 'instance.terminated'
  readonly at: EpochMs
  readonly endElementId?: string
  /** Root variables, for the parent of a child instance. Only when there is a parent. */
  readonly variables?: Variables
  /** Set when an error left the instance uncaught and its parent must see it. */
  readonly error?: { readonly errorCode: string; readonly errorMessage: string }
}

export interface InstanceSuspension {
  readonly type: 'instance.suspended' | 'instance.resumed'
  readonly at: EpochMs
}
/** What came while the instance was suspended and cannot be asked for again; carried out when it is resumed. */
export interface CommandDeferred {
  readonly type: 'command.deferred'
  readonly command: Command
}
/** The instance goes on with another definition. Catches that end with it are closed before, new ones opened after. */
export interface InstanceMigrated {
  readonly type: 'instance.migrated'
  readonly fromProcessDefinitionKey: ProcessDefinitionKey
  readonly processDefinitionKey: ProcessDefinitionKey
  readonly bpmnProcessId: string
  readonly version: number
  /** Ids of elements and flows in the target, by their ids in the source. */
  readonly ids: Readonly<Record<string, string>>
  /** What can still be undone; all else is forgotten. */
  readonly compensations: readonly {
    readonly key: CompensationKey
    readonly elementId: string
    readonly handlerId: string
    readonly via: readonly string[]
  }[]
  /** Open subscriptions whose catch event interrupts in one definition and not in the other. */
  readonly interrupting: Readonly<Record<SubscriptionKey, boolean>>
}

/** A token entered an element. It stays `activating` while input mappings, listeners or an incident hold it. */
export interface ElementActivating {
  readonly type: 'element.activating'
  readonly key: ElementInstanceKey
  readonly elementId: string
  readonly elementType: ElementType
  readonly scopeKey: ElementInstanceKey
  /** Tokens taken off these flows of the scope. A start event and what is activated without a flow have none. */
  readonly flows?: readonly string[]
  /** For a boundary event or event subprocess: the catch that was triggered. */
  readonly triggeredBy?: ElementInstanceKey
  /** For an instance inside a multi-instance body: which one, from 1. */
  readonly loopCounter?: number
  /** What came with the trigger, when listeners delay its use. */
  readonly incoming?: Variables
  /** For a compensation handler: who asked for it, and what it undoes. */
  readonly compensates?: { readonly throwKey: ElementInstanceKey; readonly compensationKey: CompensationKey }
}
/** An activity completed that can be undone. Kept until its scope is terminated, the instance ends, or it is undone. */
export interface CompensationRegistered {
  readonly type: 'compensation.registered'
  readonly compensationKey: CompensationKey
  readonly elementInstanceKey: ElementInstanceKey
  /** The activity. */
  readonly elementId: string
  /** The scope it completed in. */
  readonly scopeKey: ElementInstanceKey
  /** What undoes it: an activity, or an event subprocess inside it. */
  readonly handlerId: string
  /** For an event subprocess: the local variables as they were on completion. */
  readonly variables?: Variables
}
/** A throw event, or a transaction being cancelled, asks for activities to be undone, the last one first. */
export interface CompensationRequested {
  readonly type: 'compensation.requested'
  readonly key: ElementInstanceKey
  readonly compensationKeys: readonly CompensationKey[]
}
/** One of them is being undone; the handler's `element.activating` follows. */
export interface CompensationStarted {
  readonly type: 'compensation.started'
  readonly key: ElementInstanceKey
  readonly compensationKey: CompensationKey
}
export interface CompensationFinished {
  readonly type: 'compensation.finished'
  readonly key: ElementInstanceKey
}
/** One of the things an event waits for together happened; it goes on waiting for the others. */
export interface EventPartArrived {
  readonly type: 'event.partArrived'
  readonly elementInstanceKey: ElementInstanceKey
  /** The catch event. */
  readonly elementId: string
  readonly part: number
  readonly variables: Variables
}
/** All have happened: the event is triggered. */
export interface EventPartsTaken {
  readonly type: 'event.partsTaken'
  readonly elementInstanceKey: ElementInstanceKey
  readonly elementId: string
}
/** An element waits for a condition over its variables to become true. */
export interface ConditionOpened {
  readonly type: 'condition.opened'
  readonly elementInstanceKey: ElementInstanceKey
  /** The catch event. */
  readonly elementId: string
}
export interface ConditionClosed {
  readonly type: 'condition.closed'
  readonly elementInstanceKey: ElementInstanceKey
  readonly elementId: string
}
/** A complex gateway fired: it waits for what still comes on its other flows, or (reset) begins anew. */
export interface ComplexGatewayFired {
  readonly type: 'complexGateway.fired' | 'complexGateway.reset'
  /** The scope. */
  readonly key: ElementInstanceKey
  readonly elementId: string
  /** Flows whose tokens it took. */
  readonly flows: readonly string[]
}
export interface ElementTransition {
  readonly type: 'element.activated' | 'element.completing' | 'element.completed' | 'element.terminating' | 'element.terminated'
  readonly key: ElementInstanceKey
  readonly elementId: string
  /** For a process that is ended by an error and still waits for what is inside. */
  readonly error?: { readonly errorCode: string; readonly errorMessage: string }
}
/** The listeners of an element are asked from the first again, after one of their expressions failed. */
export interface ListenersRestarted {
  readonly type: 'listeners.restarted'
  readonly key: ElementInstanceKey
}
/** An interrupting event or a terminate end event stopped everything inside a scope; tokens on its flows are gone. */
export interface ScopeInterrupted {
  readonly type: 'scope.interrupted'
  readonly key: ElementInstanceKey
  /** The event that did it. */
  readonly byElementId: string
}
/** A token was put on a sequence flow of the scope; whoever activates the target takes it off. */
export interface FlowTaken {
  readonly type: 'flow.taken'
  readonly flowId: string
  readonly scopeKey: ElementInstanceKey
}
/** A token that waited at a door was taken away from outside. */
export interface TokenRemoved {
  readonly type: 'token.removed'
  readonly flowId: string
  readonly scopeKey: ElementInstanceKey
}
/** Replaces the named variables of one scope; others stay. */
export interface VariablesSet {
  readonly type: 'variables.set'
  readonly scopeKey: ElementInstanceKey
  readonly variables: Variables
}

export interface TimerCreated {
  readonly type: 'timer.created'
  readonly timerKey: TimerKey
  /** The element instance that waits: the catch event itself, the activity of a boundary event, the scope of an event subprocess. */
  readonly elementInstanceKey: ElementInstanceKey
  /** The catch event that fires. */
  readonly elementId: string
  readonly dueAt: EpochMs
  /** Firings left after this one; -1 without end. Absent: fires once. */
  readonly repetitions?: number
  /** What the modeller wrote, for the next firing of a cycle. */
  readonly cycle?: string
  /** Which definition of an event that waits for several. Absent: its only one, or any. */
  readonly part?: number
}
export interface TimerTriggered {
  readonly type: 'timer.triggered'
  readonly timerKey: TimerKey
}
export interface TimerCanceled {
  readonly type: 'timer.canceled'
  readonly timerKey: TimerKey
}

export interface SubscriptionOpened {
  readonly type: 'subscription.opened'
  readonly subscriptionKey: SubscriptionKey
  readonly elementInstanceKey: ElementInstanceKey
  readonly elementId: string
  /** Name of the message or signal. */
  readonly messageName: string
  /** Empty for a signal. */
  readonly correlationKey: string
  readonly interrupting: boolean
  /** Absent: a message. */
  readonly kind?: 'signal'
  /** Which definition of an event that waits for several. Absent: its only one, or any. */
  readonly part?: number
}
export interface SubscriptionCorrelated {
  readonly type: 'subscription.correlated'
  readonly subscriptionKey: SubscriptionKey
  readonly messageKey: MessageKey
}
export interface SubscriptionClosed {
  readonly type: 'subscription.closed'
  readonly subscriptionKey: SubscriptionKey
}

/** A message event or send task published a message without a worker. The runtime publishes it from the outbox. */
export interface MessageThrown {
  readonly type: 'message.thrown'
  readonly elementInstanceKey: ElementInstanceKey
  readonly messageName: string
  readonly correlationKey: string
  readonly timeToLiveMs: number
  readonly variables: Variables
  readonly messageId?: string
}
export interface ErrorThrown {
  readonly type: 'error.thrown'
  readonly errorCode: string
  readonly errorMessage: string
  /** Where it was thrown. */
  readonly elementInstanceKey: ElementInstanceKey
  /** The catch event that takes it. Absent: uncaught. */
  readonly caughtBy?: string
}

export interface EscalationThrown {
  readonly type: 'escalation.thrown'
  readonly escalationCode: string
  readonly elementInstanceKey: ElementInstanceKey
  /** The catch event that takes it. Absent: nothing here catches it; a parent instance may. */
  readonly caughtBy?: string
  /** For the parent of a child instance. */
  readonly variables?: Variables
}
/** Told to every instance and definition that waits for the name, this one included; carried out from the outbox. */
export interface SignalThrown {
  readonly type: 'signal.thrown'
  readonly elementInstanceKey: ElementInstanceKey
  readonly signalName: string
  readonly variables: Variables
}

export interface ChildRequested {
  readonly type: 'child.requested'
  readonly elementInstanceKey: ElementInstanceKey
  readonly childInstanceKey: ProcessInstanceKey
  readonly bpmnProcessId: string
  readonly bindingType: 'latest' | 'deployment' | 'versionTag'
  readonly depth: number
  readonly variables: Variables
  readonly versionTag?: string
}
export interface ChildEndedEvent {
  readonly type: 'child.ended'
  readonly elementInstanceKey: ElementInstanceKey
  readonly childInstanceKey: ProcessInstanceKey
  readonly outcome: 'completed' | 'error' | 'notStarted' | 'terminated'
}
export interface ChildCancelRequested {
  readonly type: 'child.cancelRequested'
  readonly childInstanceKey: ProcessInstanceKey
}

/** Kept for the audit: which decision, what went in, what came out, which rules held. */
export interface DecisionEvaluated {
  readonly type: 'decision.evaluated'
  readonly elementInstanceKey: ElementInstanceKey
  readonly decisionId: string
  readonly decisionKey: string
  readonly output: Json
  /** Per decision of the graph, in the order of evaluation. */
  readonly trace: readonly { readonly decisionId: string; readonly matchedRules: readonly string[]; readonly output: Json }[]
}

export interface IncidentCreated {
  readonly type: 'incident.created'
  readonly incidentKey: IncidentKey
  readonly elementInstanceKey: ElementInstanceKey
  readonly elementId: string
  readonly incidentType: IncidentType
  readonly message: string
  readonly jobKey?: JobKey
}
export interface IncidentResolved {
  readonly type: 'incident.resolved'
  readonly incidentKey: IncidentKey
}

export type EventType = EngineEvent['type']

/** The event that has `T` among its types. */
export type EventOf<T extends EventType> = EngineEvent extends infer E
  ? E extends { readonly type: infer U }
    ? T extends U
      ? E
      : never
    : never
  : never
