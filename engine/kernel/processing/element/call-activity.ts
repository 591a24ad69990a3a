import { visibleVariables } from '../../state/visible-variables.ts'
import { evaluateText } from '../behavior/evaluate.ts'
import type { ElementProcessor } from '../element-processor.ts'

/** Call activities may nest this deep; more is a process that calls itself without end. */
const MAX_DEPTH = 1_000

/** Asks for an instance of another process and waits until it has ended. */
export const callActivity: ElementProcessor = {
  activate(step, element, instance) {
    const called = element.calledElement
    if (!called) throw new Error(`Expected call activity ${element.id} to name a process, but validation let one without pass`)
    const processId = evaluateText(step, called.processId, instance.key, `the process id of ${element.id}`)
    if (!processId.ok) return processId.failure
    const depth = (step.state.parent?.depth ?? 0) + 1
    if (depth > MAX_DEPTH) {
      return {
        type: 'CALLED_ELEMENT_ERROR',
        message: `Expected at most ${MAX_DEPTH} nested calls, but ${element.id} would be call ${depth}; look for a process that calls itself`,
      }
    }
    step.emit({ type: 'element.activated', key: instance.key, elementId: element.id })
    step.emit({
      type: 'child.requested',
      elementInstanceKey: instance.key,
      childInstanceKey: step.env.newInstanceKey(),
      bpmnProcessId: processId.value,
      bindingType: called.bindingType,
      depth,
      variables: called.propagateAllParentVariables ? visibleVariables(step.state, instance.key) : { ...instance.variables },
      ...(called.versionTag !== undefined && { versionTag: called.versionTag }),
    })
    return undefined
  },
}
