import type { SequenceFlow } from '../../model/executable-process.ts'
import { describe, evaluate } from '../behavior/evaluate.ts'
import { complete } from '../behavior/lifecycle.ts'
import type { ElementProcessor } from '../element-processor.ts'
import type { Failure } from '../failure.ts'

/**
 * Takes one flow: the first, in model order, whose condition is true, else the default flow.
 * Every arriving token passes on (BPMN 2.0.2 §13.4.2).
 */
export const exclusiveGateway: ElementProcessor = {
  activate(step, element, instance) {
    complete(step, element, instance)
    return undefined
  },
  chooseFlows(step, element, instance): { flows: readonly SequenceFlow[] } | Failure {
    let chosenByDefault: SequenceFlow | undefined
    for (const flow of element.outgoing) {
      // A condition on the default flow is ignored (BPMN 2.0.2 §10.6.2).
      if (flow.id === element.defaultFlowId) {
        chosenByDefault = flow
        continue
      }
      if (!flow.condition) return { flows: [flow] }
      const holds = evaluate(step, flow.condition, instance.key, 'CONDITION_ERROR')
      if (!holds.ok) return holds.failure
      if (holds.value === true) return { flows: [flow] }
      if (holds.value !== false) {
        return {
          type: 'CONDITION_ERROR',
          message: `Expected the condition of flow ${flow.id} behind ${element.id} to be true or false, but '${flow.condition.text}' gave ${describe(holds.value)}; correct the condition or the variables it reads, then resolve the incident`,
        }
      }
    }
    if (chosenByDefault) return { flows: [chosenByDefault] }
    if (element.outgoing.length === 0) return { flows: [] }
    return {
      type: 'CONDITION_ERROR',
      message: `Expected one condition behind ${element.id} to hold, or a default flow, but none did; correct the variables, then resolve the incident`,
    }
  },
}
