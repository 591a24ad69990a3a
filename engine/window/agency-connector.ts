import type { Json } from '../kernel/index.ts'
import type { ActivatedJob, InProcessWorker, JobAnswer } from '../runtime/index.ts'
import type { AgencyMessages } from './agency-message.ts'
import type { Agency } from './contract.ts'
import { parseDurationMs } from './duration.ts'
import { isInterchange, type ReadControl, readControl, readInterchange } from './edifact/index.ts'
import type { GuardedAnswer, OutsidePoster } from './guarded-post.ts'
import { leaseMs } from './lease.ts'
import { signatureOf } from './signature.ts'
import type { WindowParts } from './window-parts.ts'

/** BPMN error: the agency gave no technical receipt in all the tries. */
export const AGENCY_SILENT = 'AGENCY_SILENT'
/** BPMN error: the agency will not take this message, however often it is sent. */
export const AGENCY_REFUSED = 'AGENCY_REFUSED'

/** Engine-clock time an agency has for its technical receipt. */
const RECEIPT_TIMEOUT_MS = 60_000
const LEASE_MS = 90_000
/** Where the clock is compressed an agency's machine is not; it gets this long in real time. */
const RECEIPT_REAL_FLOOR_MS = 5_000
const LEASE_REAL_FLOOR_MS = 15_000
const DEFAULT_BACK_OFF = 'PT1M,PT5M,PT15M'
/** Local variable of the task that counts its tries: the job's own retries are the modeller's and say nothing of them. */
const TRIES = 'agencyTries'
const MAX_NOTE_LENGTH = 500
const MAX_RECEIPT_LENGTH = 16_384

/**
 * Sends an agency its messages by HTTP. A 2xx answer is the technical receipt and completes the job. 422 is a refusal for
 * good. Anything else is tried again after the waits that the task's header `retryBackOff` lists; then the BPMN error
 * `AGENCY_SILENT` leaves the rest to the process. The key is the same at every try, so the agency can tell a repeat.
 */
export function agencyConnector(parts: WindowParts, messages: AgencyMessages, poster: OutsidePoster, agency: Agency): InProcessWorker {
  const { clock } = parts.engine
  const { agencyId, transport } = agency
  if (transport.kind !== 'http') throw new Error(`Expected an agency with HTTP transport, found ${agencyId} with ${transport.kind}`)
  const { url, secret } = transport
  const timeoutMs = Math.max(clock.toRealMs(RECEIPT_TIMEOUT_MS), RECEIPT_REAL_FLOOR_MS)

  async function handle(job: ActivatedJob): Promise<JobAnswer> {
    const { receiptNo, version, messageType, rendered } = await messages.render(job)
    const headers = {
      'content-type': rendered.contentType,
      'idempotency-key': job.jobKey,
      'x-window-message': messageType,
      'x-window-receipt': receiptNo,
      'x-window-version': String(version),
      'x-window-signature': signatureOf(secret, rendered.body),
    }
    const waits = backOffOf(job)
    let answer: GuardedAnswer
    try {
      answer = await poster.post({ url, headers, body: rendered.body, timeoutMs })
    } catch (error) {
      return tryAgain(job, waits, `no receipt from ${agencyId}: ${reasonOf(error)}`)
    }
    const isTaken = answer.status >= 200 && answer.status < 300
    const control = controlOf(answer.body)
    if (isTaken && !control?.isRefused) return { kind: 'complete', variables: { ack: parseReceipt(answer.body) } }
    const said = `${agencyId} answered ${answer.status}: ${answer.body.slice(0, MAX_NOTE_LENGTH)}`
    // A syntax refusal stays one however often the message is sent, whatever the status beside it.
    if (answer.status === 422 || control?.isRefused)
      return { kind: 'error', errorCode: AGENCY_REFUSED, errorMessage: said, variables: { refusal: parseReceipt(answer.body) } }
    return tryAgain(job, waits, said)
  }

  return {
    type: `agency.${agencyId}`,
    name: `connector-${agencyId}`,
    maxJobs: 32,
    timeoutMs: leaseMs(clock, LEASE_MS, LEASE_REAL_FLOOR_MS),
    handle,
  }
}

/** A back-off that cannot be read is the modeller's slip; the usual waits serve better than an incident. */
function backOffOf(job: ActivatedJob): readonly number[] {
  const read = (text: string) => text.split(',').map(parseDurationMs)
  const waits = read(job.customHeaders.retryBackOff ?? DEFAULT_BACK_OFF)
  return (waits.includes(undefined) ? read(DEFAULT_BACK_OFF) : waits).filter((wait) => wait !== undefined)
}

function tryAgain(job: ActivatedJob, waits: readonly number[], errorMessage: string): JobAnswer {
  const tried = job.variables[TRIES]
  const tries = (typeof tried === 'number' ? tried : 0) + 1
  const wait = waits[tries - 1]
  if (wait === undefined) return { kind: 'error', errorCode: AGENCY_SILENT, errorMessage: `${errorMessage} (${tries} tries)` }
  return { kind: 'fail', retries: Math.max(waits.length - tries + 1, 1), retryBackOffMs: wait, errorMessage, variables: { [TRIES]: tries } }
}

/** The CONTRL an agency answered with. */
function controlOf(body: string): ReadControl | undefined {
  if (body.length > MAX_RECEIPT_LENGTH || !isInterchange(body)) return undefined
  return readInterchange(body)
    .messages.map(readControl)
    .find((control) => control !== undefined)
}

/** An agency that answers with no JSON, or with a book, has received the message all the same. */
function parseReceipt(body: string): Json {
  const control = controlOf(body)
  if (control) {
    const { reference, isRefused, errors } = control
    return {
      status: isRefused ? 'rejected' : 'received',
      reference,
      ...(errors.length === 0 ? {} : { codes: errors.map(({ code }) => code) }),
    }
  }
  if (body.length > MAX_RECEIPT_LENGTH) return { status: 'received' }
  try {
    return JSON.parse(body) as Json
  } catch {
    return { status: 'received' }
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.name === 'TimeoutError' ? 'it took too long' : error.message || error.name
}
