import { complete } from '../behavior/lifecycle.ts'
import type { ElementProcessor } from '../element-processor.ts'

/** A task without a type: the token passes through. */
export const task: ElementProcessor = {
  activate(step, element, instance) {
    complete(step, element, instance)
    return undefined
  },
}
