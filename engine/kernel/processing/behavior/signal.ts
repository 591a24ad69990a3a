import type { Element } from '../../model/executable-process.ts'
import type { Variables } from '../../record/json.ts'
import type { ElementInstanceKey, MessageKey } from '../../record/keys.ts'
import type { ElementInstance } from '../../state/instance-state.ts'
import { visibleVariables } from '../../state/visible-variables.ts'
import { type Failure, ok, type Result } from '../failure.ts'
import type { Step } from '../step.ts'
import { evaluateText } from './evaluate.ts'
import { triggerPart } from './event-part.ts'
import { complete } from './lifecycle.ts'

/**
 * Broadcasts the signal of an event and goes on, unless a catch event of its own instance ends it: that one is told at
 * once, everyone else from the outbox. With input mappings only what they name is sent; otherwise all it sees.
 */
export function throwSignal(step: Step, element: Element, instance: ElementInstance): Failure | undefined {
  const tell = planSignal(step, element, instance)
  if (!tell.ok) return tell.failure
  step.emit({ type: 'element.activated', key: instance.key, elementId: element.id })
  tell.value()
  const live = step.find(instance.key)
  if (live) complete(step, element, live)
  return undefined
}

/** Evaluates a signal; what it gives broadcasts it. */
export function planSignal(step: Step, element: Element, instance: ElementInstance): Result<() => void> {
  if (element.event?.kind !== 'signal') throw new Error(`Expected ${element.id} to throw a signal, but it does not`)
  const name = evaluateText(step, element.event.name, instance.key, `the signal name of ${element.id}`)
  if (!name.ok) return name
  const variables = element.inputs.length > 0 ? { ...instance.variables } : visibleVariables(step.state, instance.key)
  return ok(() => {
    step.emit({ type: 'signal.thrown', elementInstanceKey: instance.key, signalName: name.value, variables })
    tellOwnInstance(step, name.value, instance.key, variables)
  })
}

/** Noted as taken, so that the broadcast, which reaches this instance too, is not taken a second time. */
function tellOwnInstance(step: Step, signalName: string, throwKey: ElementInstanceKey, variables: Variables): void {
  for (const { key, kind, messageName } of Object.values(step.state.subscriptions)) {
    // Signals that wake each other without end: whoever is left hears it from the broadcast.
    if (step.isOverBudget) return
    const subscription = step.state.subscriptions[key]
    if (kind !== 'signal' || messageName !== signalName || !subscription) continue
    step.emit({ type: 'subscription.correlated', subscriptionKey: key, messageKey: throwKey as string as MessageKey })
    triggerPart(step, step.get(subscription.elementInstanceKey), step.element(subscription.elementId), variables, subscription.part)
  }
}
