import type { Appliers } from '../apply-event.ts'
import { useKey } from './sequence.ts'

export const timerAppliers: Appliers<'timer.created' | 'timer.triggered' | 'timer.canceled'> = {
  'timer.created': (state, event) => {
    useKey(state, event.timerKey)
    state.timers[event.timerKey] = {
      key: event.timerKey,
      elementInstanceKey: event.elementInstanceKey,
      elementId: event.elementId,
      dueAt: event.dueAt,
      ...(event.repetitions !== undefined && { repetitions: event.repetitions }),
      ...(event.cycle !== undefined && { cycle: event.cycle }),
    }
  },
  'timer.triggered': (state, event) => {
    delete state.timers[event.timerKey]
  },
  'timer.canceled': (state, event) => {
    delete state.timers[event.timerKey]
  },
}
