import type { Element } from '../../model/executable-process.ts'
import type { ElementInstanceKey } from '../../record/keys.ts'
import type { ElementInstance } from '../../state/instance-state.ts'
import type { Step } from '../step.ts'
import { requestCompensation, undoNext } from './compensate.ts'
import { complete } from './lifecycle.ts'

/** A compensation throw or end event: waits until everything it asked for is undone. */
export function throwCompensation(step: Step, element: Element, instance: ElementInstance): undefined {
  step.emit({ type: 'element.activated', key: instance.key, elementId: element.id })
  requestCompensation(
    step,
    instance,
    step.get(instance.scopeKey ?? instance.key),
    element.event?.kind === 'compensation' ? element.event.activityId : undefined,
  )
  goOnCompensating(step, instance.key)
}

/** Undoes the next; once nothing is left the event completes. */
export function goOnCompensating(step: Step, key: ElementInstanceKey): void {
  const asking = step.find(key)
  if (!asking?.compensating || asking.scopeKey === undefined) return
  if (!undoNext(step, asking, asking.scopeKey)) complete(step, step.elementOf(asking), asking)
}
