import { evaluate } from '../behavior/evaluate.ts'
import { createJob } from '../behavior/job.ts'
import { complete } from '../behavior/lifecycle.ts'
import type { ElementProcessor } from '../element-processor.ts'

/** Evaluates FEEL in the engine; with a task definition instead, a job worker runs it. */
export const scriptTask: ElementProcessor = {
  activate(step, element, instance) {
    if (!element.script) {
      if (!element.job) throw new Error(`Expected script task ${element.id} to have a script, but validation let one without pass`)
      return createJob(step, element, instance, element.job)
    }
    const { expression, resultVariable } = element.script
    const result = evaluate(step, expression, instance.key, 'EXTRACT_VALUE_ERROR')
    if (!result.ok) return result.failure
    complete(step, element, instance, { [resultVariable]: result.value })
    return undefined
  },
}
