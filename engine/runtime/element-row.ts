import type { EpochMs, InstanceState, SubscriptionState, TimerState } from '../kernel/index.ts'
import type { RowChange } from '../store/index.ts'
import { signalSubscriptionName } from './signal-name.ts'

/** What all rows of an instance have. */
export function rowOf(state: InstanceState, key: string) {
  const { processDefinitionKey, bpmnProcessId, version, tenantId } = state
  return { key, processInstanceKey: state.key, processDefinitionKey, bpmnProcessId, version, tenantId }
}

export function elementRowOf(
  state: InstanceState,
  key: string,
  event: { readonly elementInstanceKey: string; readonly elementId: string },
) {
  return { ...rowOf(state, key), elementInstanceKey: event.elementInstanceKey, elementId: event.elementId }
}

/** A suspended instance waits for nothing: its rows come when it is resumed. */
export function putTimer(state: InstanceState, timer: Omit<TimerState, 'repetitions' | 'cycle'>): readonly RowChange[] {
  if (state.suspended) return []
  return [{ table: 'timer', op: 'put', row: { ...elementRowOf(state, timer.key, timer), dueAt: timer.dueAt } }]
}

export function putSubscription(
  state: InstanceState,
  subscription: Pick<SubscriptionState, 'key' | 'elementInstanceKey' | 'elementId' | 'messageName' | 'correlationKey' | 'kind'>,
  createdAt: EpochMs,
): readonly RowChange[] {
  if (state.suspended) return []
  const { key, kind, messageName: name, correlationKey } = subscription
  const messageName = kind === 'signal' ? signalSubscriptionName(name) : name
  return [{ table: 'subscription', op: 'put', row: { ...elementRowOf(state, key, subscription), messageName, correlationKey, createdAt } }]
}
