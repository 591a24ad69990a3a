import type { BpmnProblem } from '../kernel/index.ts'

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
  readonly processId: string
  readonly elementId: string
  /** Expected, found, and the way out. */
  readonly message: { readonly en: string; readonly zh: string }
  /** The path that shows it. Empty where the flows alone do. */
  readonly path: Path
}

export interface ExploreOptions {
  /** Commands in all. Default 20,000. */
  readonly budget?: number
  /** Default true: what cannot meet is not interleaved. False tries every order there is. */
  readonly reduced?: boolean
  /** Another process calls it: an error it throws is caught there. */
  readonly isCalled?: boolean
}

/** What the gate says of one file. Plain data: it passes between threads. */
export interface Verification {
  /** What is wrong with the file as such; with an error among them it cannot be deployed and nothing is explored. */
  readonly problems: readonly BpmnProblem[]
  readonly findings: readonly VerifyFinding[]
  /** The budget did not suffice for all processes. */
  readonly cut: boolean
  readonly states: number
  readonly commands: number
  readonly witness: {
    readonly agreed: number
    readonly disagreed: number
    /** Disagreements by name of a known fault of the witness; no findings. */
    readonly knownFaults: Readonly<Record<string, number>>
    readonly notAsked: number
  }
}

export interface Exploration {
  readonly findings: readonly VerifyFinding[]
  /** Paths from the start to an end that together go wherever any path was seen to go. */
  readonly paths: readonly Path[]
  readonly states: number
  readonly commands: number
  /** The budget was used up: what no path reached may still be reached, so only what no flow leads to is called dead. */
  readonly cut: boolean
  /** Elements that no explored path reached. */
  readonly unreached: readonly string[]
}
