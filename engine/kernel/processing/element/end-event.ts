import { definitionsOf, type Element } from '../../model/executable-process.ts'
import type { ElementInstanceKey } from '../../record/keys.ts'
import type { ElementInstance } from '../../state/instance-state.ts'
import { closeCatches } from '../behavior/catch-event.ts'
import { requestCompensation } from '../behavior/compensate.ts'
import { interruptScope } from '../behavior/terminate.ts'
import { goOnCompensating } from '../behavior/throw-compensation.ts'
import { planError } from '../behavior/throw-error.ts'
import { throwEvent } from '../behavior/throw-event.ts'
import type { ElementProcessor } from '../element-processor.ts'
import type { Failure } from '../failure.ts'
import type { Step } from '../step.ts'
import { goOnCancelling } from './transaction.ts'

export const endEvent: ElementProcessor = {
  afterHandler: goOnCompensating,
  afterCompleted(step, element, scopeKey) {
    for (const { kind } of definitionsOf(element.event)) {
      if (kind === 'cancel') cancelTransaction(step, element, scopeKey)
      // Everything else in the scope is terminated; the scope itself completes (BPMN 2.0.2 §13.5.6).
      if (kind === 'terminate') interruptScope(step, step.get(scopeKey), element.id)
    }
  },
  activate: (step, element, instance) =>
    element.event?.kind === 'error' ? throwError(step, element, instance) : throwEvent(step, element, instance),
}

function throwError(step: Step, element: Element, instance: ElementInstance): Failure | undefined {
  const thrown = planError(step, element, instance)
  if (!thrown.ok) return thrown.failure
  thrown.value()
  return undefined
}

/** The transaction is stopped, what completed in it is undone, and it leaves by its cancel event (BPMN 2.0.2 §10.3.5). */
function cancelTransaction(step: Step, element: Element, scopeKey: ElementInstanceKey): void {
  const transaction = step.get(scopeKey)
  closeCatches(step, transaction)
  interruptScope(step, transaction, element.id)
  requestCompensation(step, transaction, transaction)
  step.later(() => goOnCancelling(step, transaction.key))
}
