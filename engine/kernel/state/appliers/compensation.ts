import type { Appliers } from '../apply-event.ts'
import type { CompensationState, InstanceState } from '../instance-state.ts'
import { expectEntry, useKey } from './sequence.ts'

function keep(state: InstanceState, wanted: (compensation: CompensationState) => boolean): void {
  const kept = (state.compensations ?? []).filter(wanted)
  if (kept.length > 0) state.compensations = kept
  else delete state.compensations
}

/** A scope completed: what can be undone inside it is undone from the scope around it from now on. */
export function handUp(state: InstanceState, from: string, to: string, elementId: string): void {
  for (const compensation of state.compensations ?? []) {
    if (compensation.ownerKey !== from) continue
    compensation.ownerKey = to
    compensation.via.push(elementId)
  }
}

/** A scope was terminated: what completed inside it is not undone any more. */
export function forget(state: InstanceState, ownerKey: string): void {
  if (!state.compensations) return
  const gone = new Set([ownerKey])
  // A compensation may own those inside its completed subprocess, and comes after them.
  for (const { key, ownerKey: owner } of [...state.compensations].reverse()) if (gone.has(owner)) gone.add(key)
  keep(state, (compensation) => !gone.has(compensation.ownerKey))
}

export const compensationAppliers: Appliers<
  'compensation.registered' | 'compensation.requested' | 'compensation.started' | 'compensation.finished'
> = {
  'compensation.registered': (state, event) => {
    useKey(state, event.compensationKey)
    // What completed inside a subprocess that undoes itself is only undone from there.
    for (const inner of state.compensations ?? []) if (inner.ownerKey === event.elementInstanceKey) inner.ownerKey = event.compensationKey
    state.compensations ??= []
    state.compensations.push({
      key: event.compensationKey,
      elementId: event.elementId,
      handlerId: event.handlerId,
      ownerKey: event.scopeKey,
      via: [],
      ...(event.variables && { variables: event.variables }),
    })
  },
  'compensation.requested': (state, event) => {
    expectEntry(state.elements, event.key, 'element instance').compensating = [...event.compensationKeys]
  },
  'compensation.started': (state, event) => {
    const asking = expectEntry(state.elements, event.key, 'element instance')
    asking.compensating = (asking.compensating ?? []).filter((key) => key !== event.compensationKey)
    keep(state, (compensation) => compensation.key !== event.compensationKey)
  },
  'compensation.finished': (state, event) => {
    delete expectEntry(state.elements, event.key, 'element instance').compensating
  },
}
