import { awaitTrigger } from '../behavior/await-trigger.ts'
import { complete } from '../behavior/lifecycle.ts'
import type { ElementProcessor } from '../element-processor.ts'

/** Waits for its trigger; a link catch is only a place to come out at. */
export const intermediateCatchEvent: ElementProcessor = {
  activate(step, element, instance) {
    if (element.event?.kind !== 'link') return awaitTrigger(step, element, instance)
    complete(step, element, instance)
    return undefined
  },
}
