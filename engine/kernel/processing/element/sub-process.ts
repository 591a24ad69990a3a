import { activateElement } from '../behavior/lifecycle.ts'
import type { ElementProcessor } from '../element-processor.ts'

/** Embedded subprocess: a scope of its own that begins at its none start event. */
export const subProcess: ElementProcessor = {
  activate(step, element, instance) {
    const start = element.startEvent
    if (!start) throw new Error(`Expected subprocess ${element.id} to have a none start event, but validation let one without pass`)
    step.emit({ type: 'element.activated', key: instance.key, elementId: element.id })
    step.later(() => {
      if (step.mayBegin(instance.key)) activateElement(step, start, instance.key)
    })
    return undefined
  },
}
