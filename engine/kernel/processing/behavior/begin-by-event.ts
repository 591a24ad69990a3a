import type { Element } from '../../model/executable-process.ts'
import type { ElementInstanceKey } from '../../record/keys.ts'
import type { Step } from '../step.ts'
import { activateElement, place } from './lifecycle.ts'
import { passThrough, trigger } from './trigger.ts'

/**
 * The message or signal that started the process was that of a receive task, or of an event behind a gateway. Behind a
 * parallel one the instance waits for the others, too (BPMN 2.0.2 §10.6.6).
 */
export function beginByEvent(step: Step, catcher: Element, rootKey: ElementInstanceKey): void {
  const before = catcher.incoming.map(({ sourceId }) => step.element(sourceId))
  const gateway = before.find(({ instantiates }) => instantiates !== undefined)
  if (!gateway) {
    passThrough(step, catcher, rootKey, {}, {})
    return
  }
  const instance = place(step, gateway, rootKey)
  if (gateway.instantiates === 'first') {
    trigger(step, instance, catcher, {})
    return
  }
  step.emit({ type: 'element.completed', key: instance.key, elementId: gateway.id })
  for (const flow of gateway.outgoing) {
    step.emit({ type: 'flow.taken', flowId: flow.id, scopeKey: rootKey })
    if (flow.targetId === catcher.id) passThrough(step, catcher, rootKey, {}, { triggeredBy: instance.key, flows: [flow.id] })
    else activateElement(step, step.element(flow.targetId), rootKey, [flow.id])
  }
}
