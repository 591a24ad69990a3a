import { throwEscalation } from '../behavior/escalation.ts'
import { complete } from '../behavior/lifecycle.ts'
import { sendMessage } from '../behavior/send-message.ts'
import { throwSignal } from '../behavior/signal.ts'
import { goOnCompensating, throwCompensation } from '../behavior/throw-compensation.ts'
import { throwMultiple } from '../behavior/throw-multiple.ts'
import type { ElementProcessor } from '../element-processor.ts'

export const intermediateThrowEvent: ElementProcessor = {
  afterHandler: goOnCompensating,
  activate(step, element, instance) {
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
  },
}
