import type { DueAnswer } from './answer-sender.ts'

/** What became of a request: done, never to be done, or to be tried again. */
export type Outcome =
  | { readonly kind: 'taken' }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'unclear'; readonly reason: string }

export interface PulledJob {
  readonly jobKey: string
  readonly leaseToken?: string
  readonly customHeaders: Readonly<Record<string, string>>
  readonly variables: Readonly<Record<string, unknown>>
}

/** Long enough that an answer reaches a process that is still hours away from waiting for it. */
const ANSWER_LIVES_MS = 7 * 24 * 60 * 60 * 1000
const TRY_TAKES_AT_MOST_MS = 10_000
const LONG_POLL_MS = 5_000

/** The single window's HTTP interface, as an agency's system uses it: messages and, for workers, jobs. */
export class WindowClient {
  readonly #baseUrl: string
  readonly #apiKeys: Readonly<Record<string, string>>

  constructor(baseUrl: string, apiKeys: Readonly<Record<string, string>>) {
    this.#baseUrl = baseUrl.replace(/\/$/, '')
    this.#apiKeys = apiKeys
  }

  async publish(answer: DueAnswer): Promise<Outcome> {
    const body = {
      name: answer.name,
      correlationKey: answer.receiptNo,
      messageId: answer.messageId,
      timeToLive: ANSWER_LIVES_MS,
      variables: answer.variables,
    }
    const response = await this.#post(answer.agencyId, '/v2/messages/publication', body, TRY_TAKES_AT_MOST_MS)
    // 409: an earlier try got through, only its answer did not.
    if (response.status === 409) return { kind: 'taken' }
    return response.outcome
  }

  async pullJobs(agencyId: string, maxJobs: number, leaseMs: number, signal: AbortSignal): Promise<readonly PulledJob[] | undefined> {
    const request = {
      type: `agency.${agencyId}`,
      worker: `${agencyId}-system`,
      timeout: leaseMs,
      maxJobsToActivate: maxJobs,
      requestTimeout: LONG_POLL_MS,
    }
    const response = await this.#post(agencyId, '/v2/jobs/activation', request, LONG_POLL_MS + TRY_TAKES_AT_MOST_MS, signal)
    if (response.outcome.kind !== 'taken') return undefined
    return (response.body as { jobs: readonly PulledJob[] }).jobs
  }

  async completeJob(agencyId: string, job: PulledJob, variables: Readonly<Record<string, unknown>>): Promise<Outcome> {
    const body = { variables, ...(job.leaseToken === undefined ? {} : { leaseToken: job.leaseToken }) }
    return (await this.#post(agencyId, `/v2/jobs/${job.jobKey}/completion`, body, TRY_TAKES_AT_MOST_MS)).outcome
  }

  async throwJobError(agencyId: string, job: PulledJob, errorCode: string, errorMessage: string): Promise<Outcome> {
    return (await this.#post(agencyId, `/v2/jobs/${job.jobKey}/error`, { errorCode, errorMessage }, TRY_TAKES_AT_MOST_MS)).outcome
  }

  async #post(
    agencyId: string,
    path: string,
    body: unknown,
    timeoutMs: number,
    signal?: AbortSignal,
  ): Promise<{ status: number; body: unknown; outcome: Outcome }> {
    const timeout = AbortSignal.timeout(timeoutMs)
    try {
      const response = await fetch(this.#baseUrl + path, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${this.#apiKeys[agencyId] ?? ''}` },
        body: JSON.stringify(body),
        signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
      })
      const text = await response.text()
      return { status: response.status, body: parseJson(text), outcome: toOutcome(response.status, text) }
    } catch (error) {
      return { status: 0, body: undefined, outcome: { kind: 'unclear', reason: error instanceof Error ? error.message : String(error) } }
    }
  }
}

function toOutcome(status: number, text: string): Outcome {
  if (status >= 200 && status < 300) return { kind: 'taken' }
  const reason = `${status} ${text.slice(0, 300)}`
  const mayPass = status >= 500 || status === 408 || status === 425 || status === 429
  return { kind: mayPass ? 'unclear' : 'refused', reason }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
