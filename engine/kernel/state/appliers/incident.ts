import type { Appliers } from '../apply-event.ts'
import { expectEntry, useKey } from './sequence.ts'

export const incidentAppliers: Appliers<'incident.created' | 'incident.resolved'> = {
  'incident.created': (state, event) => {
    useKey(state, event.incidentKey)
    state.incidents[event.incidentKey] = {
      key: event.incidentKey,
      elementInstanceKey: event.elementInstanceKey,
      elementId: event.elementId,
      incidentType: event.incidentType,
      message: event.message,
      ...(event.jobKey !== undefined && { jobKey: event.jobKey }),
    }
    expectEntry(state.elements, event.elementInstanceKey, 'element instance').incidentKey = event.incidentKey
  },
  'incident.resolved': (state, event) => {
    const incident = expectEntry(state.incidents, event.incidentKey, 'incident')
    const instance = state.elements[incident.elementInstanceKey]
    if (instance?.incidentKey === event.incidentKey) delete instance.incidentKey
    delete state.incidents[event.incidentKey]
  },
}
