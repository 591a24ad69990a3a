import { type ConditionFilter, definitionsOf, type Element, type SingleEvent } from '../../model/executable-process.ts'
import type { ElementInstanceKey } from '../../record/keys.ts'
import type { ElementInstance, VariableChange } from '../../state/instance-state.ts'
import type { Step } from '../step.ts'
import { triggerPart } from './event-part.ts'

type Condition = Extract<SingleEvent, { kind: 'condition' }>

/** Triggers the events armed just now whose condition holds: before the first thing happens inside what they are armed for. */
export function triggerArmed(step: Step): void {
  for (const { elementInstanceKey, elementId } of step.takeArmed())
    triggerConditionsOf(step, elementInstanceKey, step.element(elementId), undefined)
}

/**
 * Triggers conditional events whose condition has become true: looked at once after every command that changed a variable
 * they see and that passes their filter. A non-interrupting one fires for each such change.
 */
export function triggerConditions(step: Step): void {
  const changedSince = step.takeChanges()
  if (!changedSince) return
  for (const key of Object.keys(step.state.conditionWaits ?? step.state.elements) as ElementInstanceKey[]) {
    for (const catcherId of [...(step.find(key)?.conditions ?? [])])
      triggerConditionsOf(step, key, step.element(catcherId), changedSince(key, catcherId))
  }
}

/** @param changed undefined when the event was armed just now */
function triggerConditionsOf(
  step: Step,
  key: ElementInstance['key'],
  catcher: Element,
  changed: readonly VariableChange[] | undefined,
): void {
  const parallel = catcher.event?.kind === 'multiple' && catcher.event.parallel
  for (const [index, definition] of definitionsOf(catcher.event).entries()) {
    if (definition.kind !== 'condition') continue
    const instance = step.find(key)
    // What was triggered before may have ended it.
    if (!instance?.conditions?.includes(catcher.id)) return
    if (parallel && instance.arrived?.[catcher.id]?.parts.includes(index)) continue
    if (changed && !changed.some((change) => concerns(step, instance, definition.filter, change))) continue
    if (!isTrue(step, instance, definition)) continue
    triggerPart(step, instance, catcher, {}, parallel ? index : undefined)
    // Several conditions that are true at once trigger it once.
    if (!parallel) return
  }
}

function concerns(step: Step, waiting: ElementInstance, filter: ConditionFilter | undefined, change: VariableChange): boolean {
  if (filter && !change.names.some((name) => passes(filter, name, change))) return false
  for (let at: ElementInstance | undefined = waiting; at; at = at.scopeKey === undefined ? undefined : step.find(at.scopeKey))
    if (at.key === change.scopeKey) return true
  return false
}

function passes({ variableNames, variableEvents }: ConditionFilter, name: string, { created }: VariableChange): boolean {
  if (variableNames && !variableNames.includes(name)) return false
  return !variableEvents || variableEvents.includes(created.includes(name) ? 'create' : 'update')
}

/** What cannot be evaluated is not true yet: a variable it needs may still come. */
function isTrue(step: Step, waiting: ElementInstance, { condition }: Condition): boolean {
  const result = condition.evaluate(step.scope(waiting.key), step.env)
  return result.ok && result.value === true
}
