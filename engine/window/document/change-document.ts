import type { EpochMs, JsonObject } from '../../kernel/index.ts'
import type { ActivatedJob, InProcessWorker, JobAnswer } from '../../runtime/index.ts'
import { textVariable } from '../job-variable.ts'
import { leaseMs } from '../lease.ts'
import type { WindowParts } from '../window-parts.ts'
import { type IssuedDocument, stateOf } from './issued-document.ts'
import type { IssuedDocuments } from './issued-documents.ts'
import { refuseJob, toldBy } from './job-order.ts'

/** Serves `window.revoke-document`: what is still valid is no longer. */
export function revokeDocumentWorker(parts: WindowParts, documents: IssuedDocuments): InProcessWorker {
  return changeWorker(parts, documents, {
    type: 'window.revoke-document',
    kind: 'revoked',
    reasonName: 'reason',
    answer: (numbers) => ({ kind: 'complete', variables: { revokedDocuments: numbers } }),
  })
}

/** Serves `window.use-document`: what is valid is used up; BPMN error `DOCUMENT_NOT_VALID` when nothing is. */
export function useDocumentWorker(parts: WindowParts, documents: IssuedDocuments): InProcessWorker {
  return changeWorker(parts, documents, {
    type: 'window.use-document',
    kind: 'used',
    reasonName: 'note',
    answer: (numbers, named) =>
      numbers.length > 0
        ? { kind: 'complete', variables: { usedDocuments: numbers } }
        : { kind: 'error', errorCode: 'DOCUMENT_NOT_VALID', errorMessage: `Expected a valid document ${named}, but there is none` },
  })
}

interface DocumentChange {
  readonly type: string
  readonly kind: 'revoked' | 'used'
  /** Header or input that says why. */
  readonly reasonName: string
  readonly answer: (numbers: readonly string[], named: string) => JobAnswer
}

function changeWorker(parts: WindowParts, documents: IssuedDocuments, { type, kind, reasonName, answer }: DocumentChange): InProcessWorker {
  const { clock } = parts.engine

  async function handle(job: ActivatedJob): Promise<JobAnswer> {
    const receiptNo = textVariable(job, 'receiptNo')
    const order = orderOf(job)
    if (!order) return refuseJob(job, 'a number, or a kind as `document`', JSON.stringify(toldBy(job, 'document') ?? null))
    const issued = await documents.of(receiptNo)
    const meant = issued.filter((document) => document[order.by] === order.named)
    if (meant.length === 0 && order.by === 'number') return refuseJob(job, `the number of a document of ${receiptNo}`, order.named)
    const now = clock.now()
    const reason = toldBy(job, reasonName)
    const changed: string[] = []
    for (const document of meant) {
      const isDone = document[kind]?.jobKey === job.jobKey
      if (!isDone && !mayChange(document, kind, order.by, now)) continue
      const change = { at: now, jobKey: job.jobKey, reason: typeof reason === 'string' ? reason : null }
      await documents.change(document.number, kind, change)
      changed.push(document.number)
    }
    return answer(changed, order.named)
  }
  return { type, name: 'window', maxJobs: 16, timeoutMs: leaseMs(clock), handle }
}

interface Order {
  readonly by: 'number' | 'kind'
  readonly named: string
}

/** Headers before inputs. The output of the job that issued a document is called `document` as well: then its number is meant. */
function orderOf({ customHeaders, variables }: ActivatedJob): Order | undefined {
  const { document } = variables
  const issued = typeof document === 'object' && document !== null ? (document as JsonObject).number : undefined
  const places: readonly (readonly [Order['by'], unknown])[] = [
    ['number', customHeaders.number],
    ['kind', customHeaders.document],
    ['number', variables.number],
    ['kind', document],
    ['number', issued],
  ]
  const [by, named] = places.find(([, text]) => typeof text === 'string' && text !== '') ?? []
  return by && { by, named: String(named) }
}

/** Of a kind, what is valid. By number also what has run out or was used can be revoked. */
function mayChange(document: IssuedDocument, kind: 'revoked' | 'used', by: Order['by'], now: EpochMs): boolean {
  return kind === 'revoked' && by === 'number' ? document.revoked === undefined : stateOf(document, now) === 'valid'
}
