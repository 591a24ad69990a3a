import {
  type Actor,
  type Command,
  type EngineEvent,
  type EpochMs,
  type EventType,
  HELD_UNTIL_RESOLVED,
  type InstanceState,
} from '../kernel/index.ts'
import type { InstanceRow, RowChange } from '../store/index.ts'
import { elementRowOf, putSubscription, putTimer, rowOf } from './element-row.ts'
import { migrateRows, resumeRows, suspendRows } from './project-surgery.ts'

/** What the projection of one commit may know. */
export interface Projection {
  /** After the events. */
  readonly state: InstanceState
  readonly command: Command
  readonly actor: Actor
  readonly at: EpochMs
}
type Rows = readonly RowChange[]
/** An event interface may stand for several types; this finds it by one of them. */
type EventOf<T, E = EngineEvent> = E extends { readonly type: infer Types } ? (T extends Types ? E : never) : never
type Projectors = { readonly [T in EventType]?: (event: EventOf<T>, projection: Projection) => Rows }

/** Row changes that follow from one commit's events. Pure: the same events give the same rows. */
export function projectEvents(events: readonly EngineEvent[], projection: Projection): RowChange[] {
  const changes: RowChange[] = []
  for (const event of events) {
    const project = PROJECTORS[event.type] as ((event: EngineEvent, projection: Projection) => Rows) | undefined
    if (project) changes.push(...project(event, projection))
  }
  return changes
}

/** The search row of an instance as it is now. */
export function instanceRow(state: InstanceState): InstanceRow {
  return {
    ...rowOf(state, state.key),
    state:
      state.status === 'active' ? (state.suspended ? 'SUSPENDED' : 'ACTIVE') : state.status === 'completed' ? 'COMPLETED' : 'TERMINATED',
    startedAt: state.startedAt,
    hasIncident: hasIncident(state),
    ...(state.endedAt !== undefined && { endedAt: state.endedAt }),
    ...(state.suspended && { suspendedAt: state.suspended.since }),
    ...(state.endElementId !== undefined && { endElementId: state.endElementId }),
    ...(state.businessKey !== undefined && { businessKey: state.businessKey }),
    ...(state.parent && {
      parentProcessInstanceKey: state.parent.processInstanceKey,
      parentElementInstanceKey: state.parent.elementInstanceKey,
    }),
  }
}

function hasIncident(state: InstanceState): boolean {
  for (const _ in state.incidents) return true
  return false
}

const putInstance = (_: EngineEvent, { state }: Projection): Rows => [{ table: 'instance', op: 'put', row: instanceRow(state) }]
const patchIncidentFlag = (state: InstanceState): RowChange => ({
  table: 'instance',
  op: 'patch',
  key: state.key,
  fields: { hasIncident: hasIncident(state) },
})
const deleteJob = (event: { readonly jobKey: string }): Rows => [{ table: 'job', op: 'delete', key: event.jobKey }]
const deleteTimer = (event: { readonly timerKey: string }): Rows => [{ table: 'timer', op: 'delete', key: event.timerKey }]

const STATE_WHILE = {
  creating: 'CREATING',
  assigning: 'ASSIGNING',
  updating: 'UPDATING',
  completing: 'COMPLETING',
  canceling: 'CANCELING',
} as const

