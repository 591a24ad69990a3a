import type { Appliers } from '../apply-event.ts'
import type { CompensationState, ElementInstance } from '../instance-state.ts'

type Rename = (id: string) => string

export const migrationAppliers: Appliers<'instance.migrated'> = {
  'instance.migrated': (state, event) => {
    const rename: Rename = (id) => event.ids[id] ?? id
    state.processDefinitionKey = event.processDefinitionKey
    state.bpmnProcessId = event.bpmnProcessId
    state.version = event.version
    // One that is still held on its way in begins in the target.
    if (state.elements[state.key]?.state === 'activating') {
      if (state.startElementId !== undefined) state.startElementId = rename(state.startElementId)
      if (state.startElementIds) state.startElementIds = state.startElementIds.map(rename)
    }
    for (const instance of Object.values(state.elements)) renameInstance(instance, rename, event.ids)
    for (const subscription of Object.values(state.subscriptions))
      subscription.interrupting = event.interrupting[subscription.key] ?? subscription.interrupting
    for (const entries of [state.jobs, state.userTasks, state.timers, state.subscriptions, state.incidents])
      for (const entry of Object.values(entries)) entry.elementId = rename(entry.elementId)
    for (const armed of state.suspended?.armed ?? []) Object.assign(armed, { elementId: rename(armed.elementId) })
    const kept: CompensationState[] = []
    for (const { key, elementId, handlerId, via } of event.compensations) {
      const before = state.compensations?.find((compensation) => compensation.key === key)
      if (before) kept.push({ ...before, elementId, handlerId, via: [...via] })
    }
    if (kept.length > 0) state.compensations = kept
    else delete state.compensations
  },
}

function renameInstance(instance: ElementInstance, rename: Rename, ids: Readonly<Record<string, string>>): void {
  instance.elementId = rename(instance.elementId)
  if (instance.tokens) instance.tokens = renamed(instance.tokens, rename)
  renameArrived(instance, ids)
  if (instance.conditions) instance.conditions = instance.conditions.map(rename)
  if (instance.fired) {
    const fired = Object.entries(instance.fired).map(([id, flows]) => [rename(id), flows.map(rename)])
    instance.fired = Object.fromEntries(fired)
  }
  // An ad-hoc subprocess remembers by id what it is still to begin.
  if (instance.elementType === 'adHocSubProcess' && instance.loop)
    instance.loop.items = instance.loop.items.map((id) => (typeof id === 'string' ? rename(id) : id))
}

/** Parts of an event that is closed are forgotten with it. */
function renameArrived(instance: ElementInstance, ids: Readonly<Record<string, string>>): void {
  const kept = Object.entries(instance.arrived ?? {}).flatMap(([id, parts]) => (ids[id] === undefined ? [] : [[ids[id], parts] as const]))
  if (kept.length > 0) instance.arrived = Object.fromEntries(kept)
  else delete instance.arrived
}

function renamed<T>(entries: Readonly<Record<string, T>>, rename: Rename): Record<string, T> {
  return Object.fromEntries(Object.entries(entries).map(([id, value]) => [rename(id), value]))
}
