import type { Element, SequenceFlow } from '../../model/executable-process.ts'
import type { Variables } from '../../record/json.ts'
import type { CompensationKey, ElementInstanceKey } from '../../record/keys.ts'
import type { ElementInstance } from '../../state/instance-state.ts'
import type { Failure } from '../failure.ts'
import { STEP_BUDGET, type Step } from '../step.ts'
import { closeCatches, planAttachedCatches } from './catch-event.ts'
import { type Chosen, chooseAll } from './choose-flows.ts'
import { raiseIncident } from './incident.ts'
import { mapInputs, mapOutputs } from './variables.ts'

const NOTHING: Variables = {}

/** Where a token enters: a repeated activity by the body around its repetitions. */
export function entryOf(element: Element): Element {
  return (element.multiInstance ?? element.standardLoop)?.body ?? element
}

/** Puts a token into an element, taking it off `flows`. */
export function activateElement(step: Step, element: Element, scopeKey: ElementInstanceKey, flows?: readonly string[]): void {
  const entry = entryOf(element)
  enter(step, entry, place(step, entry, scopeKey, flows && { flows }))
}

/** The new element instance, not yet at work. */
export function place(step: Step, element: Element, scopeKey: ElementInstanceKey, origin: Origin = {}): ElementInstance {
  const key = step.nextKey<ElementInstanceKey>()
  step.emit({ type: 'element.activating', key, elementId: element.id, elementType: element.type, scopeKey, ...origin })
  return step.get(key)
}

/** Where a token comes from. */
export interface Origin {
  readonly flows?: readonly string[]
  readonly triggeredBy?: ElementInstanceKey
  readonly loopCounter?: number
  readonly compensates?: { readonly throwKey: ElementInstanceKey; readonly compensationKey: CompensationKey }
}

/** Maps inputs, lets the element begin, and arms what is attached to it. Run again when an incident on the way in is resolved. */
export function enter(step: Step, element: Element, instance: ElementInstance): void {
  const failure = step.entered++ >= STEP_BUDGET ? overBudget(element) : begin(step, element, instance)
  if (failure) raiseIncident(step, instance, failure)
}

function begin(step: Step, element: Element, instance: ElementInstance): Failure | undefined {
  const inputs = mapInputs(step, element, instance.key)
  if (inputs) return inputs
  const catches = planAttachedCatches(step, element, instance)
  if (!catches.ok) return catches.failure
  const failure = step.processors[element.type].activate(step, element, instance)
  if (failure) return failure
  // What ended at once has nothing to wait for.
  if (step.find(instance.key)?.state === 'active') for (const open of catches.value) open(step)
  return undefined
}

function overBudget(element: Element): Failure {
  return {
    type: 'STEP_BUDGET_EXCEEDED',
    message: `Expected ${element.id} to reach a wait state, but ${STEP_BUDGET} elements were entered without one; look for a loop without a task or event that waits, then resolve the incident to go on`,
  }
}

/**
 * Ends an element by itself: outputs are mapped, attached catches closed, tokens put on the outgoing flows.
 *
 * @param incoming variables that came with the completion
 */
export function complete(step: Step, element: Element, instance: ElementInstance, incoming: Variables = NOTHING): void {
  const { scopeKey } = instance
  const scope = scopeKey === undefined ? undefined : step.get(scopeKey)
  const container = scope && step.processors[scope.elementType]
  const failure =
    mapOutputs(step, element, instance.key, incoming) ??
    (scope && container?.beforeChildLeaves?.(step, step.elementOf(scope), scope, instance))
  const chosen = failure ?? chooseFlows(step, element, instance)
  if ('type' in chosen) {
    if (instance.state !== 'completing') step.emit({ type: 'element.completing', key: instance.key, elementId: element.id })
    raiseIncident(step, instance, chosen)
    return
  }
  closeCatches(step, instance)
  if (scopeKey === undefined) {
    endInstance(step)
    return
  }
  if (element.compensation) registerCompensation(step, element, instance, scopeKey, element.compensation)
  const { compensates } = instance
  step.emit({ type: 'element.completed', key: instance.key, elementId: element.id })
  if (compensates !== undefined)
    step.later(() => step.processors[step.find(compensates)?.elementType ?? 'task'].afterHandler?.(step, compensates))
  for (const flow of chosen.flows) for (let token = 0; token < (element.completionQuantity ?? 1); token++) takeFlow(step, flow, scopeKey)
  if (chosen.flows.length === 0) step.later(() => leaveScope(step, scopeKey))
}

