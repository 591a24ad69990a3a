import type { CompiledExpression } from '../expression/contract.ts'
import type { ElementType } from '../record/event.ts'
import type { JsonObject } from '../record/json.ts'
import type { StartTrigger } from './contract.ts'

/** An expression, or a literal text (no leading `=`). */
export type TextValue =
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'feel'; readonly expression: CompiledExpression }

export interface Mapping {
  readonly source: TextValue
  /** Dotted path. */
  readonly target: readonly string[]
}

export interface SequenceFlow {
  readonly id: string
  readonly sourceId: string
  readonly targetId: string
  readonly condition?: CompiledExpression
}

export type TimerDefinition = { readonly kind: 'date' | 'duration' | 'cycle'; readonly value: TextValue }

export interface MessageDefinition {
  readonly id: string
  readonly name: TextValue
  readonly correlationKey?: CompiledExpression
}

/** What an event waits for or throws. */
export type EventDefinition = SingleEvent | MultipleEvent
/** A catch waits for the first of its definitions or (parallel) for all; a throw throws them all. */
export interface MultipleEvent {
  readonly kind: 'multiple'
  readonly parallel: boolean
  readonly definitions: readonly SingleEvent[]
}
export type SingleEvent =
  | { readonly kind: 'none' }
  | { readonly kind: 'timer'; readonly timer: TimerDefinition }
  | { readonly kind: 'message'; readonly message: MessageDefinition }
  /** `errorCode` absent on a catch: catches every error. */
  | { readonly kind: 'error'; readonly errorCode?: TextValue }
  | { readonly kind: 'terminate' }
  /** `code` absent on a catch: catches every escalation. */
  | { readonly kind: 'escalation'; readonly code?: TextValue }
  | { readonly kind: 'signal'; readonly name: TextValue }
  | { readonly kind: 'link'; readonly name: string }
  /** On a throw: `activityId` undoes only that activity; absent all that completed in the scope. */
  | { readonly kind: 'compensation'; readonly activityId?: string }
  | { readonly kind: 'cancel' }
  | { readonly kind: 'condition'; readonly condition: CompiledExpression; readonly filter?: ConditionFilter }

/** Which changes of variables are looked at. What is absent does not restrict. */
export interface ConditionFilter {
  readonly variableNames?: readonly string[]
  readonly variableEvents?: readonly ('create' | 'update')[]
}

const NO_EVENTS: readonly SingleEvent[] = []

/** The definitions of an event: those of a multiple one, or the one it has. */
export function definitionsOf(event: EventDefinition | undefined): readonly SingleEvent[] {
  if (!event) return NO_EVENTS
  return event.kind === 'multiple' ? event.definitions : [event]
}

export interface JobDefinition {
  readonly jobType: TextValue
  readonly retries: TextValue
  /** Higher is handed out first. Absent: 0. */
  readonly priority?: TextValue
  readonly headers: Readonly<Record<string, string>>
}
/** Asked by a blocking job before or after the work of an element. Its headers include the element's. */
export type ListenerDefinition = JobDefinition
export const TASK_EVENTS = ['creating', 'assigning', 'updating', 'completing', 'canceling'] as const
export type TaskEvent = (typeof TASK_EVENTS)[number]
export interface PublishMessageDefinition {
  readonly correlationKey: TextValue
  readonly messageId?: TextValue
  readonly timeToLive?: TextValue
}
export interface UserTaskDefinition {
  readonly assignee?: TextValue
  readonly candidateGroups?: TextValue
  readonly candidateUsers?: TextValue
  readonly dueDate?: TextValue
  readonly followUpDate?: TextValue
  readonly priority?: TextValue
  readonly formId?: string
  readonly formBinding?: Binding
  /** Of a user task that is not native. */
  readonly formKey?: string
  readonly externalReference?: TextValue
  readonly headers: Readonly<Record<string, string>>
}
export interface Binding {
  readonly bindingType: 'latest' | 'deployment' | 'versionTag'
  readonly versionTag?: string
}
export interface CalledElement extends Binding {
  readonly processId: TextValue
  readonly propagateAllParentVariables: boolean
  readonly propagateAllChildVariables: boolean
}
export interface CalledDecision extends Binding {
  readonly decisionId: TextValue
  readonly resultVariable: string
}

/** Repeats an activity for each item of a collection (BPMN 2.0.2 §13.2.8). */
export interface MultiInstance {
  readonly sequential: boolean
  /** FEEL that gives the list, or with `loopCardinality` how many. */
  readonly inputCollection?: CompiledExpression
  readonly loopCardinality?: CompiledExpression
  readonly inputElement?: string
  readonly outputCollection?: string
  readonly outputElement?: CompiledExpression
  readonly completionCondition?: CompiledExpression
  /** The element as the body around all repetitions: its boundary events and flows. */
  readonly body: Element
  /** The element as one repetition: its work, mappings and content. */
  readonly inner: Element
}

