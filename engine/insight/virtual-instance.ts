import type { EngineEvent, EpochMs, ExecutableProcess, InstanceState, ProcessInstanceKey } from '../kernel/index.ts'

/** An instance of a virtual world, with all that has happened to it. */
export interface VirtualInstance {
  readonly key: ProcessInstanceKey
  readonly process: ExecutableProcess
  state: InstanceState
  readonly history: { readonly at: EpochMs; readonly events: readonly EngineEvent[] }[]
}
