import type { TimerCanceled, TimerTriggered } from '../../record/event.ts'
import type { Appliers } from '../apply-event.ts'
import type { InstanceState } from '../instance-state.ts'
import { addTo, expectEntry, removeFrom, useKey } from './sequence.ts'

function end(state: InstanceState, event: TimerTriggered | TimerCanceled): void {
  const timer = expectEntry(state.timers, event.timerKey, 'timer')
  const instance = state.elements[timer.elementInstanceKey]
  if (instance) removeFrom(instance, 'timerKeys', event.timerKey)
  delete state.timers[event.timerKey]
}

export const timerAppliers: Appliers<'timer.created' | 'timer.triggered' | 'timer.canceled'> = {
  'timer.created': (state, event) => {
    useKey(state, event.timerKey)
    addTo(expectEntry(state.elements, event.elementInstanceKey, 'element instance'), 'timerKeys', event.timerKey)
    state.timers[event.timerKey] = {
      key: event.timerKey,
      elementInstanceKey: event.elementInstanceKey,
      elementId: event.elementId,
      dueAt: event.dueAt,
      ...(event.repetitions !== undefined && { repetitions: event.repetitions }),
      ...(event.cycle !== undefined && { cycle: event.cycle }),
      ...(event.part !== undefined && { part: event.part }),
    }
  },
  'timer.triggered': end,
  'timer.canceled': end,
}
