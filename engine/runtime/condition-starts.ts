import { type Actor, type Command, compileExpression, type ProcessDefinitionKey, type StartTrigger } from '../kernel/index.ts'
import type { DefinitionRecord } from '../store/index.ts'
import { type Clock, EngineFailure, type EvaluateConditionsRequest, type EvaluatedConditions } from './contract.ts'
import type { Definitions } from './definitions.ts'
import type { InstanceLoop } from './instance-loop.ts'
import type { KeyStock } from './key-stock.ts'
import { checkPayload } from './payload-limit.ts'
import type { StartTriggers } from './start-triggers.ts'

type ConditionTrigger = Extract<StartTrigger, { kind: 'condition' }>

export interface ConditionStartsParts {
  readonly clock: Clock
  readonly zone: string
  readonly loop: InstanceLoop
  readonly keys: KeyStock
  readonly triggers: StartTriggers
  readonly definitions: Definitions
  readonly maxPayloadBytes: number
}

/** Conditional start events: nobody watches variables outside of instances, so someone must ask. */
export class ConditionStarts {
  private readonly parts: ConditionStartsParts

  constructor(parts: ConditionStartsParts) {
    this.parts = parts
  }

  /** All conditions first, then the instances: a condition that cannot be evaluated starts nothing at all. */
  async evaluate(request: EvaluateConditionsRequest, actor: Actor): Promise<EvaluatedConditions> {
    const { keys, loop, maxPayloadBytes } = this.parts
    const { variables } = request
    checkPayload(variables, maxPayloadBytes)
    const due = (await this.candidates(request)).filter(({ definition, trigger }) => this.holds(definition, trigger, variables))
    const started: { processDefinitionKey: string; processInstanceKey: string }[] = []
    for (const { definition, trigger } of due) {
      const key = await keys.take()
      const command: Command = {
        type: 'createInstance',
        processInstanceKey: key,
        processDefinitionKey: definition.key as ProcessDefinitionKey,
        version: definition.version,
        variables,
        tenantId: definition.tenantId,
        startElementId: trigger.elementId,
      }
      await loop.submit({ key, command, actor })
      started.push({ processDefinitionKey: definition.key, processInstanceKey: key })
    }
    return { evaluationKey: await keys.take(), started }
  }

  private async candidates({
    tenantId,
    processDefinitionKey,
  }: EvaluateConditionsRequest): Promise<readonly { readonly definition: DefinitionRecord; readonly trigger: ConditionTrigger }[]> {
    const { triggers, definitions } = this.parts
    if (processDefinitionKey === undefined) return triggers.conditionStarts(tenantId)
    if (!definitions.byKey(processDefinitionKey)) await definitions.refresh()
    const definition = definitions.byKey(processDefinitionKey)
    if (definition?.kind !== 'process' || definition.tenantId !== tenantId)
      throw new EngineFailure(
        'NOT_FOUND',
        `Expected a deployed process with key ${processDefinitionKey}, but there is none; deploy it first`,
      )
    const { startTriggers } = await definitions.process(definition)
    return startTriggers.flatMap((trigger) => (trigger.kind === 'condition' ? [{ definition, trigger }] : []))
  }

  /** A start event that names variables looks only when one of them is given. */
  private holds(definition: DefinitionRecord, trigger: ConditionTrigger, variables: EvaluateConditionsRequest['variables']): boolean {
    const { clock, zone } = this.parts
    if (trigger.variableNames && !trigger.variableNames.some((name) => Object.hasOwn(variables, name))) return false
    const compiled = compileExpression(trigger.condition)
    const outcome = compiled.ok
      ? compiled.compiled.evaluate((name) => (Object.hasOwn(variables, name) ? variables[name] : undefined), { now: clock.now(), zone })
      : compiled
    if (outcome.ok) return outcome.value === true
    throw new EngineFailure(
      'INVALID_ARGUMENT',
      `Expected the condition of ${trigger.elementId} in '${definition.id}' to be evaluated, but it cannot: ${outcome.message}; nothing was started`,
    )
  }
}
