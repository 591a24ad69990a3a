import type { Appliers } from '../apply-event.ts'
import { expectEntry } from './sequence.ts'

export const childAppliers: Appliers<'child.requested' | 'child.ended' | 'child.cancelRequested'> = {
  'child.requested': (state, event) => {
    expectEntry(state.elements, event.elementInstanceKey, 'element instance').childInstanceKey = event.childInstanceKey
  },
  'child.ended': (state, event) => {
    delete expectEntry(state.elements, event.elementInstanceKey, 'element instance').childInstanceKey
  },
  // The call activity that asked is terminated by the next event.
  'child.cancelRequested': () => undefined,
}