function registerCompensation(
  step: Step,
  element: Element,
  instance: ElementInstance,
  scopeKey: ElementInstanceKey,
  { handlerId, boundaryId }: NonNullable<Element['compensation']>,
): void {
  step.emit({
    type: 'compensation.registered',
    compensationKey: step.nextKey<CompensationKey>(),
    elementInstanceKey: instance.key,
    elementId: element.id,
    scopeKey,
    handlerId,
    // An event subprocess sees its subprocess as it was when it completed (BPMN 2.0.2 §13.5.5).
    ...(boundaryId === undefined && { variables: { ...instance.variables } }),
  })
}

function chooseFlows(step: Step, element: Element, instance: ElementInstance): Chosen {
  const special = step.processors[element.type].chooseFlows
  if (special) return special(step, element, instance)
  // Conditional flows out of an activity: every one that holds (BPMN 2.0.2 §13.2.1).
  return element.outgoing.some((flow) => flow.condition) ? chooseAll(step, element, instance) : { flows: element.outgoing }
}

export function takeFlow(step: Step, flow: SequenceFlow, scopeKey: ElementInstanceKey): void {
  step.emit({ type: 'flow.taken', flowId: flow.id, scopeKey })
  step.later(() => arrive(step, flow, scopeKey))
}

/** A token waits at the target's door; it enters unless it must wait for others. */
function arrive(step: Step, flow: SequenceFlow, scopeKey: ElementInstanceKey): void {
  // Whatever ended the scope in the meantime took its tokens away.
  if (!step.find(scopeKey)?.tokens?.[flow.id]) return
  const target = step.element(flow.targetId)
  const join = step.processors[target.type].join
  const flows = join ? join(step, target, scopeKey) : tokensToEnter(step, target, flow, scopeKey)
  if (flows) activateElement(step, target, scopeKey, flows)
}

/** An activity with a start quantity waits until that many tokens lie on the flow. */
function tokensToEnter(step: Step, target: Element, flow: SequenceFlow, scopeKey: ElementInstanceKey): readonly string[] | undefined {
  const quantity = target.startQuantity ?? 1
  if (quantity === 1) return [flow.id]
  return (step.get(scopeKey).tokens?.[flow.id] ?? 0) < quantity ? undefined : Array.from({ length: quantity }, () => flow.id)
}

/** A token ended here: tells the container, if it wants to know. */
function leaveScope(step: Step, scopeKey: ElementInstanceKey): void {
  const scope = step.find(scopeKey)
  if (scope?.state !== 'active') return
  const { afterChildLeft } = step.processors[scope.elementType]
  if (afterChildLeft) afterChildLeft(step, step.elementOf(scope), scope)
  else completeScopeIfDone(step, scopeKey)
}

/** A scope ends when nothing lives in it and no token is on its way. */
export function completeScopeIfDone(step: Step, scopeKey: ElementInstanceKey): void {
  const scope = step.find(scopeKey)
  if (scope?.state !== 'active' || scope.children || scope.tokens || scope.compensating) return
  complete(step, step.elementOf(scope), scope)
}

function endInstance(step: Step): void {
  const { state } = step
  step.emit({
    type: 'instance.completed',
    at: step.env.now,
    ...(state.endElementId !== undefined && { endElementId: state.endElementId }),
    ...(state.parent && { variables: { ...state.elements[state.key]?.variables } }),
  })
}
