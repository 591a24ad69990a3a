import type { Element } from '../../model/executable-process.ts'
import type { ElementInstance } from '../../state/instance-state.ts'
import { deliverError, findErrorTarget, uncaughtMessage } from '../behavior/error.ts'
import { evaluateText } from '../behavior/evaluate.ts'
import { complete, completeScopeIfDone } from '../behavior/lifecycle.ts'
import { sendMessage } from '../behavior/send-message.ts'
import { interruptScope } from '../behavior/terminate.ts'
import type { ElementProcessor } from '../element-processor.ts'
import type { Failure } from '../failure.ts'
import type { Step } from '../step.ts'

export const endEvent: ElementProcessor = {
  activate(step, element, instance) {
    const kind = element.event?.kind
    if (kind === 'message') return sendMessage(step, element, instance)
    if (kind === 'error') return throwError(step, element, instance)
    if (kind === 'terminate') endScope(step, element, instance)
    else complete(step, element, instance)
    return undefined
  },
}

/** Everything else in the scope is terminated; the scope itself completes (BPMN 2.0.2 §13.5.6). */
function endScope(step: Step, element: Element, instance: ElementInstance): void {
  const { scopeKey } = instance
  if (scopeKey === undefined) throw new Error(`Expected end event ${element.id} to live in a scope, but it is the root`)
  step.emit({ type: 'element.completed', key: instance.key, elementId: element.id })
  interruptScope(step, step.get(scopeKey), element.id)
  step.later(() => completeScopeIfDone(step, scopeKey))
}

function throwError(step: Step, element: Element, instance: ElementInstance): Failure | undefined {
  const definition = element.event?.kind === 'error' ? element.event.errorCode : undefined
  const code = definition && evaluateText(step, definition, instance.key, `the error code of ${element.id}`)
  if (code && !code.ok) return code.failure
  const thrown = { errorCode: code?.value ?? '', errorMessage: '' }
  const target = findErrorTarget(step, instance, thrown.errorCode)
  if (!target) return { type: 'UNHANDLED_ERROR_EVENT', message: uncaughtMessage(element.id, thrown) }
  step.emit({ type: 'element.completed', key: instance.key, elementId: element.id })
  deliverError(step, target, instance, thrown, { ...instance.variables })
  return undefined
}