const PROJECTORS: Projectors = {
  'instance.created': putInstance,
  'instance.completed': putInstance,
  'instance.terminated': putInstance,
  'instance.suspended': (event, projection) => [...putInstance(event, projection), ...suspendRows(projection.state)],
  'instance.resumed': (event, projection) => [...putInstance(event, projection), ...resumeRows(projection.state, projection.at)],
  'instance.migrated': (event, projection) => [...putInstance(event, projection), ...migrateRows(projection.state)],

  'job.created': (event, { state, at }) => [
    {
      table: 'job',
      op: 'put',
      row: {
        ...elementRowOf(state, event.jobKey, event),
        type: event.jobType,
        kind: event.kind,
        state: 'CREATED',
        retries: event.retries,
        customHeaders: event.customHeaders,
        priority: event.priority ?? 0,
        createdAt: at,
        availableAt: state.suspended ? HELD_UNTIL_RESOLVED : at,
      },
    },
  ],
  'job.failed': (event) => [
    {
      table: 'job',
      op: 'patch',
      key: event.jobKey,
      fields: {
        state: 'FAILED',
        retries: event.retries,
        errorMessage: event.errorMessage,
        availableAt: event.availableAt,
        worker: null,
        leaseToken: null,
      },
    },
  ],
  'job.retriesUpdated': (event) => [
    {
      table: 'job',
      op: 'patch',
      key: event.jobKey,
      fields: {
        retries: event.retries,
        ...(event.availableAt !== undefined && { availableAt: event.availableAt, state: 'CREATED', worker: null, leaseToken: null }),
      },
    },
  ],
  'job.completed': deleteJob,
  'job.canceled': deleteJob,
  'job.errorThrown': deleteJob,

  'userTask.created': (event, { state, at }) => {
    const { type: _, userTaskKey, elementInstanceKey, elementId, held, ...described } = event
    const businessKey = state.businessKey !== undefined && { businessKey: state.businessKey }
    const row = {
      ...elementRowOf(state, userTaskKey, { elementInstanceKey, elementId }),
      ...described,
      ...businessKey,
      state: held ? ('CREATING' as const) : ('CREATED' as const),
      createdAt: at,
    }
    return [{ table: 'userTask', op: 'put', row }]
  },
  'userTask.assigned': (event) => [
    { table: 'userTask', op: 'patch', key: event.userTaskKey, fields: { assignee: event.assignee ?? null } },
  ],
  'userTask.updated': ({ userTaskKey, changes }) => {
    // An empty text takes a date away.
    const fields = Object.fromEntries(Object.entries(changes).map(([name, value]) => [name, value === '' ? null : value]))
    return [{ table: 'userTask', op: 'patch', key: userTaskKey, fields }]
  },
  'userTask.transition': ({ userTaskKey, phase, held }, { actor }) => {
    // Who submitted it is known now; the listeners' workers come after.
    const completion = phase === 'completing' && { completedBy: actor.id, submitted: held.variables ?? {} }
    return [{ table: 'userTask', op: 'patch', key: userTaskKey, fields: { state: STATE_WHILE[phase], ...completion } }]
  },
  'userTask.settled': ({ userTaskKey }) => [
    { table: 'userTask', op: 'patch', key: userTaskKey, fields: { state: 'CREATED', completedBy: null, submitted: null } },
  ],
  'userTask.completed': (event, { command, actor, at }) => {
    // With listeners it is a listener's job that completes it; the row knows by then who submitted what.
    const direct = command.type === 'completeUserTask' && { completedBy: actor.id, submitted: command.variables }
    return [{ table: 'userTask', op: 'patch', key: event.userTaskKey, fields: { state: 'COMPLETED', endedAt: at, ...direct } }]
  },
  'userTask.canceled': (event, { at }) => [
    { table: 'userTask', op: 'patch', key: event.userTaskKey, fields: { state: 'CANCELED', endedAt: at } },
  ],

  'timer.created': ({ timerKey: key, ...timer }, { state }) => putTimer(state, { key, ...timer }),
  'timer.triggered': deleteTimer,
  'timer.canceled': deleteTimer,

  'subscription.opened': ({ subscriptionKey: key, ...subscription }, { state, at }) => putSubscription(state, { key, ...subscription }, at),
  'subscription.closed': (event) => [{ table: 'subscription', op: 'delete', key: event.subscriptionKey }],

  'incident.created': (event, { state, at }) => {
    const { incidentType, message, jobKey } = event
    const row = {
      ...elementRowOf(state, event.incidentKey, event),
      incidentType,
      message,
      state: 'ACTIVE' as const,
      createdAt: at,
      ...(jobKey !== undefined && { jobKey }),
    }
    return [{ table: 'incident', op: 'put', row }, patchIncidentFlag(state)]
  },
  'incident.resolved': (event, { state, at }) => [
    { table: 'incident', op: 'patch', key: event.incidentKey, fields: { state: 'RESOLVED', resolvedAt: at } },
    patchIncidentFlag(state),
  ],
}
