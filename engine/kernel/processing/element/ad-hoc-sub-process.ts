import type { AdHoc, Element } from '../../model/executable-process.ts'
import type { Json, Variables } from '../../record/json.ts'
import type { ElementInstance } from '../../state/instance-state.ts'
import { describe, evaluate } from '../behavior/evaluate.ts'
import { raiseIncident } from '../behavior/incident.ts'
import { planJob } from '../behavior/job.ts'
import { activateElement, complete, place } from '../behavior/lifecycle.ts'
import { interruptScope } from '../behavior/terminate.ts'
import { propagate, setLocal } from '../behavior/variables.ts'
import type { ElementProcessor } from '../element-processor.ts'
import { type Failure, fail, ok, type Result } from '../failure.ts'
import type { Step } from '../step.ts'

/**
 * A scope whose activities are begun by choice: on entry those the collection names (all that have no incoming flow when
 * there is none), or those its worker names, who is asked on entry and after each inner end. After each inner end the
 * completion condition is looked at; without one it ends when nothing is active.
 */
export const adHocSubProcess: ElementProcessor = {
  activate(step, element, instance) {
    const definition = definitionOf(element)
    const chosen = element.job ? ok([]) : chosenIds(step, element, instance)
    if (!chosen.ok) return chosen.failure
    const asked = planQuestion(step, element, instance)
    if (!asked.ok) return asked.failure
    step.emit({ type: 'element.activated', key: instance.key, elementId: element.id })
    step.emit({ type: 'multiInstance.started', key: instance.key, items: chosen.value, collects: false })
    const { choices, outputCollection } = definition
    if (choices) setLocal(step, instance.key, { adHocSubProcessElements: choices, ...(outputCollection && { [outputCollection]: [] }) })
    asked.value?.()
    step.later(() => {
      if (step.mayBegin(instance.key) && !element.job) beginNext(step, element, instance.key)
    })
    return undefined
  },

  beforeChildLeaves(step, element, instance, child) {
    const { outputElement } = definitionOf(element)
    if (!outputElement || child.elementType !== 'adHocInner') return undefined
    const result = evaluate(step, outputElement, child.key, 'EXTRACT_VALUE_ERROR')
    if (!result.ok) return result.failure
    step.emit({ type: 'adHoc.collected', key: instance.key, value: result.value })
    setLocal(step, instance.key, collected(element, step.get(instance.key)))
    return undefined
  },

  afterChildLeft(step, element, instance) {
    if (element.job) {
      askAgain(step, element, instance)
      return
    }
    const { completionCondition, cancelRemaining } = definitionOf(element)
    if (completionCondition) {
      const done = evaluate(step, completionCondition, instance.key, 'EXTRACT_VALUE_ERROR')
      if (!done.ok) {
        raiseIncident(step, instance, done.failure)
        return
      }
      if (done.value === true && (cancelRemaining || !instance.children)) {
        endNow(step, element, instance)
        return
      }
    }
    beginNext(step, element, instance.key)
  },
}

/** Begins an activity; in the dialect in a scope of its own, which alone sees the variables. */
export function beginChoice(step: Step, element: Element, key: ElementInstance['key'], id: string, variables: Variables = {}): void {
  const { inner } = definitionOf(element)
  const target = step.element(id)
  if (!inner) {
    activateElement(step, target, key)
    return
  }
  const scope = place(step, inner, key)
  setLocal(step, scope.key, variables)
  step.emit({ type: 'element.activated', key: scope.key, elementId: element.id })
  activateElement(step, target, scope.key)
}

/** Ids of the activities that may be chosen. */
export function choiceIds(step: Step, element: Element): readonly string[] {
  return [...step.process.elements.values()]
    .filter(
      (inner) =>
        inner.scopeId === element.id &&
        inner.incoming.length === 0 &&
        inner.type !== 'boundaryEvent' &&
        inner.type !== 'eventSubProcess' &&
        !inner.isForCompensation,
    )
    .map(({ id }) => id)
}

