import type { ElementInstanceKey } from '../../record/keys.ts'
import type { CompensationState } from '../../state/instance-state.ts'
import type { Step } from '../step.ts'
import { enter, entryOf, type Origin, place } from './lifecycle.ts'
import { enterEventSubProcess, passThrough } from './trigger.ts'

/** Begins what undoes a completed activity, in the scope of whoever asked. */
export function activateHandler(
  step: Step,
  compensation: CompensationState,
  scopeKey: ElementInstanceKey,
  compensates: NonNullable<Origin['compensates']>,
): void {
  const handler = step.element(compensation.handlerId)
  if (handler.type === 'eventSubProcess') {
    enterEventSubProcess(step, handler, scopeKey, { compensates }, { ...compensation.variables })
    return
  }
  const boundaryId = step.element(compensation.elementId).compensation?.boundaryId
  if (boundaryId !== undefined) passThrough(step, step.element(boundaryId), scopeKey, {}, {})
  const entry = entryOf(handler)
  enter(step, entry, place(step, entry, scopeKey, { compensates }))
}
