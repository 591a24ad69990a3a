import type { AdHoc, Element } from '../../model/executable-process.ts'
import type { ElementInstance } from '../../state/instance-state.ts'
import { describe, evaluate } from '../behavior/evaluate.ts'
import { raiseIncident } from '../behavior/incident.ts'
import { activateElement, complete } from '../behavior/lifecycle.ts'
import { interruptScope } from '../behavior/terminate.ts'
import type { ElementProcessor } from '../element-processor.ts'
import { fail, ok, type Result } from '../failure.ts'
import type { Step } from '../step.ts'

/**
 * A scope whose activities are begun by choice: on entry those the collection names (all that have no incoming flow when
 * there is none). After each inner end its completion condition is looked at; without one it ends when nothing is active.
 */
export const adHocSubProcess: ElementProcessor = {
  activate(step, element, instance) {
    const chosen = chosenIds(step, element, instance)
    if (!chosen.ok) return chosen.failure
    step.emit({ type: 'element.activated', key: instance.key, elementId: element.id })
    step.emit({ type: 'multiInstance.started', key: instance.key, items: chosen.value, collects: false })
    step.later(() => {
      if (step.mayBegin(instance.key)) beginNext(step, element, instance.key)
    })
    return undefined
  },
  afterChildLeft(step, element, instance) {
    const { completionCondition, cancelRemaining } = definitionOf(element)
    if (completionCondition) {
      const done = evaluate(step, completionCondition, instance.key, 'EXTRACT_VALUE_ERROR')
      if (!done.ok) {
        raiseIncident(step, instance, done.failure)
        return
      }
      if (done.value === true && (cancelRemaining || !instance.children)) {
        interruptScope(step, instance, element.id)
        if (!instance.children) complete(step, element, instance)
        return
      }
    }
    beginNext(step, element, instance.key)
  },
}

function definitionOf(element: Element): AdHoc {
  if (!element.adHoc) throw new Error(`Expected ${element.id} to be an ad-hoc subprocess, but it is not`)
  return element.adHoc
}

function candidates(step: Step, element: Element): readonly Element[] {
  return [...step.process.elements.values()].filter(
    (inner) =>
      inner.scopeId === element.id &&
      inner.incoming.length === 0 &&
      inner.type !== 'boundaryEvent' &&
      inner.type !== 'eventSubProcess' &&
      !inner.isForCompensation,
  )
}

function chosenIds(step: Step, element: Element, instance: ElementInstance): Result<readonly string[]> {
  const known = candidates(step, element).map(({ id }) => id)
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
    const id = loop.items[loop.begun]
    step.emit({ type: 'adHoc.begun', key, elementId: String(id) })
    activateElement(step, step.element(String(id)), key)
    if (!step.find(key)) return
  }
  if (!instance.children && !instance.tokens && loop.begun === loop.items.length && !(completionCondition && loop.items.length === 0))
    complete(step, element, instance)
}
