import type { ElementInstance } from '../../state/instance-state.ts'
import { raiseIncident } from '../behavior/incident.ts'
import { complete, enter } from '../behavior/lifecycle.ts'
import { goOnListening } from '../behavior/task-listener.ts'
import type { Step } from '../step.ts'
import { type Handlers, reject } from './handler.ts'
import { beginInstance } from './instance.ts'

export const incidentHandlers: Handlers<'resolveIncident'> = {
  resolveIncident: (step, command) => {
    const incident = step.state.incidents[command.incidentKey]
    if (!incident)
      return reject(
        'NOT_FOUND',
        `Expected an open incident ${command.incidentKey}, but there is none; it was resolved or its element ended`,
      )
    const job = incident.jobKey === undefined ? undefined : step.state.jobs[incident.jobKey]
    if (job && job.retries < 1) {
      return reject(
        'INVALID_STATE',
        `Expected job ${job.key} to have retries before incident ${incident.key} is resolved, but it has ${job.retries}; raise its retries first`,
      )
    }
    const instance = step.get(incident.elementInstanceKey)
    step.emit({ type: 'incident.resolved', incidentKey: incident.key })
    if (job) step.emit({ type: 'job.retriesUpdated', jobKey: job.key, retries: job.retries, availableAt: step.env.now })
    else tryAgain(step, instance)
    return undefined
  },
}

/** Goes on where the incident stopped it; what still fails raises the next incident. */
function tryAgain(step: Step, instance: ElementInstance): void {
  if (instance.scopeKey === undefined && instance.state === 'activating') {
    beginInstance(step)
    return
  }
  const element = step.elementOf(instance)
  const task = instance.userTaskKey === undefined ? undefined : step.state.userTasks[instance.userTaskKey]
  if (task) goOnListening(step, element, instance, task)
  else if (instance.state === 'activating') enter(step, element, instance)
  else if (instance.state === 'completing') complete(step, element, instance)
  else if (step.processors[instance.elementType].afterChildLeft)
    step.processors[instance.elementType].afterChildLeft?.(step, element, instance)
  else {
    // Its work ended without result (uncaught error, child not started): begin it anew, attached events stay armed.
    const failure = step.processors[element.type].activate(step, element, instance)
    if (failure) raiseIncident(step, instance, failure)
  }
}
