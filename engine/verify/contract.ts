/** A gateway, or an activity with conditional flows, and the flows it took. */
export interface PathChoice {
  readonly elementId: string
  readonly flowIds: readonly string[]
}

/** One thing that happened from outside, and what followed from it until every token waited. */
export interface PathStep {
  readonly kind: 'start' | 'complete' | 'trigger' | 'error' | 'escalation'
  /** What completed, or the catch event that was triggered; for the start the process. */
  readonly elementId: string
  /** In the order they were made. */
  readonly choices: readonly PathChoice[]
  /** Elements that completed in this step, in order. */
  readonly completed: readonly string[]
}
export type Path = readonly PathStep[]

export type VerifyKind =
  /** No path reaches the element. */
  | 'dead-element'
  /** Tokens wait at a join for others that never come. */
  | 'deadlock'
  /** The instance can never end from there, though something still happens. */
  | 'never-ends'
  /** More than one token goes where one was meant to: what follows is done twice, and ends twice. */
  | 'improper-end'
  /** Elements that go round without ever waiting. */
  | 'straight-through-loop'
  /** The path stops at an incident. */
  | 'incident'
  /** bpmn-engine takes another path with the same inputs. */
  | 'disagreement'

export interface VerifyFinding {
  readonly kind: VerifyKind
  readonly elementId: string
  /** Expected, found, and the way out. */
  readonly message: string
  /** The path that shows it. */
  readonly path: Path
}

export interface ExploreOptions {
  /** Commands in all. Default 4,000. */
  readonly budget?: number
}

export interface Exploration {
  readonly findings: readonly VerifyFinding[]
  /** Paths from the start to an end that together go wherever any path was seen to go. */
  readonly paths: readonly Path[]
  readonly states: number
  readonly commands: number
  /** The budget was used up: what no path reached may still be reached, so no element is called dead. */
  readonly cut: boolean
  /** Elements that no explored path reached. */
  readonly unreached: readonly string[]
}
