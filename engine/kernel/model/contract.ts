import type { ExecutableProcess } from './executable-process.ts'

export type { ExecutableProcess } from './executable-process.ts'

/** Why a BPMN file, or a part of it, cannot be deployed. */
export interface BpmnProblem {
  /** The element at fault; `definitions` when it is the file itself. */
  readonly elementId: string
  /** Stable name of the rule, e.g. `DUPLICATE_ID`. */
  readonly rule: string
  /** Expected, found, and the way out. */
  readonly message: string
  readonly severity: 'error' | 'warning'
  /** 1-based, when the parser told. */
  readonly line?: number
}

/** The use of something that only this engine carries out. */
export interface BpmnNote {
  readonly elementId: string
  /** Stable name of what is used, e.g. `WORKING_TIME`. */
  readonly extension: string
  /** What it is, and what to use where it is not known. */
  readonly message: string
}

/** A start event, receive task or event behind a gateway that starts a process by a trigger from outside. Evaluated when the definition is deployed. */
export type StartTrigger =
  | { readonly kind: 'message'; readonly elementId: string; readonly messageName: string; readonly correlationKey?: string }
  | { readonly kind: 'signal'; readonly elementId: string; readonly signalName: string }
  /** FEEL without the leading `=`, evaluated over given variables when asked. */
  | { readonly kind: 'condition'; readonly elementId: string; readonly condition: string; readonly variableNames?: readonly string[] }
  | {
      readonly kind: 'timer'
      readonly elementId: string
      readonly timer: { readonly kind: 'date' | 'cycle'; readonly value: string }
      /** What happens to firings that nobody was there for. Absent: one is made up for. */
      readonly missedRuns?: 'skip' | 'all'
    }

/** A BPMN file, read. Executable only when no problem is an error. */
export interface ParsedBpmn {
  readonly processes: readonly ExecutableProcess[]
  readonly problems: readonly BpmnProblem[]
  readonly notes: readonly BpmnNote[]
  /** True when the file draws at least one plane. */
  readonly hasDiagram: boolean
}
