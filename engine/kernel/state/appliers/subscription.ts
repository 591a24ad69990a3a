import type { Appliers } from '../apply-event.ts'
import { addTo, expectEntry, removeFrom, useKey } from './sequence.ts'

/**
 * A repeating subscription would remember without end. Messages are offered again only after a crash, when the history is
 * asked, too. A broadcast reaches its own thrower later than all it threw in the same command, which may be thousands.
 */
const REMEMBERED = { message: 100, signal: 10_000 }

export const subscriptionAppliers: Appliers<'subscription.opened' | 'subscription.correlated' | 'subscription.closed'> = {
  'subscription.opened': (state, event) => {
    useKey(state, event.subscriptionKey)
    addTo(expectEntry(state.elements, event.elementInstanceKey, 'element instance'), 'subscriptionKeys', event.subscriptionKey)
    state.subscriptions[event.subscriptionKey] = {
      key: event.subscriptionKey,
      elementInstanceKey: event.elementInstanceKey,
      elementId: event.elementId,
      messageName: event.messageName,
      correlationKey: event.correlationKey,
      interrupting: event.interrupting,
      ...(event.kind && { kind: event.kind }),
      ...(event.part !== undefined && { part: event.part }),
    }
  },
  'subscription.correlated': (state, event) => {
    const subscription = expectEntry(state.subscriptions, event.subscriptionKey, 'subscription')
    subscription.correlated ??= []
    subscription.correlated.push(event.messageKey)
    if (subscription.correlated.length > REMEMBERED[subscription.kind ?? 'message']) subscription.correlated.shift()
  },
  'subscription.closed': (state, event) => {
    const subscription = expectEntry(state.subscriptions, event.subscriptionKey, 'subscription')
    const instance = state.elements[subscription.elementInstanceKey]
    if (instance) removeFrom(instance, 'subscriptionKeys', event.subscriptionKey)
    delete state.subscriptions[event.subscriptionKey]
  },
}
