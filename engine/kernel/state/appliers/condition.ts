import type { Appliers } from '../apply-event.ts'
import { expectEntry } from './sequence.ts'

export const conditionAppliers: Appliers<'condition.opened' | 'condition.closed'> = {
  'condition.opened': (state, event) => {
    const waiting = expectEntry(state.elements, event.elementInstanceKey, 'element instance')
    waiting.conditions = [...(waiting.conditions ?? []), event.elementId]
    state.suspended?.armed.push({ elementInstanceKey: event.elementInstanceKey, elementId: event.elementId })
  },
  'condition.closed': (state, event) => {
    const waiting = expectEntry(state.elements, event.elementInstanceKey, 'element instance')
    const left = (waiting.conditions ?? []).filter((elementId) => elementId !== event.elementId)
    if (left.length > 0) waiting.conditions = left
    else delete waiting.conditions
  },
}
