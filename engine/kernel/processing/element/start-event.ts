import { complete } from '../behavior/lifecycle.ts'
import type { ElementProcessor } from '../element-processor.ts'

/** In and out at once: by the time it is entered, its trigger has happened. */
export const startEvent: ElementProcessor = {
  activate(step, element, instance) {
    complete(step, element, instance)
    return undefined
  },
}
