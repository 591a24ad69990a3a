import type { Element, StandardLoop } from '../../model/executable-process.ts'
import type { ElementInstance } from '../../state/instance-state.ts'
import { describe } from '../behavior/evaluate.ts'
import { raiseIncident } from '../behavior/incident.ts'
import { complete, enter, place } from '../behavior/lifecycle.ts'
import { setLocal } from '../behavior/variables.ts'
import type { ElementProcessor } from '../element-processor.ts'
import { fail, ok, type Result } from '../failure.ts'
import type { Step } from '../step.ts'

/** The container around the repetitions of a standard loop, one after the other (BPMN 2.0.2 §13.2.7). */
export const loopBody: ElementProcessor = {
  activate(step, element, instance) {
    const { testBefore } = definitionOf(element)
    const goesOn = testBefore ? holds(step, element, instance, 0) : ok(true)
    if (!goesOn.ok) return goesOn.failure
    step.emit({ type: 'element.activated', key: instance.key, elementId: element.id })
    step.emit({ type: 'multiInstance.started', key: instance.key, items: [], collects: false })
    if (goesOn.value) step.later(() => begin(step, element, instance))
    else complete(step, element, instance)
    return undefined
  },
  afterChildLeft(step, element, instance) {
    const begun = instance.loop?.begun ?? 0
    const { maximum } = definitionOf(element)
    const goesOn = maximum !== undefined && begun >= maximum ? ok(false) : holds(step, element, instance, begun)
    if (!goesOn.ok) raiseIncident(step, instance, goesOn.failure)
    else if (goesOn.value) begin(step, element, instance)
    else complete(step, element, instance)
  },
}

function definitionOf(element: Element): StandardLoop {
  if (!element.standardLoop) throw new Error(`Expected ${element.id} to be a loop, but it has no loop marker`)
  return element.standardLoop
}

function begin(step: Step, element: Element, body: ElementInstance): void {
  if (!step.find(body.key)) return
  const { inner } = definitionOf(element)
  const loopCounter = (body.loop?.begun ?? 0) + 1
  const repetition = place(step, inner, body.key, { loopCounter })
  setLocal(step, repetition.key, { loopCounter })
  enter(step, inner, repetition)
}

/** Whether another repetition is wanted; `loopCounter` is how many there were. */
function holds(step: Step, element: Element, body: ElementInstance, loopCounter: number): Result<boolean> {
  const { condition } = definitionOf(element)
  if (!condition) return ok(true)
  const variables = step.scope(body.key)
  const result = condition.evaluate((name) => (name === 'loopCounter' ? loopCounter : variables(name)), step.env)
  if (!result.ok) return fail('EXTRACT_VALUE_ERROR', result.message)
  if (typeof result.value === 'boolean') return ok(result.value)
  return fail(
    'EXTRACT_VALUE_ERROR',
    `Expected the loop condition of ${element.id} to be true or false, but '${condition.text}' gave ${describe(result.value)}; correct it, then resolve the incident`,
  )
}
