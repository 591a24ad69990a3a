import type { Element } from '../../model/executable-process.ts'
import type { ElementInstance } from '../../state/instance-state.ts'
import type { Failure } from '../failure.ts'
import type { Step } from '../step.ts'
import { throwEscalation } from './escalation.ts'
import { complete } from './lifecycle.ts'
import { sendMessage } from './send-message.ts'
import { throwSignal } from './signal.ts'
import { throwCompensation } from './throw-compensation.ts'
import { throwMultiple } from './throw-multiple.ts'

/** What a throw event and an end event have in common: throws what the event names, and goes on. A none event passes. */
export function throwEvent(step: Step, element: Element, instance: ElementInstance): Failure | undefined {
  switch (element.event?.kind) {
    case 'message':
      return sendMessage(step, element, instance)
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
}
