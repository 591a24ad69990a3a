import type { CalledDecision, Element } from '../../model/executable-process.ts'
import type { ElementInstance } from '../../state/instance-state.ts'
import { evaluateText } from '../behavior/evaluate.ts'
import { createJob } from '../behavior/job.ts'
import { complete } from '../behavior/lifecycle.ts'
import type { ElementProcessor } from '../element-processor.ts'
import type { Failure } from '../failure.ts'
import type { Step } from '../step.ts'

/** Evaluates a decision in the engine; with a task definition instead, a job worker decides. */
export const businessRuleTask: ElementProcessor = {
  activate(step, element, instance) {
    if (element.calledDecision) return decide(step, element, instance, element.calledDecision)
    if (!element.job) throw new Error(`Expected business rule task ${element.id} to call a decision, but validation let one without pass`)
    return createJob(step, element, instance, element.job)
  },
}

function decide(step: Step, element: Element, instance: ElementInstance, called: CalledDecision): Failure | undefined {
  const decisionId = evaluateText(step, called.decisionId, instance.key, `the decision id of ${element.id}`)
  if (!decisionId.ok) return decisionId.failure
  const found = step.env.findDecision(decisionId.value, called)
  if (!found) {
    return {
      type: 'CALLED_DECISION_ERROR',
      message: `Expected decision '${decisionId.value}' called by ${element.id}, but none is deployed under that id; deploy it, then resolve the incident`,
    }
  }
  const outcome = found.decision.evaluate(step.scope(instance.key), step.env)
  if (!outcome.ok) {
    return {
      type: 'DECISION_EVALUATION_ERROR',
      message: `Expected decision '${outcome.decisionId}' called by ${element.id} to give a result, but ${outcome.message}`,
    }
  }
  step.emit({
    type: 'decision.evaluated',
    elementInstanceKey: instance.key,
    decisionId: decisionId.value,
    decisionKey: found.key,
    output: outcome.output,
    trace: outcome.trace.map(({ decisionId: id, matchedRules, output }) => ({ decisionId: id, matchedRules, output })),
  })
  complete(step, element, instance, { [called.resultVariable]: outcome.output })
  return undefined
}
