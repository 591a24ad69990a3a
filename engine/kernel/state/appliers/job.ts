import type { JobEnded } from '../../record/event.ts'
import type { Appliers } from '../apply-event.ts'
import type { InstanceState } from '../instance-state.ts'
import { expectEntry, useKey } from './sequence.ts'

function end(state: InstanceState, event: JobEnded): void {
  const job = expectEntry(state.jobs, event.jobKey, 'job')
  const instance = state.elements[job.elementInstanceKey]
  if (instance?.jobKey === event.jobKey) delete instance.jobKey
  delete state.jobs[event.jobKey]
}

export const jobAppliers: Appliers<
  'job.created' | 'job.failed' | 'job.retriesUpdated' | 'job.completed' | 'job.canceled' | 'job.errorThrown'
> = {
  'job.created': (state, event) => {
    useKey(state, event.jobKey)
    expectEntry(state.elements, event.elementInstanceKey, 'element instance').jobKey = event.jobKey
    state.jobs[event.jobKey] = {
      key: event.jobKey,
      elementInstanceKey: event.elementInstanceKey,
      elementId: event.elementId,
      jobType: event.jobType,
      kind: event.kind,
      customHeaders: event.customHeaders,
      retries: event.retries,
    }
  },
  'job.failed': (state, event) => {
    expectEntry(state.jobs, event.jobKey, 'job').retries = event.retries
  },
  'job.retriesUpdated': (state, event) => {
    expectEntry(state.jobs, event.jobKey, 'job').retries = event.retries
  },
  'job.completed': (state, event) => {
    const job = expectEntry(state.jobs, event.jobKey, 'job')
    if (job.kind === 'EXECUTION_LISTENER') {
      const instance = expectEntry(state.elements, job.elementInstanceKey, 'element instance')
      instance.listened = (instance.listened ?? 0) + 1
    } else if (job.kind === 'TASK_LISTENER') {
      const { userTaskKey = '' } = expectEntry(state.elements, job.elementInstanceKey, 'element instance')
      const task = expectEntry(state.userTasks, userTaskKey, 'user task')
      task.listened = (task.listened ?? 0) + 1
    }
    end(state, event)
  },
  'job.canceled': end,
  'job.errorThrown': end,
}
