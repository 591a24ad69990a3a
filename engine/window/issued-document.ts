import type { EpochMs, JsonObject } from '../kernel/index.ts'
import type { ActivatedJob, InProcessWorker, JobAnswer } from '../runtime/index.ts'
import { StoreFailure } from '../store/index.ts'
import { type Declarations, newestVersion, versionOf } from './declaration-record.ts'
import { textVariable } from './job-variable.ts'
import { leaseMs } from './lease.ts'
import type { WindowParts } from './window-parts.ts'
import { zonedTime } from './zoned-time.ts'

/** A document issued to an enterprise: the release note, a certificate. */
export interface IssuedDocument extends NewDocument {
  readonly documentId: string
}
interface NewDocument extends JsonObject {
  readonly receiptNo: string
  /** Id of its template in `forms/documents`. */
  readonly kind: string
  readonly version: number
  readonly contentType: string
  readonly body: string
  readonly issuedAt: EpochMs
}

export interface IssuedDocuments {
  find(documentId: string): Promise<IssuedDocument | undefined>
  /** Oldest first. */
  of(receiptNo: string): Promise<readonly IssuedDocument[]>
  /** Issues once for each version and kind; a repeat gives the first one back. */
  issue(document: NewDocument): Promise<IssuedDocument>
}

/** More than any declaration is issued. */
const MAX_DOCUMENTS = 1000

export function issuedDocuments(parts: Pick<WindowParts, 'store'>): IssuedDocuments {
  const collection = parts.store.documents<IssuedDocument>({ name: 'issued_documents', indexes: ['receiptNo', 'issuedAt'], unique: [] })
  return {
    find: async (documentId) => (await collection.get(documentId))?.body,
    async of(receiptNo) {
      const page = await collection.find({ filter: { receiptNo }, sort: [{ field: 'issuedAt', order: 'asc' }], limit: MAX_DOCUMENTS })
      return page.items.map((stored) => stored.body)
    },
    async issue(document) {
      const documentId = documentIdOf(document)
      try {
        return (await collection.insert(documentId, { ...document, documentId })).body
      } catch (error) {
        const first = error instanceof StoreFailure && error.code === 'DUPLICATE' ? await collection.get(documentId) : undefined
        if (first) return first.body
        throw error
      }
    },
  }
}

/** Serves `window.issue-document`: renders the document that the header `document` names, and keeps it. */
export function issueDocumentWorker(parts: WindowParts, declarations: Declarations, documents: IssuedDocuments): InProcessWorker {
  const { engine, forms } = parts

  async function handle(job: ActivatedJob): Promise<JobAnswer> {
    const kind = job.customHeaders.document
    if (!kind) return noSuch(job, 'a header `document` with the id of a document')
    const receiptNo = textVariable(job, 'receiptNo')
    const { body: record } = await declarations.get(receiptNo)
    const service = parts.services.find(record.service)
    if (service && !service.documents[kind])
      return noSuch(job, `one of the documents ${Object.keys(service.documents).join(', ')} of service ${service.id}`)
    const asked = typeof job.variables.version === 'number' ? versionOf(record, job.variables.version) : undefined
    const { version, data } = asked ?? newestVersion(record)
    const issuedAt = engine.clock.now()
    const rendered = forms.renderDocument(kind, {
      documentId: documentIdOf({ receiptNo, kind, version }),
      receiptNo,
      version,
      service: record.service,
      serviceName: service ? { ...service.name } : {},
      enterprise: record.enterprise,
      operator: record.operator,
      issuedAt: zonedTime(issuedAt, parts.zone),
      items: data,
      variables: job.variables,
    })
    const issued = await documents.issue({ receiptNo, kind, version, ...rendered, issuedAt })
    return { kind: 'complete', variables: { issuedDocument: { documentId: issued.documentId, kind, issuedAt: issued.issuedAt } } }
  }

  return { type: 'window.issue-document', name: 'window', maxJobs: 16, timeoutMs: leaseMs(engine.clock), handle }
}

function documentIdOf(document: { readonly receiptNo: string; readonly kind: string; readonly version: number }): string {
  return `${document.receiptNo}-${document.kind}-v${document.version}`
}

/** The model asks for what no repeat can give: an incident at once. */
function noSuch(job: ActivatedJob, expected: string): JobAnswer {
  return {
    kind: 'fail',
    retries: 0,
    errorMessage: `Expected ${expected} on element ${job.elementId}, found ${job.customHeaders.document ?? 'none'}`,
  }
}
