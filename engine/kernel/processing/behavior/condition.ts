import type { Element } from '../../model/executable-process.ts'
import type { ElementInstance } from '../../state/instance-state.ts'
import type { Step } from '../step.ts'
import { trigger } from './trigger.ts'

/**
 * Triggers conditional events whose condition has become true: looked at when the event is armed, and once after every
 * command that changed a variable it sees and that passes its filter. A non-interrupting one fires for each such change.
 */
export function triggerConditions(step: Step): void {
  const { armed, changed } = step.takeChanges()
  if (armed.length === 0 && changed.length === 0) return
  const waiting = Object.values(step.state.elements).filter((instance) => instance.conditions)
  for (const { key, conditions } of waiting) {
    for (const catcherId of [...(conditions ?? [])]) {
      const catcher = step.element(catcherId)
      const instance = step.find(key)
      // What was triggered before may have ended it.
      if (!instance?.conditions?.includes(catcherId)) break
      const isNew = armed.some((entry) => entry.elementInstanceKey === key && entry.elementId === catcherId)
      if ((isNew || changed.some((change) => concerns(step, instance, catcher, change))) && isTrue(step, instance, catcher))
        trigger(step, instance, catcher, {})
    }
  }
}

function concerns(
  step: Step,
  waiting: ElementInstance,
  catcher: Element,
  change: { readonly scopeKey: string; readonly names: readonly string[] },
): boolean {
  const names = catcher.event?.kind === 'condition' ? catcher.event.variableNames : undefined
  if (names && !change.names.some((name) => names.includes(name))) return false
  for (let at: ElementInstance | undefined = waiting; at; at = at.scopeKey === undefined ? undefined : step.find(at.scopeKey))
    if (at.key === change.scopeKey) return true
  return false
}

/** What cannot be evaluated is not true yet: a variable it needs may still come. */
function isTrue(step: Step, waiting: ElementInstance, { event }: Element): boolean {
  if (event?.kind !== 'condition') return false
  const result = event.condition.evaluate(step.scope(waiting.key), step.env)
  return result.ok && result.value === true
}
