import type { Element } from '../../model/executable-process.ts'
import type { ElementInstance } from '../../state/instance-state.ts'
import { fail, ok, type Result } from '../failure.ts'
import type { Step } from '../step.ts'
import { deliverError, findErrorTarget, uncaughtMessage } from './error.ts'
import { evaluateText } from './evaluate.ts'

/** Evaluates the error of an end event and finds who catches it; what it gives throws it. */
export function planError(step: Step, element: Element, instance: ElementInstance): Result<() => void> {
  const definition = element.event?.kind === 'error' ? element.event.errorCode : undefined
  const code = definition && evaluateText(step, definition, instance.key, `the error code of ${element.id}`)
  if (code && !code.ok) return code
  const thrown = { errorCode: code?.value ?? '', errorMessage: '' }
  const target = findErrorTarget(step, instance, thrown.errorCode)
  if (!target) return fail('UNHANDLED_ERROR_EVENT', uncaughtMessage(element.id, thrown))
  return ok(() => {
    const variables = { ...instance.variables }
    step.emit({ type: 'element.completed', key: instance.key, elementId: element.id })
    deliverError(step, target, instance, thrown, variables)
  })
}
