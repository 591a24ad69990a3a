import type { Appliers } from '../apply-event.ts'
import { expectEntry } from './sequence.ts'

export const complexGatewayAppliers: Appliers<'complexGateway.fired' | 'complexGateway.reset'> = {
  'complexGateway.fired': (state, event) => {
    const scope = expectEntry(state.elements, event.key, 'element instance')
    scope.fired = { ...scope.fired, [event.elementId]: event.flows }
  },
  'complexGateway.reset': (state, event) => {
    const scope = expectEntry(state.elements, event.key, 'element instance')
    const { [event.elementId]: _, ...left } = scope.fired ?? {}
    if (Object.keys(left).length > 0) scope.fired = left
    else delete scope.fired
  },
}
