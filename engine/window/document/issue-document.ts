import type { EpochMs, JsonObject } from '../../kernel/index.ts'
import type { ActivatedJob, InProcessWorker, JobAnswer } from '../../runtime/index.ts'
import { type Declarations, newestVersion, versionOf } from '../declaration-record.ts'
import { textVariable } from '../job-variable.ts'
import { leaseMs } from '../lease.ts'
import type { WindowParts } from '../window-parts.ts'
import { zonedTime } from '../zoned-time.ts'
import { toDocumentNumber } from './document-number.ts'
import { checkCodeOf, digestOf, signStatement } from './document-seal.ts'
import { validityOf } from './document-validity.ts'
import { type IssuedDocument, stateOf } from './issued-document.ts'
import type { IssuedDocuments } from './issued-documents.ts'
import { refuseJob, toldBy } from './job-order.ts'
import type { PageFrame } from './page-request.ts'
import type { PdfRenderer } from './pdf-renderer.ts'
import type { SigningKeys } from './signing-keys.ts'
import { describePage } from './verifier-view.ts'

export interface DocumentParts {
  readonly documents: IssuedDocuments
  readonly keys: SigningKeys
  readonly renderer: PdfRenderer
  /** Base of the address in QR codes, without a slash at its end. */
  readonly publicUrl: () => string
}

/** Serves `window.issue-document`: renders the document that the header `document` names, signs it and keeps it. */
export function issueDocumentWorker(parts: WindowParts, declarations: Declarations, made: DocumentParts): InProcessWorker {
  const { engine } = parts
  const { documents } = made

  async function handle(job: ActivatedJob): Promise<JobAnswer> {
    const kind = job.customHeaders.document
    if (!kind) return refuseJob(job, 'a header `document` with the id of a document', 'none')
    const receiptNo = textVariable(job, 'receiptNo')
    const number = toDocumentNumber(job.jobKey)
    const before = await documents.find(number)
    const drawn: Drawn = before ? { document: before } : await draw(job, kind, number, receiptNo)
    if ('refused' in drawn) return drawn.refused
    const { document } = drawn
    const reason = document.number
    for (const old of document.supersedes) {
      await documents.change(old, 'superseded', { at: document.issuedAt, jobKey: job.jobKey, reason })
    }
    return { kind: 'complete', variables: { document: told(document, parts.zone) } }
  }

  async function draw(job: ActivatedJob, kind: string, number: string, receiptNo: string): Promise<Drawn> {
    const refused = (expected: string, found: string) => ({ refused: refuseJob(job, expected, found) })
    const { body: record } = await declarations.get(receiptNo)
    const service = parts.services.find(record.service)
    if (service && !service.documents[kind])
      return refused(`one of the documents ${Object.keys(service.documents).join(', ')} of service ${service.id}`, kind)
    const issuedAt = engine.clock.now()
    const validity = validityOf({ validFor: toldBy(job, 'validFor'), validUntil: toldBy(job, 'validUntil') }, issuedAt, parts.zone)
    if (!validity.ok) return refused(validity.expected, validity.found)
    const { validUntil } = validity
    const asked = typeof job.variables.version === 'number' ? versionOf(record, job.variables.version) : undefined
    const { version, data } = asked ?? newestVersion(record)
    const { enterprise, operator } = record
    const operatorName = parts.forms.codelist('operators')?.find(operator)?.name ?? { zh: operator, en: operator }
    const rendered = parts.forms.renderDocument(kind, {
      number,
      receiptNo,
      version,
      service: record.service,
      serviceName: service ? { ...service.name } : {},
      enterprise,
      operator,
      operatorName: { ...operatorName },
      issuedAt: zonedTime(issuedAt, parts.zone),
      ...(validUntil === null ? {} : { validUntil: zonedTime(validUntil, parts.zone) }),
      items: data,
      variables: job.variables,
    })
    const { format } = job.customHeaders
    if (format && !rendered.contentType.includes(format))
      return refused(`a template ${kind}.${format}.hbs, as the header \`format\` asks for`, rendered.contentType)
    const key = await made.keys.current()
    const checkCode = checkCodeOf(number, key.codeSecret)
    const page = describePage(rendered)
    const verifyUrl = `${made.publicUrl()}/verify/${number}?c=${checkCode}`
    const frame = {
      ...frameTimes(issuedAt, validUntil, parts.zone),
      number,
      operator: operatorName,
      verifyUrl,
      checkCode,
      keyId: key.keyId,
    }
    const content = page === undefined ? Buffer.from(rendered.body) : await made.renderer.render({ source: rendered.body, frame })
    const holder = holderOf(job, page?.holder) ?? enterprise
    const statement = { number, kind, receiptNo, holder, issuedAt, validUntil, digest: digestOf(content), keyId: key.keyId }
    const document: IssuedDocument = {
      ...statement,
      documentId: number,
      title: { ...(page?.title ?? service?.documents[kind]?.name ?? { zh: kind, en: kind }) },
      version,
      service: record.service,
      enterprise,
      operator,
      shown: page?.shown ?? [],
      contentType: rendered.contentType,
      signature: signStatement(statement, key.privateKey),
      checkCode,
      supersedes: await superseded(job, receiptNo, kind, issuedAt),
    }
    return { document: await documents.add(document, content) }
  }

  /** Numbers the job names, or all valid documents of the kind. */
  async function superseded(job: ActivatedJob, receiptNo: string, kind: string, now: EpochMs): Promise<readonly string[]> {
    const asked = toldBy(job, 'supersedes')
    if (asked === undefined) return []
    const open = (await documents.of(receiptNo)).filter((document) => stateOf(document, now) === 'valid')
    const named = Array.isArray(asked) ? asked : [asked]
    return open
      .filter((document) => (asked === 'kind' ? document.kind === kind : named.includes(document.number)))
      .map((each) => each.number)
  }

  return { type: 'window.issue-document', name: 'window', maxJobs: 16, timeoutMs: leaseMs(engine.clock), handle }
}

type Drawn = { readonly document: IssuedDocument } | { readonly refused: JobAnswer }

/** What the process learns. */
function told({ documentId, number, kind, issuedAt, validUntil }: IssuedDocument, zone: string): JsonObject {
  return {
    documentId,
    number,
    kind,
    issuedAt: zonedTime(issuedAt, zone),
    ...(validUntil === null ? {} : { validUntil: zonedTime(validUntil, zone) }),
  }
}

function holderOf(job: ActivatedJob, byTemplate: string | undefined): string | undefined {
  const { holder } = job.variables
  if (typeof holder === 'string' && holder !== '') return holder
  return byTemplate
}

function frameTimes(issuedAt: EpochMs, validUntil: EpochMs | null, zone: string): Pick<PageFrame, 'issuedAt' | 'validUntil' | 'createdAt'> {
  return {
    issuedAt: readable(issuedAt, zone),
    validUntil: validUntil === null ? null : readable(validUntil, zone),
    createdAt: new Date(issuedAt).toISOString(),
  }
}

/** 2018-05-14 10:00 (+08:00). */
function readable(at: EpochMs, zone: string): string {
  const iso = zonedTime(at, zone)
  return `${iso.slice(0, 10)} ${iso.slice(11, 16)} (${iso.slice(23)})`
}
