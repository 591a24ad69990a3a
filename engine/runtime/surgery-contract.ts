import type {
  Actor,
  AdHocActivation,
  MappingInstruction,
  MigrationViolation,
  ModifyInstance,
  StartInstruction,
  Variables,
} from '../kernel/index.ts'
import type { CreatedInstance } from './contract.ts'

/** What those who look after running instances may do to them. Each is all or nothing. */
export interface InstanceSurgery {
  /** @throws EngineFailure `INVALID_ARGUMENT` saying which instruction cannot be carried out. */
  modifyInstance(key: string, change: Modification, actor: Actor): Promise<void>
  /** Begins activities of a live ad-hoc subprocess. @throws EngineFailure when it is none, or one of them is not in it. */
  activateAdHoc(elementInstanceKey: string, request: AdHocRequest, actor: Actor): Promise<void>
  /** No job is handed out, no timer fires, no message is taken; job answers that come are kept. */
  suspendInstance(key: string, actor: Actor): Promise<void>
  resumeInstance(key: string, actor: Actor): Promise<void>
  /** @throws EngineFailure `INVALID_STATE` or `INVALID_ARGUMENT` with all violations as `problems`. */
  migrateInstance(key: string, plan: MigrationPlan, actor: Actor): Promise<void>
  /** What `migrateInstance` would say; nothing is changed. */
  checkMigration(key: string, plan: MigrationPlan): Promise<InstanceMigrationReport>
  /**
   * Migrates a part of the live instances of a definition, each on its own, or tells how each would fare. Call again with
   * `after: next` until `next` is absent. Cut short, it is begun anew: what went over is not met again.
   */
  migrateAll(request: MigrateAllRequest): Promise<MigrationReport>
  /** Starts a new instance from chosen elements, with the variables an ended one left. */
  restartInstance(key: string, request: RestartRequest): Promise<CreatedInstance>
}

export interface AdHocRequest {
  readonly activations: readonly AdHocActivation[]
  /** First ends what is active in it. */
  readonly cancelsRemaining?: boolean
}
export type Modification = Partial<Omit<ModifyInstance, 'type'>>

export interface MigrationPlan {
  readonly targetProcessDefinitionKey: string
  readonly mapping: readonly MappingInstruction[]
}
export interface InstanceMigrationReport {
  readonly processInstanceKey: string
  /** `gone`: it ended, or was migrated by someone else, before its turn came. */
  readonly outcome: 'migrated' | 'fits' | 'refused' | 'gone'
  readonly violations: readonly MigrationViolation[]
}
export interface MigrateAllRequest {
  readonly fromDefinitionKey: string
  readonly plan: MigrationPlan
  /** Changes nothing. */
  readonly dryRun: boolean
  readonly actor: Actor
  /** Instances in one part; at most 1,000. Default 500. */
  readonly limit?: number
  /** Key of the last instance of the part before. */
  readonly after?: string
}
export interface MigrationReport {
  readonly instances: readonly InstanceMigrationReport[]
  /** Absent: these were the last. */
  readonly next?: string
}
export interface RestartRequest {
  readonly startInstructions: readonly StartInstruction[]
  /** Laid over those the instance ended with. */
  readonly variables?: Variables
  /** Absent: the definition the instance ended with. */
  readonly processDefinitionKey?: string
  readonly actor: Actor
}
