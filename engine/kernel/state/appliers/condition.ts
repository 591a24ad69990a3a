import type { Appliers } from '../apply-event.ts'
import { expectEntry } from './sequence.ts'

export const conditionAppliers: Appliers<'condition.opened' | 'condition.closed' | 'event.partArrived' | 'event.partsTaken'> = {
  'event.partArrived': (state, event) => {
    const waiting = expectEntry(state.elements, event.elementInstanceKey, 'element instance')
    const { parts = [], variables = {} } = waiting.arrived?.[event.elementId] ?? {}
    const arrived = { parts: [...parts, event.part], variables: { ...variables, ...event.variables } }
    waiting.arrived = { ...waiting.arrived, [event.elementId]: arrived }
  },
  'event.partsTaken': (state, event) => {
    const waiting = expectEntry(state.elements, event.elementInstanceKey, 'element instance')
    const { [event.elementId]: _, ...left } = waiting.arrived ?? {}
    if (Object.keys(left).length > 0) waiting.arrived = left
    else delete waiting.arrived
  },
  'condition.opened': (state, event) => {
    const waiting = expectEntry(state.elements, event.elementInstanceKey, 'element instance')
    waiting.conditions = [...(waiting.conditions ?? []), event.elementId]
    if (state.conditionWaits) state.conditionWaits[waiting.key] = true
    state.suspended?.armed.push({ elementInstanceKey: event.elementInstanceKey, elementId: event.elementId })
  },
  'condition.closed': (state, event) => {
    const waiting = expectEntry(state.elements, event.elementInstanceKey, 'element instance')
    const left = (waiting.conditions ?? []).filter((elementId) => elementId !== event.elementId)
    if (left.length > 0) waiting.conditions = left
    else {
      delete waiting.conditions
      delete state.conditionWaits?.[waiting.key]
    }
  },
}
