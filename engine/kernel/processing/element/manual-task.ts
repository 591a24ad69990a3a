import { complete } from '../behavior/lifecycle.ts'
import type { ElementProcessor } from '../element-processor.ts'

/** Work the engine knows nothing of: the token passes through. */
export const manualTask: ElementProcessor = {
  activate(step, element, instance) {
    complete(step, element, instance)
    return undefined
  },
}
