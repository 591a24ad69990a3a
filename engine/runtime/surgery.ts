import type {
  Actor,
  ElementInstanceKey,
  Json,
  MigrateInstance,
  MigrationViolation,
  ProcessDefinitionKey,
  ProcessInstanceKey,
} from '../kernel/index.ts'
import { instanceOf } from '../kernel/index.ts'
import type { DefinitionRecord, Store } from '../store/index.ts'
import { type CreatedInstance, type CreateInstanceRequest, EngineFailure } from './contract.ts'
import type { Definitions } from './definitions.ts'
import type { InstanceLoop } from './instance-loop.ts'
import { checkPayload } from './payload-limit.ts'
import type {
  AdHocRequest,
  InstanceMigrationReport,
  MigrateAllRequest,
  MigrationPlan,
  MigrationReport,
  Modification,
  RestartRequest,
} from './surgery-contract.ts'

const PART = 500
const MOST = 1_000
const SIDE_BY_SIDE = 50
const NOBODY: Actor = { id: 'engine', kind: 'system' }

export interface SurgeryParts {
  readonly store: Store
  readonly loop: InstanceLoop
  readonly definitions: Definitions
  readonly maxPayloadBytes: number
}

/** Operations on running instances that need more than one command. */
export class Surgery {
  private readonly parts: SurgeryParts

  constructor(parts: SurgeryParts) {
    this.parts = parts
  }

  async modify(key: string, { activate = [], terminate = [], move = [] }: Modification, actor: Actor): Promise<void> {
    const given = [...activate, ...move].flatMap(({ variables = [] }) => variables.map((instruction) => instruction.variables))
    for (const variables of given) checkPayload(variables, this.parts.maxPayloadBytes)
    await this.parts.loop.submit({ key: key as ProcessInstanceKey, command: { type: 'modifyInstance', activate, terminate, move }, actor })
  }

  async activateAdHoc(elementInstanceKey: string, request: AdHocRequest, actor: Actor): Promise<void> {
    for (const { variables = {} } of request.activations) checkPayload(variables, this.parts.maxPayloadBytes)
    const command = { type: 'activateAdHoc', elementInstanceKey: elementInstanceKey as ElementInstanceKey, ...request } as const
    await this.parts.loop.submit({ key: instanceOf(elementInstanceKey), command, actor })
  }

  async migrate(key: string, plan: MigrationPlan, actor: Actor): Promise<void> {
    await this.parts.loop.submit({ key: key as ProcessInstanceKey, command: await this.command(plan), actor })
  }

  async check(key: string, plan: MigrationPlan): Promise<InstanceMigrationReport> {
    return this.report(key, 'fits', await this.command(plan), { actor: NOBODY, isRehearsal: true })
  }

  async migrateAll({ fromDefinitionKey, plan, dryRun, actor, limit = PART, after }: MigrateAllRequest): Promise<MigrationReport> {
    if (fromDefinitionKey === plan.targetProcessDefinitionKey)
      throw new EngineFailure(
        'INVALID_ARGUMENT',
        `Expected two definitions, but ${fromDefinitionKey} is both source and target; name another target`,
      )
    const command = { ...(await this.command(plan)), fromProcessDefinitionKey: fromDefinitionKey as ProcessDefinitionKey }
    const success = dryRun ? 'fits' : 'migrated'
    const size = Math.min(Math.max(1, limit), MOST)
    const { items } = await this.parts.store.search('instance', {
      filter: {
        processDefinitionKey: fromDefinitionKey,
        state: { in: ['ACTIVE', 'SUSPENDED'] },
        ...(after !== undefined && { key: { gt: after } }),
      },
      sort: [{ field: 'key', order: 'asc' }],
      limit: size,
    })
    const instances: InstanceMigrationReport[] = []
    for (let from = 0; from < items.length; from += SIDE_BY_SIDE) {
      const part = items.slice(from, from + SIDE_BY_SIDE)
      instances.push(...(await Promise.all(part.map(({ key }) => this.report(key, success, command, { actor, isRehearsal: dryRun })))))
    }
    const last = items.at(-1)
    return { instances, ...(last && items.length === size && { next: last.key }) }
  }

  async restart(
    key: string,
    { startInstructions, variables = {}, processDefinitionKey, actor }: RestartRequest,
    create: (request: CreateInstanceRequest) => Promise<CreatedInstance>,
  ): Promise<CreatedInstance> {
    const ended = await this.parts.loop.read(key as ProcessInstanceKey, (state) => {
      if (!state) throw new EngineFailure('NOT_FOUND', `Expected a process instance ${key}, but there is none`)
      if (state.status === 'active')
        throw new EngineFailure('INVALID_STATE', `Expected instance ${key} to have ended, but it runs; modify it, or cancel it first`)
      const { result = {}, tenantId, businessKey } = state
      return { result: structuredClone(result) as Record<string, Json>, tenantId, businessKey, definitionKey: state.processDefinitionKey }
    })
    return create({
      processDefinitionKey: processDefinitionKey ?? ended.definitionKey,
      variables: { ...ended.result, ...variables },
      tenantId: ended.tenantId,
      startInstructions,
      actor,
      ...(ended.businessKey !== undefined && { businessKey: ended.businessKey }),
    })
  }

  private async report(
    key: string,
    success: InstanceMigrationReport['outcome'],
    command: MigrateInstance,
    how: { readonly actor: Actor; readonly isRehearsal: boolean },
  ): Promise<InstanceMigrationReport> {
    const processInstanceKey = key as ProcessInstanceKey
    try {
      await this.parts.loop.submit({ key: processInstanceKey, command, ...how })
      return { processInstanceKey, outcome: success, violations: [] }
    } catch (error) {
      if (!(error instanceof EngineFailure)) throw error
      const violations = error.problems.map(({ rule, elementId, message }): MigrationViolation => ({ rule, elementId, message }))
      if (violations.length > 0) return { processInstanceKey, outcome: 'refused', violations }
      // It ended, or went another way, since it was looked up.
      if (error.code === 'NOT_FOUND' && command.fromProcessDefinitionKey !== undefined)
        return { processInstanceKey, outcome: 'gone', violations }
      throw error
    }
  }

  private async command({ targetProcessDefinitionKey, mapping }: MigrationPlan): Promise<MigrateInstance> {
    const target = await this.target(targetProcessDefinitionKey)
    return {
      type: 'migrateInstance',
      targetProcessDefinitionKey: target.key as ProcessDefinitionKey,
      version: target.version,
      mapping,
    }
  }

  private async target(key: string): Promise<DefinitionRecord> {
    const { definitions } = this.parts
    if (!definitions.byKey(key)) await definitions.refresh()
    const record = definitions.byKey(key)
    if (record?.kind === 'process') return record
    throw new EngineFailure('NOT_FOUND', `Expected process definition ${key} to be deployed, but it is not; deploy it first`)
  }
}
