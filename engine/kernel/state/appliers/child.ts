import type { Appliers } from '../apply-event.ts'
import { expectEntry } from './sequence.ts'

export const childAppliers: Appliers<'child.requested' | 'child.ended' | 'child.cancelRequested'> = {
  'child.requested': (state, event) => {
    expectEntry(state.elements, event.elementInstanceKey, 'element instance').childInstanceKey = event.childInstanceKey
  },
  'child.ended': (state, event) => {
    delete expectEntry(state.elements, event.elementInstanceKey, 'element instance').childInstanceKey
  },
  'child.cancelRequested': (state, event) => {
    for (const instance of Object.values(state.elements)) if (instance.childInstanceKey === event.childInstanceKey) delete instance.childInstanceKey
  },
}
