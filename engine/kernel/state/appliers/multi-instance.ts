import type { Appliers } from '../apply-event.ts'
import { expectEntry } from './sequence.ts'

export const multiInstanceAppliers: Appliers<
  | 'multiInstance.started'
  | 'multiInstance.collected'
  | 'multiInstance.paused'
  | 'multiInstance.extended'
  | 'adHoc.begun'
  | 'adHoc.collected'
  | 'adHoc.fulfilled'
> = {
  'multiInstance.started': (state, event) => {
    const body = expectEntry(state.elements, event.key, 'element instance')
    body.loop = {
      items: event.items,
      begun: 0,
      completed: 0,
      terminated: 0,
      ...(event.collects && { outputs: event.items.map(() => null) }),
    }
  },
  'multiInstance.collected': (state, event) => {
    const { loop } = expectEntry(state.elements, event.key, 'element instance')
    if (!loop) throw new Error(`Expected element instance ${event.key} to be a multi-instance body, but it is not`)
    // One that was migrated may collect from now on only.
    loop.outputs ??= loop.items.map(() => null)
    loop.outputs[event.index] = event.value
  },
  'adHoc.begun': (state, event) => {
    const { loop } = expectEntry(state.elements, event.key, 'element instance')
    if (loop) loop.begun++
  },
  'adHoc.collected': (state, event) => {
    const { loop } = expectEntry(state.elements, event.key, 'element instance')
    if (loop) loop.outputs = [...(loop.outputs ?? []), event.value]
  },
  'adHoc.fulfilled': (state, event) => {
    const { loop } = expectEntry(state.elements, event.key, 'element instance')
    if (loop) loop.isFulfilled = true
  },
  'multiInstance.extended': (state, event) => {
    const { loop } = expectEntry(state.elements, event.key, 'element instance')
    if (!loop) throw new Error(`Expected element instance ${event.key} to be a multi-instance body, but it is not`)
    loop.items = [...loop.items, event.item]
    loop.outputs?.push(null)
  },
  // Only the runtime has something to do.
  'multiInstance.paused': () => undefined,
}