/** Repeats an activity while a condition holds (BPMN 2.0.2 §13.2.7). */
export interface StandardLoop {
  readonly testBefore: boolean
  readonly maximum?: number
  readonly condition?: CompiledExpression
  readonly body: Element
  readonly inner: Element
}

/** Activities inside are chosen at run time, in any order (BPMN 2.0.2 §13.2.5). */
export interface AdHoc {
  /** FEEL that gives the ids of what is begun on entry. Absent: everything that has no incoming flow. */
  readonly activeElements?: CompiledExpression
  readonly completionCondition?: CompiledExpression
  readonly cancelRemaining: boolean
  /** One at a time. */
  readonly sequential: boolean
  /** In the Zeebe dialect each chosen activity, and what follows from it, has a scope of its own; the element as that scope. */
  readonly inner?: Element
  /** The result of each chosen activity, evaluated in its scope, and the variable that lists them in the order of completion. */
  readonly outputElement?: CompiledExpression
  readonly outputCollection?: string
  /** What may be chosen, told to who chooses (Camunda's `adHocSubProcessElements`). */
  readonly choices?: readonly JsonObject[]
}

/** One element, ready to run. Fields that do not apply to its type are absent. */
export interface Element {
  readonly id: string
  readonly name: string
  readonly type: ElementType
  /** The container element's id; absent on the process. */
  readonly scopeId?: string
  readonly incoming: readonly SequenceFlow[]
  readonly outgoing: readonly SequenceFlow[]
  readonly defaultFlowId?: string
  readonly inputs: readonly Mapping[]
  readonly outputs: readonly Mapping[]
  /** Absent: none, so that elements without take no detour. On a multi-instance body the start listeners are those before all. */
  readonly startListeners?: readonly ListenerDefinition[]
  readonly endListeners?: readonly ListenerDefinition[]
  /** Of a native user task. */
  readonly taskListeners?: Readonly<Partial<Record<TaskEvent, readonly ListenerDefinition[]>>>
  /** `zeebe:properties`: free metadata. */
  readonly properties: Readonly<Record<string, string>>
  readonly event?: EventDefinition
  /** Boundary event or start event of an event subprocess. */
  readonly interrupting?: boolean
  readonly attachedToId?: string
  /** Boundary events attached to this activity, in document order. */
  readonly boundaryEvents: readonly Element[]
  /** Event subprocesses directly inside this container. */
  readonly eventSubProcesses: readonly Element[]
  /** The none start event of a container, or the typed start of an event subprocess. */
  readonly startEvent?: Element
  readonly job?: JobDefinition
  readonly publishMessage?: PublishMessageDefinition
  readonly userTask?: UserTaskDefinition
  /** What a job worker is told of a user task that is not native. */
  readonly jobUserTask?: UserTaskDefinition
  readonly script?: { readonly expression: CompiledExpression; readonly resultVariable: string }
  readonly calledElement?: CalledElement
  readonly calledDecision?: CalledDecision
  readonly multiInstance?: MultiInstance
  readonly standardLoop?: StandardLoop
  readonly adHoc?: AdHoc
  /** For a complex gateway: when it fires, over `activationCount`. */
  readonly activationCondition?: CompiledExpression
  /** What undoes the activity: the handler of its compensation boundary event, or its compensation event subprocess. */
  readonly compensation?: { readonly handlerId: string; readonly boundaryId?: string }
  /** A receive task or event-based gateway that starts the process: by the first of its events, and then waiting for the others or not. */
  readonly instantiates?: 'first' | 'all'
  /** True on an activity that only undoes another. */
  readonly isForCompensation?: boolean
  /** Tokens it needs on one incoming flow, and puts on each outgoing (BPMN 2.0.2 table 10.3). Absent: 1. */
  readonly startQuantity?: number
  readonly completionQuantity?: number
}

/** An executable process with all its elements by id. Built once at deployment, never changed. */
export interface ExecutableProcess {
  readonly bpmnProcessId: string
  readonly name: string
  readonly versionTag?: string
  readonly root: Element
  readonly elements: ReadonlyMap<string, Element>
  readonly flows: ReadonlyMap<string, SequenceFlow>
  /** Typed start events of the process itself. */
  readonly startTriggers: readonly StartTrigger[]
  /** True when some event waits for a condition, so that changes of variables are worth watching. */
  readonly hasConditions: boolean
}
