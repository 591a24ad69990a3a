import type { Element, JobDefinition } from '../../model/executable-process.ts'
import type { JobKind } from '../../record/event.ts'
import type { ElementInstance } from '../../state/instance-state.ts'
import { type Failure, ok, type Result } from '../failure.ts'
import type { Step } from '../step.ts'
import { evaluateInteger, evaluateText } from './evaluate.ts'

const NO_PRIORITY = ok(0)

/** Offers the element's work to job workers and waits. */
export function createJob(step: Step, element: Element, instance: ElementInstance, job: JobDefinition): Failure | undefined {
  const emit = planJob(step, element, instance, job, 'BPMN_ELEMENT')
  if (!emit.ok) return emit.failure
  step.emit({ type: 'element.activated', key: instance.key, elementId: element.id })
  emit.value()
  return undefined
}

/** Evaluates a job; what it gives offers it to workers. */
export function planJob(
  step: Step,
  element: Element,
  instance: ElementInstance,
  job: JobDefinition,
  kind: JobKind,
  headers: Readonly<Record<string, string>> = job.headers,
): Result<() => void> {
  const jobType = evaluateText(step, job.jobType, instance.key, `the job type of ${element.id}`)
  if (!jobType.ok) return jobType
  const retries = evaluateInteger(step, job.retries, instance.key, `the retries of ${element.id}`)
  if (!retries.ok) return retries
  const priority = job.priority ? evaluateInteger(step, job.priority, instance.key, `the job priority of ${element.id}`) : NO_PRIORITY
  if (!priority.ok) return priority
  return ok(() =>
    step.emit({
      type: 'job.created',
      jobKey: step.nextKey(),
      elementInstanceKey: instance.key,
      elementId: element.id,
      jobType: jobType.value,
      kind,
      retries: retries.value,
      customHeaders: headers,
      ...(priority.value !== 0 && { priority: priority.value }),
    }),
  )
}
