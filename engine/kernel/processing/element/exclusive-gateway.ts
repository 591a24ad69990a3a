import type { SequenceFlow } from '../../model/executable-process.ts'
import { type Chosen, holds, noFlow } from '../behavior/choose-flows.ts'
import { complete } from '../behavior/lifecycle.ts'
import type { ElementProcessor } from '../element-processor.ts'

/**
 * Takes one flow: the first, in model order, whose condition is true, else the default flow.
 * Every arriving token passes on (BPMN 2.0.2 §13.4.2).
 */
export const exclusiveGateway: ElementProcessor = {
  activate(step, element, instance) {
    complete(step, element, instance)
    return undefined
  },
  chooseFlows(step, element, instance): Chosen {
    let byDefault: SequenceFlow | undefined
    for (const flow of element.outgoing) {
      if (flow.id === element.defaultFlowId) {
        byDefault = flow
        continue
      }
      const taken = holds(step, element, flow, instance)
      if (!taken.ok) return taken.failure
      if (taken.value) return { flows: [flow] }
    }
    if (byDefault) return { flows: [byDefault] }
    return element.outgoing.length === 0 ? { flows: [] } : noFlow(element)
  },
}
