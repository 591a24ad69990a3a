import type { InstanceCreated } from '../../record/event.ts'
import type { Appliers } from '../apply-event.ts'
import type { InstanceState } from '../instance-state.ts'

export function createInstance(event: InstanceCreated): InstanceState {
  const key = event.processInstanceKey
  return {
    key,
    processDefinitionKey: event.processDefinitionKey,
    bpmnProcessId: event.bpmnProcessId,
    version: event.version,
    tenantId: event.tenantId,
    startedAt: event.at,
    ...(event.businessKey !== undefined && { businessKey: event.businessKey }),
    ...(event.parent && { parent: event.parent }),
    ...(event.startElementId !== undefined && { startElementId: event.startElementId }),
    ...(event.startElementIds && { startElementIds: event.startElementIds }),
    status: 'active',
    sequence: 0,
    elements: { [key]: { key, elementId: event.bpmnProcessId, elementType: 'process', state: 'activating' } },
    jobs: {},
    userTasks: {},
    timers: {},
    subscriptions: {},
    incidents: {},
    conditionWaits: {},
  }
}

/** Nothing of an ended instance is left but what it was, when it ended, and how. */
function end(state: InstanceState, status: 'completed' | 'terminated', endedAt: number): void {
  const root = state.elements[state.key]
  state.status = status
  state.endedAt = endedAt
  if (root?.variables) state.result = root.variables
  delete state.elements[state.key]
  delete state.compensations
  delete state.conditionWaits
  delete state.suspended
}

export const instanceAppliers: Appliers<
  'instance.completed' | 'instance.terminated' | 'instance.suspended' | 'instance.resumed' | 'command.deferred'
> = {
  'instance.completed': (state, event) => {
    if (event.endElementId !== undefined) state.endElementId = event.endElementId
    end(state, 'completed', event.at)
  },
  'instance.terminated': (state, event) => end(state, 'terminated', event.at),
  'instance.suspended': (state, event) => {
    state.suspended = { since: event.at, deferred: [], armed: [], changed: [] }
  },
  'instance.resumed': (state) => {
    delete state.suspended
  },
  'command.deferred': (state, event) => {
    state.suspended?.deferred.push(event.command)
  },
}
