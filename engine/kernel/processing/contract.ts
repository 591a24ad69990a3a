import type { CompiledDecision } from '../decision/contract.ts'
import type { ExecutableProcess } from '../model/executable-process.ts'
import type { Rejection } from '../record/command.ts'
import type { EngineEvent } from '../record/event.ts'
import type { EpochMs, ProcessDefinitionKey, ProcessInstanceKey } from '../record/keys.ts'
import type { InstanceState } from '../state/instance-state.ts'
import type { BusinessCalendar } from './behavior/working-time.ts'

/** The only way time, fresh keys and other definitions reach the kernel; what they answer is written into events. */
export interface DecisionEnv {
  readonly now: EpochMs
  /** IANA zone of human times. */
  readonly zone: string
  /** Which days and hours durations of working time count. Absent: Monday to Friday, 09:00 to 17:00. */
  readonly calendar?: BusinessCalendar
  /** A never used instance key, for a child. */
  newInstanceKey(): ProcessInstanceKey
  /** The decision a business rule task calls, or undefined when none is deployed under that id. */
  findDecision(decisionId: string, binding: DecisionBinding): { readonly key: string; readonly decision: CompiledDecision } | undefined
  /** Another definition, to migrate to. Absent: there is none to go to. */
  findProcess?(key: ProcessDefinitionKey): ExecutableProcess | undefined
}
export interface DecisionBinding {
  readonly bindingType: 'latest' | 'deployment' | 'versionTag'
  readonly versionTag?: string
}

/**
 * What a command did. `state` is the state after `events`; it is the object that was passed in, changed by the
 * appliers, so a caller that must be able to go back keeps a copy (the runtime reloads instead).
 * With a rejection there are no events and the state is untouched.
 */
export type Decided =
  | { readonly events: readonly EngineEvent[]; readonly state: InstanceState; readonly rejection?: undefined }
  | { readonly rejection: Rejection; readonly events: readonly []; readonly state: InstanceState | undefined }
