import { complete } from '../behavior/lifecycle.ts'
import { sendMessage } from '../behavior/send-message.ts'
import type { ElementProcessor } from '../element-processor.ts'

export const intermediateThrowEvent: ElementProcessor = {
  activate(step, element, instance) {
    if (element.event?.kind === 'message') return sendMessage(step, element, instance)
    complete(step, element, instance)
    return undefined
  },
}
