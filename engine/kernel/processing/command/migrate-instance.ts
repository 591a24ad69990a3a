import type { Element, ExecutableProcess } from '../../model/executable-process.ts'
import type { MigrateInstance, MigrationViolation, Rejection } from '../../record/command.ts'
import type { SubscriptionKey } from '../../record/keys.ts'
import type { ElementInstance } from '../../state/instance-state.ts'
import { type CatchPlan, closeCatches, planCatch } from '../behavior/catch-event.ts'
import { keptCompensations } from '../behavior/check-migrated-catches.ts'
import { checkMigration } from '../behavior/check-migration.ts'
import { catchersOf, idsOf, type Migration, viewOf } from '../behavior/migration.ts'
import type { Step } from '../step.ts'
import { type Handlers, reject } from './handler.ts'

export const migrateHandlers: Handlers<'migrateInstance'> = {
  migrateInstance: (step, command) => {
    const { fromProcessDefinitionKey: from = step.state.processDefinitionKey } = command
    if (from !== step.state.processDefinitionKey)
      return reject(
        'NOT_FOUND',
        `Expected instance ${step.state.key} to go by definition ${from}, but it goes by ${step.state.processDefinitionKey}; it was migrated meanwhile`,
      )
    const target = step.env.findProcess?.(command.targetProcessDefinitionKey)
    if (!target)
      return reject(
        'NOT_FOUND',
        `Expected process definition ${command.targetProcessDefinitionKey} to be deployed, but it is not; deploy it first`,
      )
    const violations = checkMigration(step.process, target, step.state, command.mapping)
    if (violations.length > 0) return refuse(step, violations)
    const ids = idsOf(step.process, target, command.mapping)
    const migration: Migration = { source: step.process, target, state: step.state, ids, violate: () => undefined }
    const catches = planNewCatches(step, migration)
    if ('violations' in catches) return refuse(step, catches.violations)
    for (const instance of Object.values(step.state.elements)) closeCatches(step, instance, (catcherId) => !ids.has(catcherId))
    record(step, command, migration)
    step.moveTo(target)
    for (const open of catches.plans) open(step)
    return undefined
  },
}

/** The mapping itself is wrong, or the instance does not fit. */
const OF_THE_MAPPING: ReadonlySet<string> = new Set(['MAPPED_TWICE', 'UNKNOWN_SOURCE', 'UNKNOWN_TARGET', 'KIND_DIFFERS'])

function refuse(step: Step, violations: readonly MigrationViolation[]): Rejection {
  const code = violations.some(({ rule }) => OF_THE_MAPPING.has(rule)) ? 'INVALID_ARGUMENT' : 'INVALID_STATE'
  const message = `Expected instance ${step.state.key} to fit the migration, but found ${violations.length}: ${violations.map((violation) => violation.message).join('; ')}`
  return { code, message, violations }
}

function record(step: Step, command: MigrateInstance, migration: Migration): void {
  const { target, ids, state } = migration
  const interrupting: Record<SubscriptionKey, boolean> = {}
  for (const subscription of Object.values(state.subscriptions)) {
    const wanted = target.elements.get(ids.get(subscription.elementId) ?? '')?.interrupting ?? true
    if (wanted !== subscription.interrupting) interrupting[subscription.key] = wanted
  }
  step.emit({
    type: 'instance.migrated',
    fromProcessDefinitionKey: state.processDefinitionKey,
    processDefinitionKey: command.targetProcessDefinitionKey,
    bpmnProcessId: target.bpmnProcessId,
    version: command.version,
    ids: Object.fromEntries(ids),
    compensations: keptCompensations(migration),
    interrupting,
  })
}

/** Evaluates what the target waits for and the source did not; nothing is open yet. */
function planNewCatches(
  step: Step,
  migration: Migration,
): { readonly plans: readonly CatchPlan[] } | { readonly violations: readonly MigrationViolation[] } {
  const plans: CatchPlan[] = []
  const violations: MigrationViolation[] = []
  const interrupted = interruptedScopes(step, migration.source)
  for (const instance of Object.values(step.state.elements)) {
    // One that is still held on its way in opens all it waits for when it gets in.
    if (instance.state !== 'active') continue
    for (const catcher of newCatchers(migration, instance, interrupted.has(instance.key))) {
      const plan = planCatch(step, catcher, instance.key, instance.key)
      if (plan.ok) plans.push(...(plan.value ? [plan.value] : []))
      else violations.push({ rule: 'CATCH_NOT_OPENED', elementId: instance.elementId, message: plan.failure.message })
    }
  }
  return violations.length > 0 ? { violations } : { plans }
}

function newCatchers({ source, target, ids }: Migration, instance: ElementInstance, isInterrupted: boolean): readonly Element[] {
  const from = viewOf(source, instance.elementId, instance)
  const to = viewOf(target, ids.get(instance.elementId), instance)
  if (!from || !to) return []
  const kept = new Set(catchersOf(source, from).map(({ id }) => ids.get(id)))
  return catchersOf(target, to).filter(({ id, type }) => !kept.has(id) && !(isInterrupted && type === 'startEvent'))
}

/** Scopes in which an interrupting event subprocess runs: they take no other event of their own any more. */
function interruptedScopes(step: Step, source: ExecutableProcess): ReadonlySet<string | undefined> {
  const running = Object.values(step.state.elements).filter(({ elementType }) => elementType === 'eventSubProcess')
  return new Set(
    running.filter(({ elementId }) => source.elements.get(elementId)?.startEvent?.interrupting).map(({ scopeKey }) => scopeKey),
  )
}
