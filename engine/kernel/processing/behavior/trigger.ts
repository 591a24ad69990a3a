import type { Element } from '../../model/executable-process.ts'
import type { Variables } from '../../record/json.ts'
import type { ElementInstanceKey } from '../../record/keys.ts'
import type { ElementInstance } from '../../state/instance-state.ts'
import type { Step } from '../step.ts'
import { closeCatches } from './catch-event.ts'
import { complete, enter, type Origin, place } from './lifecycle.ts'
import { interruptScope, terminate } from './terminate.ts'
import { setLocal } from './variables.ts'

/**
 * A timer fired, a message came or an error was thrown, and `catcher` takes it on behalf of `waiting`
 * (the catch event itself, the activity it is attached to, or the scope of an event subprocess).
 */
export function trigger(step: Step, waiting: ElementInstance, catcher: Element, incoming: Variables): void {
  // Of a repeated receive task the one repetition, which has no flows of its own.
  if (waiting.elementId === catcher.id) complete(step, step.elementOf(waiting), waiting, incoming)
  else if (catcher.type === 'boundaryEvent') triggerBoundary(step, waiting, catcher, incoming)
  else if (catcher.type === 'startEvent') triggerEventSubProcess(step, waiting, catcher, incoming)
  else triggerBehindGateway(step, waiting, catcher, incoming)
}

function scopeKeyOf(instance: ElementInstance): ElementInstanceKey {
  if (instance.scopeKey === undefined) throw new Error(`Expected ${instance.elementId} to live in a scope, but it is the root`)
  return instance.scopeKey
}

/** The catch event itself: in and out at once, with what came. */
export function passThrough(step: Step, catcher: Element, scopeKey: ElementInstanceKey, incoming: Variables, origin: Origin): void {
  // One that is over the budget keeps what came, and goes on when its incident is resolved.
  if (catcher.startListeners || step.isOverBudget) {
    enter(step, catcher, place(step, catcher, scopeKey, { ...origin, incoming }))
    return
  }
  step.entered++
  complete(step, catcher, place(step, catcher, scopeKey, origin), incoming)
}

function triggerBoundary(step: Step, activity: ElementInstance, catcher: Element, incoming: Variables): void {
  const scopeKey = scopeKeyOf(activity)
  if (catcher.interrupting) terminate(step, activity)
  passThrough(step, catcher, scopeKey, incoming, { triggeredBy: activity.key })
}

function triggerEventSubProcess(step: Step, scope: ElementInstance, start: Element, incoming: Variables): void {
  const container = step.element(start.scopeId ?? '')
  if (start.interrupting) {
    // The scope takes no other event of its own from now on; boundary events around it stay armed.
    closeCatches(step, scope, (catcherId) => step.element(catcherId).type === 'startEvent')
    interruptScope(step, scope, start.id)
  }
  enterEventSubProcess(step, container, scope.key, { triggeredBy: scope.key }, incoming)
}

/** Puts a token into an event subprocess whose start event has been triggered. */
export function enterEventSubProcess(
  step: Step,
  container: Element,
  scopeKey: ElementInstanceKey,
  origin: Origin,
  incoming: Variables,
): void {
  const start = container.startEvent
  if (!start) throw new Error(`Expected event subprocess ${container.id} to have a start event, but validation let one without pass`)
  // What came is kept only where something may hold it up: events are kept for ever.
  const holds = container.startListeners !== undefined || container.eventSubProcesses.length > 0
  const instance = place(step, container, scopeKey, holds && !origin.compensates ? { ...origin, incoming } : origin)
  if (origin.compensates) setLocal(step, instance.key, incoming)
  if (holds) {
    enter(step, container, instance)
    return
  }
  step.emit({ type: 'element.activated', key: instance.key, elementId: container.id })
  passThrough(step, start, instance.key, origin.compensates ? {} : incoming, {})
}

function triggerBehindGateway(step: Step, gateway: ElementInstance, catcher: Element, incoming: Variables): void {
  const scopeKey = scopeKeyOf(gateway)
  const flow = step.elementOf(gateway).outgoing.find((outgoing) => outgoing.targetId === catcher.id)
  if (!flow) throw new Error(`Expected ${catcher.id} behind gateway ${gateway.elementId}, but no flow leads there`)
  closeCatches(step, gateway)
  step.emit({ type: 'element.completed', key: gateway.key, elementId: gateway.elementId })
  step.emit({ type: 'flow.taken', flowId: flow.id, scopeKey })
  passThrough(step, catcher, scopeKey, incoming, { triggeredBy: gateway.key, flows: [flow.id] })
}
