import type { ActivatedJob } from '../runtime/index.ts'

/**
 * A text that every service's process starts with.
 * @throws Error when the job lacks it; the job then fails with this message.
 */
export function textVariable(job: ActivatedJob, name: string): string {
  const value = job.variables[name]
  if (typeof value === 'string') return value
  throw new Error(
    `Expected the process of job ${job.jobKey} (${job.elementId}) to have the text variable ${name}; start it by a declaration`,
  )
}
