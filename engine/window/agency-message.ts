import type { JsonObject } from '../kernel/index.ts'
import type { ActivatedJob } from '../runtime/index.ts'
import type { Agency, RenderedMessage } from './contract.ts'
import { type Declarations, newestVersion, versionOf } from './declaration-record.ts'
import { interchangeReference, isInterchange } from './edifact/index.ts'
import { AGENCY_JOB } from './element-catalogue.ts'
import { textVariable } from './job-variable.ts'
import type { SentInterchanges } from './sent-interchange.ts'
import type { WindowParts } from './window-parts.ts'
import { zonedTime } from './zoned-time.ts'

/** A message as it goes to an agency. */
export interface OutgoingMessage {
  readonly receiptNo: string
  readonly version: number
  /** Id of its template, e.g. `cus.dec`. */
  readonly messageType: string
  readonly rendered: RenderedMessage
}

/** Turns jobs of agencies into the agencies' own messages. */
export interface AgencyMessages {
  /** The message of the version that the process speaks of. @throws Error when the job has no message. */
  render(job: ActivatedJob): Promise<OutgoingMessage>
  /** The job as a worker of the agency may see it: its own message, and nothing else of the declaration. */
  jobForAgency(job: ActivatedJob): Promise<ActivatedJob>
}

export function agencyMessages(parts: WindowParts, declarations: Declarations, sent: SentInterchanges): AgencyMessages {
  const { engine, forms, services } = parts
  const agencies = parts.store.documents<Agency>({ name: 'agencies', indexes: [], unique: [] })

  /** The task's own word comes first: a process may know that one message goes out otherwise than the rest. */
  async function formatOf(job: ActivatedJob, agencyId: string): Promise<string | undefined> {
    return job.customHeaders.messageFormat ?? (await agencies.get(agencyId))?.body.format
  }

  async function render(job: ActivatedJob): Promise<OutgoingMessage> {
    const messageType = messageTypeOf(job)
    const { body: record } = await declarations.get(textVariable(job, 'receiptNo'))
    const service = services.find(record.service)
    if (!service) throw new Error(`Service ${record.service} of declaration ${record.receiptNo} is no longer offered`)
    const asked = typeof job.variables.version === 'number' ? versionOf(record, job.variables.version) : undefined
    const { version, data } = asked ?? newestVersion(record)
    const agencyId = job.type.slice(AGENCY_JOB.length)
    const format = await formatOf(job, agencyId)
    const rendered = forms.renderMessage(messageType, {
      formId: service.formId,
      data,
      ...(format === undefined ? {} : { format }),
      envelope: {
        receiptNo: record.receiptNo,
        version,
        service: record.service,
        messageId: job.jobKey,
        messageType,
        agencyId,
        idempotencyKey: job.jobKey,
        sentAt: zonedTime(engine.clock.now(), parts.zone),
        variables: toObject(job.variables),
      },
    })
    if (isInterchange(rendered.body)) {
      const { receiptNo } = record
      await sent.remember({
        agencyId,
        reference: interchangeReference(job.jobKey),
        receiptNo,
        version,
        messageType,
        sentAt: engine.clock.now(),
      })
    }
    return { receiptNo: record.receiptNo, version, messageType, rendered }
  }

  return {
    render,
    async jobForAgency(job) {
      const { receiptNo, version, messageType, rendered } = await render(job)
      const message = { contentType: rendered.contentType, body: rendered.body }
      return { ...job, variables: { receiptNo, version, messageId: job.jobKey, messageType, idempotencyKey: job.jobKey, message } }
    },
  }
}

/** A process that several services call is told by its input which message it sends; what the task itself says comes first. */
function messageTypeOf({ customHeaders, variables, elementId }: ActivatedJob): string {
  const messageType = customHeaders.message ?? variables.message
  if (typeof messageType === 'string' && messageType !== '') return messageType
  throw new Error(`Expected a header or an input \`message\` with a message id on element ${elementId}, found none`)
}

function toObject(variables: ActivatedJob['variables']): JsonObject {
  return { ...variables }
}
