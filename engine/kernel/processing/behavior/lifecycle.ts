import type { Element, SequenceFlow } from '../../model/executable-process.ts'
import type { Variables } from '../../record/json.ts'
import type { CompensationKey, ElementInstanceKey } from '../../record/keys.ts'
import type { ElementInstance } from '../../state/instance-state.ts'
import type { Failure } from '../failure.ts'
import { STEP_BUDGET, type Step } from '../step.ts'
import { closeCatches, planAttachedCatches } from './catch-event.ts'
import { type Chosen, chooseAll } from './choose-flows.ts'
import { raiseIncident } from './incident.ts'
import { askFirst, askNext, haveListened } from './listener.ts'
import { mapInputs, mapOutputs, propagate, setLocal } from './variables.ts'

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
  readonly incoming?: Variables
  readonly compensates?: { readonly throwKey: ElementInstanceKey; readonly compensationKey: CompensationKey }
}

/** Maps inputs, lets the element begin, and arms what is attached to it. Run again when an incident on the way in is resolved. */
export function enter(step: Step, element: Element, instance: ElementInstance): void {
  const isOver = step.isOverBudget
  step.entered++
  const failure = isOver ? overBudget(element) : begin(step, element, instance)
  if (failure) raiseIncident(step, instance, failure)
}

function begin(step: Step, element: Element, instance: ElementInstance): Failure | undefined {
  const { startListeners } = element
  // They answered before an incident on the way in: what they and the inputs said is there.
  if (haveListened(instance, startListeners)) return goIn(step, element, instance)
  const inputs = mapInputs(step, element, instance.key)
  if (inputs) return inputs
  return startListeners ? askFirst(step, element, instance, startListeners) : goIn(step, element, instance)
}

function goIn(step: Step, element: Element, instance: ElementInstance): Failure | undefined {
  if (instance.incoming && element.type !== 'eventSubProcess') {
    // Its trigger has happened; only its listeners held it up.
    complete(step, element, instance, instance.incoming)
    return undefined
  }
  const catches = planAttachedCatches(step, element, instance)
  if (!catches.ok) return catches.failure
  const failure = step.processors[element.type].activate(step, element, instance)
  if (failure) return failure
  // What ended at once has nothing to wait for.
  if (step.find(instance.key)?.state === 'active') for (const open of catches.value) open(step)
  return undefined
}

/** An execution listener answered: on the way in its variables stay inside, on the way out they leave with the outputs. */
export function afterListener(step: Step, element: Element, instance: ElementInstance, variables: Variables): void {
  const entering = instance.state === 'activating'
  const listeners = (entering ? element.startListeners : element.endListeners) ?? []
  if (entering) setLocal(step, instance.key, variables)
  else propagate(step, instance.scopeKey ?? instance.key, variables)
  let failure: Failure | undefined
  if ((instance.listened ?? 0) < listeners.length) failure = askNext(step, element, instance, listeners)
  else if (entering) failure = goIn(step, element, instance)
  else leave(step, element, instance)
  if (failure) raiseIncident(step, instance, failure)
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
  const { endListeners } = element
  if (instance.state === 'completing' && haveListened(instance, endListeners)) {
    leave(step, element, instance)
    return
  }
  const unmapped = mapOutputs(step, element, instance.key, incoming)
  if (unmapped) holdOnTheWayOut(step, element, instance, unmapped)
  else if (endListeners) {
    isCompleting(step, element, instance)
    // A scope on its way out takes no event of its own any more; boundary events around it stay armed.
    closeCatches(step, instance, (catcherId) => step.element(catcherId).type === 'startEvent')
    const failure = askFirst(step, element, instance, endListeners)
    if (failure) raiseIncident(step, instance, failure)
  } else leave(step, element, instance)
}

function isCompleting(step: Step, element: Element, instance: ElementInstance): void {
  if (instance.state === 'completing') return
  step.emit({ type: 'element.completing', key: instance.key, elementId: element.id })
  // What it waited for itself has come.
  closeCatches(step, instance, (catcherId) => catcherId === element.id)
}

function holdOnTheWayOut(step: Step, element: Element, instance: ElementInstance, failure: Failure): void {
  isCompleting(step, element, instance)
  raiseIncident(step, instance, failure)
}

/** Outputs are mapped and listeners have answered: the token goes on. */
function leave(step: Step, element: Element, instance: ElementInstance): void {
  const { scopeKey } = instance
  const scope = scopeKey === undefined ? undefined : step.get(scopeKey)
  const container = scope && step.processors[scope.elementType]
  const failure = scope && container?.beforeChildLeaves?.(step, step.elementOf(scope), scope, instance)
  const chosen = failure ?? chooseFlows(step, element, instance)
  if ('type' in chosen) {
    holdOnTheWayOut(step, element, instance, chosen)
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
  step.processors[element.type].afterCompleted?.(step, element, scopeKey)
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

/** An activity with a start quantity waits until that many tokens lie on its incoming flows (BPMN 2.0.2 table 10.3). */
function tokensToEnter(step: Step, target: Element, flow: SequenceFlow, scopeKey: ElementInstanceKey): readonly string[] | undefined {
  const quantity = target.startQuantity ?? 1
  if (quantity === 1) return [flow.id]
  const tokens = step.get(scopeKey).tokens ?? {}
  const waiting = target.incoming.flatMap(({ id }) => Array.from({ length: tokens[id] ?? 0 }, () => id))
  return waiting.length < quantity ? undefined : waiting.slice(0, quantity)
}

/** A token ended here: tells the container, if it wants to know. */
export function leaveScope(step: Step, scopeKey: ElementInstanceKey): void {
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
