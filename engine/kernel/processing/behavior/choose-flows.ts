import type { Element, SequenceFlow } from '../../model/executable-process.ts'
import type { ElementInstance } from '../../state/instance-state.ts'
import { type Failure, fail, ok, type Result } from '../failure.ts'
import type { Step } from '../step.ts'
import { describe, evaluate } from './evaluate.ts'

export type Chosen = { readonly flows: readonly SequenceFlow[] } | Failure

/** Whether the condition of a flow holds. Neither true nor false is a failure: a token must not be lost silently. */
export function holds(step: Step, element: Element, flow: SequenceFlow, instance: ElementInstance): Result<boolean> {
  if (!flow.condition) return ok(true)
  const result = evaluate(step, flow.condition, instance.key, 'CONDITION_ERROR')
  if (!result.ok) return result
  if (typeof result.value === 'boolean') return ok(result.value)
  return fail(
    'CONDITION_ERROR',
    `Expected the condition of flow ${flow.id} behind ${element.id} to be true or false, but '${flow.condition.text}' gave ${describe(result.value)}; correct the condition or the variables it reads, then resolve the incident`,
  )
}

/**
 * Every flow whose condition holds or that has none; the default flow only when no other is taken.
 * A condition on the default flow is ignored (BPMN 2.0.2 §10.6.2).
 */
export function chooseAll(step: Step, element: Element, instance: ElementInstance): Chosen {
  const flows: SequenceFlow[] = []
  let byDefault: SequenceFlow | undefined
  for (const flow of element.outgoing) {
    if (flow.id === element.defaultFlowId) {
      byDefault = flow
      continue
    }
    const taken = holds(step, element, flow, instance)
    if (!taken.ok) return taken.failure
    if (taken.value) flows.push(flow)
  }
  if (flows.length > 0 || element.outgoing.length === 0) return { flows }
  return byDefault ? { flows: [byDefault] } : noFlow(element)
}

export function noFlow(element: Element): Failure {
  return {
    type: 'CONDITION_ERROR',
    message: `Expected one condition behind ${element.id} to hold, or a default flow, but none did; correct the variables, then resolve the incident`,
  }
}