/** Ends what is active in it, then the subprocess itself; what still asks its listeners is waited for. */
export function endNow(step: Step, element: Element, instance: ElementInstance): void {
  interruptScope(step, instance, element.id)
  if (!instance.children) finish(step, element, instance)
}

/** Ends the subprocess when its worker has said so and nothing is active. */
export function endIfFulfilled(step: Step, element: Element, instance: ElementInstance): void {
  if (instance.loop?.isFulfilled && !instance.children && !instance.tokens) finish(step, element, instance)
}

function finish(step: Step, element: Element, instance: ElementInstance): void {
  // The list lies in the subprocess itself; with output mappings these say what leaves it.
  if (element.outputs.length === 0) propagate(step, instance.scopeKey ?? instance.key, collected(element, instance))
  complete(step, element, instance)
}

function collected(element: Element, { loop }: ElementInstance): Variables {
  const { outputCollection } = definitionOf(element)
  const outputs: readonly Json[] = loop?.outputs ?? []
  return outputCollection === undefined ? {} : { [outputCollection]: [...outputs] }
}

function definitionOf(element: Element): AdHoc {
  if (!element.adHoc) throw new Error(`Expected ${element.id} to be an ad-hoc subprocess, but it is not`)
  return element.adHoc
}

/** What asks the worker for the next step; nothing where an expression chooses. */
function planQuestion(step: Step, element: Element, instance: ElementInstance): Result<(() => void) | undefined> {
  return element.job ? planJob(step, element, instance, element.job, 'AD_HOC_SUB_PROCESS') : ok(undefined)
}

/** Things have changed: an open question is out of date, its answer would be about what was. */
function askAgain(step: Step, element: Element, instance: ElementInstance): void {
  if (instance.loop?.isFulfilled) {
    endIfFulfilled(step, element, instance)
    return
  }
  const asked = planQuestion(step, element, instance)
  if (!asked.ok) raise(step, instance, asked.failure)
  else {
    if (instance.jobKey !== undefined) step.emit({ type: 'job.canceled', jobKey: instance.jobKey })
    asked.value?.()
  }
}
function raise(step: Step, instance: ElementInstance, failure: Failure): void {
  if (instance.incidentKey === undefined) raiseIncident(step, instance, failure)
}

function chosenIds(step: Step, element: Element, instance: ElementInstance): Result<readonly string[]> {
  const known = choiceIds(step, element)
  const { activeElements } = definitionOf(element)
  if (!activeElements) return ok(known)
  const result = evaluate(step, activeElements, instance.key, 'EXTRACT_VALUE_ERROR')
  if (!result.ok) return result
  const { value } = result
  if (Array.isArray(value) && value.every((id) => typeof id === 'string' && known.includes(id))) return ok(value as readonly string[])
  return fail(
    'EXTRACT_VALUE_ERROR',
    `Expected the active elements of ${element.id} to be a list of ${known.join(', ')}, but '${activeElements.text}' gave ${describe(value)}; correct it, then resolve the incident`,
  )
}

/** Begins what was chosen: all at once, or the next when nothing is active. */
function beginNext(step: Step, element: Element, key: ElementInstance['key']): void {
  const instance = step.find(key)
  if (instance?.state !== 'active' || !instance.loop) return
  const { sequential, completionCondition } = definitionOf(element)
  const { loop } = instance
  while (loop.begun < loop.items.length && !(sequential && instance.children)) {
    const id = String(loop.items[loop.begun])
    step.emit({ type: 'adHoc.begun', key, elementId: id })
    beginChoice(step, element, key, id)
    if (!step.find(key)) return
  }
  if (!instance.children && !instance.tokens && loop.begun === loop.items.length && !(completionCondition && loop.items.length === 0))
    finish(step, element, instance)
}
