import { passThrough } from '../behavior/trigger.ts'
import type { ElementProcessor } from '../element-processor.ts'

/** Only a trigger puts a token in (see behavior/trigger.ts); its start event passes on what came. */
export const eventSubProcess: ElementProcessor = {
  activate(step, element, instance) {
    const start = element.startEvent
    if (!start) throw new Error(`Expected event subprocess ${element.id} to have a start event, but validation let one without pass`)
    const { incoming = {} } = instance
    step.emit({ type: 'element.activated', key: instance.key, elementId: element.id })
    step.later(() => {
      if (step.mayBegin(instance.key)) passThrough(step, start, instance.key, incoming, {})
    })
    return undefined
  },
}
