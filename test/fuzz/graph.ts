import type { TaskPhase } from '../../engine/kernel/index.ts'

/** What an event waits for or throws. Each has one name of its own, so that throws and catches meet. */
export type Trigger =
  | 'timer'
  | 'date'
  | 'working'
  | 'cycle'
  | 'cron'
  | 'message'
  | 'signal'
  | 'error'
  | 'escalation'
  | 'condition'
  | 'compensation'
  | 'cancel'
  | 'link'

export type NodeKind =
  | 'start'
  | 'end'
  | 'terminate'
  | 'job'
  | 'user'
  | 'manual'
  | 'plain'
  | 'script'
  | 'decide'
  | 'receive'
  | 'publish'
  | 'send'
  | 'call'
  | 'sub'
  | 'transaction'
  | 'adHoc'
  | 'eventSub'
  | 'xor'
  | 'and'
  | 'or'
  | 'complex'
  | 'race'
  | 'catch'
  | 'throw'
  | 'boundary'

export type ListenerEvent = 'start' | 'end' | 'beforeAll'

/** An element of a random model: plain data, so that a finding can be cut down and written to a file. */
export interface GraphNode {
  readonly id: string
  readonly kind: NodeKind
  readonly on?: Trigger
  /** Of a boundary event or the start of an event subprocess. Absent: it interrupts. */
  readonly aside?: boolean
  readonly attachedTo?: string
  readonly inside?: Graph
  readonly repeat?: 'parallel' | 'sequential' | 'loop'
  /** The results of its repetitions are not collected. */
  readonly silent?: boolean
  /** Has a compensation handler. */
  readonly undo?: boolean
  readonly listens?: readonly ListenerEvent[]
  /** Process a call activity calls. */
  readonly calls?: string
  readonly wide?: WideNode
}

/** What only widened models have (see widen.ts). Each may be left out on its own. */
export interface WideNode {
  /** Further triggers beside `on`. */
  readonly more?: readonly Trigger[]
  /** Waits for all its triggers instead of the first. */
  readonly together?: boolean
  /** Catches every error or escalation. */
  readonly anyCode?: boolean
  /** A condition that looks at changes of `flag` alone. */
  readonly filtered?: boolean
  readonly missedRuns?: 'skip' | 'all'
  /** Start and completion quantity. */
  readonly needs?: number
  readonly gives?: number
  readonly asks?: readonly TaskPhase[]
  readonly maps?: boolean
  /** A worker does it instead of the engine. */
  readonly byJob?: boolean
  readonly assignee?: string
  /** Completion condition of a repetition or ad-hoc subprocess. */
  readonly until?: string
  /** How often it is repeated, instead of for each item. */
  readonly times?: number
  readonly testBefore?: boolean
  /** Of an ad-hoc subprocess. */
  readonly chosen?: readonly string[]
  readonly inTurn?: boolean
  readonly waitsForRest?: boolean
  /** When a complex gateway fires. Absent: at two tokens. */
  readonly fires?: number
  readonly linkName?: string
  /** The activity that is undone, instead of all. */
  readonly undoes?: string
  /** Starts the process. */
  readonly instantiates?: 'first' | 'all'
  /** Of a call activity: only mapped variables come back. */
  readonly secretive?: boolean
}
export interface GraphFlow {
  readonly from: string
  readonly to: string
  readonly when?: string
  readonly otherwise?: boolean
}
export interface Graph {
  readonly nodes: readonly GraphNode[]
  readonly flows: readonly GraphFlow[]
  /** Of the process itself. */
  readonly listens?: readonly ListenerEvent[]
}
