import type { FeelScope } from '../../expression/contract.ts'
import type { Element, MultiInstance } from '../../model/executable-process.ts'
import type { Json } from '../../record/json.ts'
import type { ElementInstance, LoopState } from '../../state/instance-state.ts'
import { describe, evaluate } from '../behavior/evaluate.ts'
import { raiseIncident } from '../behavior/incident.ts'
import { complete, enter, place } from '../behavior/lifecycle.ts'
import { interruptScope } from '../behavior/terminate.ts'
import { setLocal } from '../behavior/variables.ts'
import type { ElementProcessor } from '../element-processor.ts'
import { fail, ok, type Result } from '../failure.ts'
import type { Step } from '../step.ts'

/** Elements one command may have entered before a body leaves its next items to a further command, so that no commit grows without bound. */
export const PART = 1_000

/**
 * The container around the repetitions of an activity. Items are evaluated once; each repetition has its own scope with
 * `loopCounter` and its item; results are put at the item's index, whatever order they come in.
 */
export const multiInstanceBody: ElementProcessor = {
  activate(step, element, instance) {
    const multi = definitionOf(element)
    const items = itemsOf(step, element, multi, instance)
    if (!items.ok) return items.failure
    step.emit({ type: 'element.activated', key: instance.key, elementId: element.id })
    step.emit({ type: 'multiInstance.started', key: instance.key, items: items.value, collects: multi.outputElement !== undefined })
    step.later(() => beginNext(step, element, instance.key))
    return undefined
  },

  beforeChildLeaves(step, element, body, child) {
    const { outputElement } = definitionOf(element)
    if (!outputElement || child.loopCounter === undefined) return undefined
    const result = evaluate(step, outputElement, child.key, 'EXTRACT_VALUE_ERROR')
    if (!result.ok) return result.failure
    step.emit({ type: 'multiInstance.collected', key: body.key, index: child.loopCounter - 1, value: result.value })
    return undefined
  },

  afterChildLeft(step, element, body) {
    const { completionCondition } = definitionOf(element)
    if (completionCondition) {
      const done = completionCondition.evaluate(countsScope(step, body), step.env)
      if (!done.ok) {
        raiseIncident(step, body, {
          type: 'EXTRACT_VALUE_ERROR',
          message: `Expected the completion condition of ${element.id} to give a value, but ${done.message}`,
        })
        return
      }
      if (done.value === true) {
        interruptScope(step, body, element.id)
        // What still asks its listeners whether it may go is waited for.
        if (!body.children) leave(step, element, body)
        return
      }
    }
    beginNext(step, element, body.key)
  },
}

function definitionOf(element: Element): MultiInstance {
  if (!element.multiInstance) throw new Error(`Expected ${element.id} to be repeated, but it has no multi-instance marker`)
  return element.multiInstance
}

function loopOf(body: ElementInstance): LoopState {
  if (!body.loop) throw new Error(`Expected multi-instance body ${body.key} to have its items, but it was not started`)
  return body.loop
}

function itemsOf(step: Step, element: Element, multi: MultiInstance, body: ElementInstance): Result<readonly Json[]> {
  const expression = multi.inputCollection ?? multi.loopCardinality
  if (!expression) throw new Error(`Expected ${element.id} to have an input collection, but validation let one without pass`)
  const result = evaluate(step, expression, body.key, 'EXTRACT_VALUE_ERROR')
  if (!result.ok) return result
  const { value } = result
  if (multi.inputCollection) {
    if (Array.isArray(value)) return ok(value as readonly Json[])
    return fail(
      'EXTRACT_VALUE_ERROR',
      `Expected the input collection of ${element.id} to be a list, but '${expression.text}' gave ${describe(value)}; correct it, then resolve the incident`,
    )
  }
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0) return ok(Array.from({ length: value }, (_, index) => index + 1))
  return fail(
    'EXTRACT_VALUE_ERROR',
    `Expected the loop cardinality of ${element.id} to be a whole number from 0, but '${expression.text}' gave ${describe(value)}; correct it, then resolve the incident`,
  )
}

/** Begins what may run now; completes the body when everything has. */
export function beginNext(step: Step, element: Element, bodyKey: ElementInstance['key']): void {
  const body = step.find(bodyKey)
  if (body?.state !== 'active') return
  const { sequential } = definitionOf(element)
  const loop = loopOf(body)
  while (loop.begun < loop.items.length && !(sequential && body.children)) {
    if (step.entered >= PART) {
      step.pause(bodyKey)
      return
    }
    begin(step, element, body)
    // What the repetition did at once may have ended the body.
    if (!step.find(bodyKey)) return
  }
  if (!body.children && loop.begun === loop.items.length) leave(step, element, body)
}

function begin(step: Step, element: Element, body: ElementInstance): void {
  const { inner, inputElement } = definitionOf(element)
  const loop = loopOf(body)
  const loopCounter = loop.begun + 1
  const repetition = place(step, inner, body.key, { loopCounter })
  setLocal(step, repetition.key, {
    loopCounter,
    ...(inputElement !== undefined && { [inputElement]: loop.items[loopCounter - 1] ?? null }),
  })
  enter(step, inner, repetition)
}

function leave(step: Step, element: Element, body: ElementInstance): void {
  const { outputCollection } = definitionOf(element)
  const { outputs } = loopOf(body)
  complete(step, element, body, outputCollection !== undefined && outputs ? { [outputCollection]: [...outputs] } : {})
}

/** The counts of BPMN 2.0.2 table 10.29, visible in the completion condition only. */
function countsScope(step: Step, body: ElementInstance): FeelScope {
  const loop = loopOf(body)
  const counts: Readonly<Record<string, number>> = {
    numberOfInstances: loop.items.length,
    numberOfActiveInstances: body.children ?? 0,
    numberOfCompletedInstances: loop.completed,
    numberOfTerminatedInstances: loop.terminated,
  }
  const variables = step.scope(body.key)
  return (name) => counts[name] ?? variables(name)
}
