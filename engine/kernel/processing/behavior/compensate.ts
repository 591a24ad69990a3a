import type { CompensationKey, ElementInstanceKey } from '../../record/keys.ts'
import type { ElementInstance } from '../../state/instance-state.ts'
import type { Step } from '../step.ts'
import { activateHandler } from './compensation-handler.ts'

/**
 * Asks for everything to be undone that completed in the scope of `asking`, the last one first; with `activityId` only that
 * activity or subprocess. In an event subprocess the scope around it counts too (BPMN 2.0.2 §10.5.4).
 */
export function requestCompensation(step: Step, asking: ElementInstance, scope: ElementInstance, activityId?: string): void {
  const owners = new Set<string>()
  for (let at: ElementInstance | undefined = scope; at; at = at.scopeKey === undefined ? undefined : step.find(at.scopeKey)) {
    owners.add(at.key)
    if (at.elementType !== 'eventSubProcess') break
  }
  const compensationKeys = (step.state.compensations ?? [])
    .filter(
      ({ ownerKey, elementId, via }) =>
        owners.has(ownerKey) && (activityId === undefined || elementId === activityId || via.includes(activityId)),
    )
    .map(({ key }) => key)
    .reverse()
  step.emit({ type: 'compensation.requested', key: asking.key, compensationKeys })
}

/** Undoes what is next; false when nothing is left. What another throw has undone meanwhile is passed over. */
export function undoNext(step: Step, asking: ElementInstance, scopeKey: ElementInstanceKey): boolean {
  for (const compensationKey of [...(asking.compensating ?? [])]) {
    const compensation = step.state.compensations?.find(({ key }) => key === compensationKey)
    step.emit({ type: 'compensation.started', key: asking.key, compensationKey })
    if (!compensation) continue
    activateHandler(step, compensation, scopeKey, { throwKey: asking.key, compensationKey: compensationKey as CompensationKey })
    return true
  }
  step.emit({ type: 'compensation.finished', key: asking.key })
  return false
}
