import type { Json } from '../../kernel/index.ts'
import type { ActivatedJob, JobAnswer } from '../../runtime/index.ts'

/** What the model says under that name: as a task header, or else as an input. */
export function toldBy(job: ActivatedJob, name: string): Json | undefined {
  const header = job.customHeaders[name]
  if (header !== undefined && header !== '') return header
  const input = job.variables[name]
  return input === null || input === '' ? undefined : input
}

/** The model asks for what no repeat can give: an incident at once. */
export function refuseJob(job: ActivatedJob, expected: string, found: string): JobAnswer {
  return { kind: 'fail', retries: 0, errorMessage: `Expected ${expected} on element ${job.elementId}, found ${found}` }
}
