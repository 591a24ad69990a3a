import type { Element, JobDefinition } from '../../model/executable-process.ts'
import type { ElementInstance } from '../../state/instance-state.ts'
import type { Failure } from '../failure.ts'
import type { Step } from '../step.ts'
import { evaluateInteger, evaluateText } from './evaluate.ts'

/** Offers the element's work to job workers and waits. */
export function createJob(step: Step, element: Element, instance: ElementInstance, job: JobDefinition): Failure | undefined {
  const jobType = evaluateText(step, job.jobType, instance.key, `the job type of ${element.id}`)
  if (!jobType.ok) return jobType.failure
  const retries = evaluateInteger(step, job.retries, instance.key, `the retries of ${element.id}`)
  if (!retries.ok) return retries.failure
  step.emit({ type: 'element.activated', key: instance.key, elementId: element.id })
  step.emit({
    type: 'job.created',
    jobKey: step.nextKey(),
    elementInstanceKey: instance.key,
    elementId: element.id,
    jobType: jobType.value,
    kind: 'BPMN_ELEMENT',
    retries: retries.value,
    customHeaders: job.headers,
  })
  return undefined
}
