import type { Appliers } from '../apply-event.ts'
import { addTo, expectEntry, removeFrom, useKey } from './sequence.ts'

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
  },
  'subscription.closed': (state, event) => {
    const subscription = expectEntry(state.subscriptions, event.subscriptionKey, 'subscription')
    const instance = state.elements[subscription.elementInstanceKey]
    if (instance) removeFrom(instance, 'subscriptionKeys', event.subscriptionKey)
    delete state.subscriptions[event.subscriptionKey]
  },
}
