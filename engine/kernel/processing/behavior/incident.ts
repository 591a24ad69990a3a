import type { JobKey } from '../../record/keys.ts'
import type { ElementInstance } from '../../state/instance-state.ts'
import type { Failure } from '../failure.ts'
import type { Step } from '../step.ts'

/** Stops the token here until a person has put things right and resolves the incident. */
export function raiseIncident(step: Step, instance: ElementInstance, failure: Failure, jobKey?: JobKey): void {
  step.emit({
    type: 'incident.created',
    incidentKey: step.nextKey(),
    elementInstanceKey: instance.key,
    elementId: instance.elementId,
    incidentType: failure.type,
    message: failure.message,
    ...(jobKey !== undefined && { jobKey }),
  })
}
