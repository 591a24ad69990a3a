import { type EpochMs, HELD_UNTIL_RESOLVED, type InstanceState } from '../kernel/index.ts'
import type { RowChange } from '../store/index.ts'
import { putSubscription, putTimer, rowOf } from './element-row.ts'

/** A suspended instance hands out no job and waits for nothing that comes from outside. */
export function suspendRows(state: InstanceState): readonly RowChange[] {
  return [
    ...Object.keys(state.jobs).map((key): RowChange => ({ table: 'job', op: 'patch', key, fields: { availableAt: HELD_UNTIL_RESOLVED } })),
    ...Object.keys(state.timers).map((key): RowChange => ({ table: 'timer', op: 'delete', key })),
    ...Object.keys(state.subscriptions).map((key): RowChange => ({ table: 'subscription', op: 'delete', key })),
  ]
}

/** Everything is open again. A job that was with a worker is offered anew: whoever answers first is heard. */
export function resumeRows(state: InstanceState, at: EpochMs): readonly RowChange[] {
  const held = new Set(Object.values(state.incidents).map(({ jobKey }) => jobKey))
  const jobs = Object.values(state.jobs).filter(({ key }) => !held.has(key))
  return [
    ...jobs.map(({ key }): RowChange => ({ table: 'job', op: 'patch', key, fields: { availableAt: at, worker: null, leaseToken: null } })),
    ...Object.values(state.timers).flatMap((timer) => putTimer(state, timer)),
    ...Object.values(state.subscriptions).flatMap((subscription) => putSubscription(state, subscription, at)),
  ]
}

/** What goes over to another definition says so; what was closed or opened on the way has events of its own. */
export function migrateRows(state: InstanceState): readonly RowChange[] {
  const fieldsOf = (elementId: string) => {
    const { processDefinitionKey, bpmnProcessId, version } = rowOf(state, state.key)
    return { processDefinitionKey, bpmnProcessId, version, elementId }
  }
  const patches = <T extends 'job' | 'userTask' | 'timer' | 'subscription' | 'incident'>(
    table: T,
    entries: Readonly<Record<string, { readonly key: string; readonly elementId: string }>>,
  ) => Object.values(entries).map(({ key, elementId }) => ({ table, op: 'patch', key, fields: fieldsOf(elementId) }) as RowChange)
  return [
    ...patches('job', state.jobs),
    ...patches('userTask', state.userTasks),
    ...patches('timer', state.timers),
    ...patches('subscription', state.subscriptions),
    ...patches('incident', state.incidents),
  ]
}
