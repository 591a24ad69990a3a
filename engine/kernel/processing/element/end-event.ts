import { definitionsOf, type Element } from '../../model/executable-process.ts'
import type { ElementInstanceKey } from '../../record/keys.ts'
import type { ElementInstance } from '../../state/instance-state.ts'
import { closeCatches } from '../behavior/catch-event.ts'
import { requestCompensation } from '../behavior/compensate.ts'
import { throwEscalation } from '../behavior/escalation.ts'
import { complete } from '../behavior/lifecycle.ts'
import { sendMessage } from '../behavior/send-message.ts'
import { throwSignal } from '../behavior/signal.ts'
import { interruptScope } from '../behavior/terminate.ts'
import { goOnCompensating, throwCompensation } from '../behavior/throw-compensation.ts'
import { planError } from '../behavior/throw-error.ts'
import { throwMultiple } from '../behavior/throw-multiple.ts'
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
  activate(step, element, instance) {
    switch (element.event?.kind) {
      case 'message':
        return sendMessage(step, element, instance)
      case 'error':
        return throwError(step, element, instance)
      case 'escalation':
        return throwEscalation(step, element, instance)
      case 'signal':
        return throwSignal(step, element, instance)
      case 'compensation':
        return throwCompensation(step, element, instance)
      case 'multiple':
        return throwMultiple(step, element, instance)
      default:
        complete(step, element, instance)
        return undefined
    }
  },
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
