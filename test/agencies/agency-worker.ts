import { setTimeout as sleep } from 'node:timers/promises'
import type { Agency } from './agency.ts'
import { type IncomingMessage, parseBody, sentAtOf } from './incoming-message.ts'
import type { PulledJob, WindowClient } from './window-client.ts'

const WAIT_WHEN_DOWN_MS = 250
const JOBS_AT_ONCE = 8

/**
 * An agency behind its own firewall: it pulls its messages as jobs, takes each, and completes the job with the receipt.
 * A job that comes again (its completion was lost, or its lease ran out) is a repeat: the job key is the idempotency key.
 */
export class AgencyWorker {
  readonly #agency: Agency
  readonly #client: WindowClient
  readonly #leaseMs: number
  readonly #ending = new AbortController()
  #running: Promise<void> | undefined

  constructor(agency: Agency, client: WindowClient, leaseMs: number) {
    this.#agency = agency
    this.#client = client
    this.#leaseMs = leaseMs
  }

  start(): void {
    this.#running = this.#run()
  }

  async stop(): Promise<void> {
    this.#ending.abort()
    await this.#running
  }

  async #run(): Promise<void> {
    const { signal } = this.#ending
    while (!signal.aborted) {
      const jobs = await this.#client.pullJobs(this.#agency.behavior.agencyId, JOBS_AT_ONCE, this.#leaseMs, signal)
      if (jobs) await Promise.all(jobs.map((job) => this.#do(job)))
      else await sleep(WAIT_WHEN_DOWN_MS, undefined, { signal }).catch(() => undefined)
    }
  }

  async #do(job: PulledJob): Promise<void> {
    const { agencyId } = this.#agency.behavior
    const answer = this.#agency.take(readJob(agencyId, job))
    // An unclear or refused completion needs nothing here: an open job is handed out again when its lease ends.
    if (answer.status < 400) await this.#client.completeJob(agencyId, job, { ack: answer.body })
    else await this.#client.throwJobError(agencyId, job, 'AGENCY_REFUSED', String(answer.body.reason))
  }
}

function readJob(agencyId: string, job: PulledJob): IncomingMessage {
  const { receiptNo, version, message } = job.variables as {
    receiptNo: string
    version: number
    message?: { contentType: string; body: string }
  }
  const body = message ? parseBody(message.contentType, message.body) : undefined
  return {
    agencyId,
    name: job.customHeaders.message ?? 'unnamed',
    receiptNo,
    version,
    idempotencyKey: job.jobKey,
    sentAt: sentAtOf(body),
    body,
  }
}
