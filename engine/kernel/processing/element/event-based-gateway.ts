import { type CatchPlan, planCatch } from '../behavior/catch-event.ts'
import type { ElementProcessor } from '../element-processor.ts'

/** Waits for the first of the events behind it; the others are given up (BPMN 2.0.2 §10.6.6). */
export const eventBasedGateway: ElementProcessor = {
  activate(step, element, instance) {
    const plans: CatchPlan[] = []
    for (const flow of element.outgoing) {
      const plan = planCatch(step, step.element(flow.targetId), instance.key, instance.key)
      if (!plan.ok) return plan.failure
      if (plan.value) plans.push(plan.value)
    }
    step.emit({ type: 'element.activated', key: instance.key, elementId: element.id })
    for (const open of plans) open(step)
    return undefined
  },
}
