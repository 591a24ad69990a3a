import type { Command, JobKey, Variables } from '../kernel/index.ts'
import type { VirtualInstance } from './virtual-instance.ts'

/** What a worker does with a job; `afterMs` later, absent: at once. */
export type JobAnswer = { readonly afterMs?: number } & (
  | { readonly kind: 'complete'; readonly variables?: Variables }
  | { readonly kind: 'throwError'; readonly errorCode: string; readonly variables?: Variables }
  | { readonly kind: 'fail'; readonly retries: number; readonly errorMessage: string; readonly retryBackOffMs?: number }
)
export interface Offer {
  readonly instance: VirtualInstance
  /** Element instance that waits. */
  readonly elementInstanceKey: string
  readonly elementId: string
  readonly headers: Readonly<Record<string, string>>
}
export interface JobOffer extends Offer {
  readonly jobType: string
}

/** The command that gives an answer. */
export function answerCommand(jobKey: JobKey, answer: JobAnswer): Command {
  switch (answer.kind) {
    case 'complete':
      return { type: 'completeJob', jobKey, variables: answer.variables ?? {} }
    case 'throwError':
      return { type: 'throwJobError', jobKey, errorCode: answer.errorCode, variables: answer.variables ?? {} }
    case 'fail':
      return {
        type: 'failJob',
        jobKey,
        retries: answer.retries,
        errorMessage: answer.errorMessage,
        ...(answer.retryBackOffMs !== undefined && { retryBackOffMs: answer.retryBackOffMs }),
      }
  }
}
