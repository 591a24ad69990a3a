import { beginAt } from '../behavior/activation.ts'
import { beginByEvent } from '../behavior/begin-by-event.ts'
import { activateElement } from '../behavior/lifecycle.ts'
import type { ElementProcessor } from '../element-processor.ts'

/** The root scope: begins at the elements it was told to, at the start event that was triggered, or at its none start event. */
export const process: ElementProcessor = {
  activate(step, element, instance) {
    const { startElementIds } = step.state
    if (startElementIds) {
      step.emit({ type: 'element.activated', key: instance.key, elementId: element.id })
      step.later(() => {
        if (step.mayBegin(instance.key)) beginAt(step, startElementIds)
      })
      return undefined
    }
    const { startElementId } = step.state
    const start = startElementId === undefined ? element.startEvent : step.element(startElementId)
    if (!start) {
      return {
        type: 'CALLED_ELEMENT_ERROR',
        message: `Expected process ${element.id} to have a none start event, but it is only started by a message or timer; publish the message, or add a none start event`,
      }
    }
    step.emit({ type: 'element.activated', key: instance.key, elementId: element.id })
    step.later(() => {
      if (!step.mayBegin(instance.key)) return
      if (start.type === 'startEvent') activateElement(step, start, instance.key)
      else beginByEvent(step, start, instance.key)
    })
    return undefined
  },
}
