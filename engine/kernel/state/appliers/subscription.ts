import type { Appliers } from '../apply-event.ts'
import { expectEntry, useKey } from './sequence.ts'

export const subscriptionAppliers: Appliers<'subscription.opened' | 'subscription.correlated' | 'subscription.closed'> = {
  'subscription.opened': (state, event) => {
    useKey(state, event.subscriptionKey)
    state.subscriptions[event.subscriptionKey] = {
      key: event.subscriptionKey,
      elementInstanceKey: event.elementInstanceKey,
      elementId: event.elementId,
      messageName: event.messageName,
      correlationKey: event.correlationKey,
      interrupting: event.interrupting,
    }
  },
  'subscription.correlated': (state, event) => {
    const subscription = expectEntry(state.subscriptions, event.subscriptionKey, 'subscription')
    subscription.correlated ??= []
    subscription.correlated.push(event.messageKey)
  },
  'subscription.closed': (state, event) => {
    delete state.subscriptions[event.subscriptionKey]
  },
}
