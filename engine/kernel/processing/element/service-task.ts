import { createJob } from '../behavior/job.ts'
import type { ElementProcessor } from '../element-processor.ts'

/** Waits for a job worker. */
export const serviceTask: ElementProcessor = {
  activate(step, element, instance) {
    if (!element.job) throw new Error(`Expected service task ${element.id} to have a task definition, but validation let one without pass`)
    return createJob(step, element, instance, element.job)
  },
}
