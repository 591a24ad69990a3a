import type { Actor, EpochMs, JsonObject } from '../kernel/index.ts'
import type { Announcement } from './announcement.ts'
import { contentHash } from './content-hash.ts'
import { type ItemError, type Service, type SubmitRequest, type SubmitResult, WindowFailure } from './contract.ts'
import { type DeclarationRecord, type Declarations, IN_PROGRESS, type StoredRecord } from './declaration-record.ts'
import { foundErrors } from './found-errors.ts'
import { toReceiptNumber } from './receipt-number.ts'
import type { ServiceCatalogue } from './service-catalogue.ts'
import { structuralErrors } from './structural-errors.ts'
import type { WindowParts } from './window-parts.ts'
import { zonedDay } from './zoned-time.ts'

/** Takes a declaration in and starts its process. */
export type Submission = (request: SubmitRequest) => Promise<SubmitResult>

/** Longest key an enterprise may choose; it becomes part of an index. */
const MAX_KEY_LENGTH = 200

export function submission(parts: WindowParts, declarations: Declarations, start: Announcement['start']): Submission {
  const { engine, forms, services } = parts

  function errorsOfFirst({ service, versions }: DeclarationRecord): readonly ItemError[] {
    const offered = services.find(service)
    return offered && versions[0] ? foundErrors(forms, offered, versions[0].data) : []
  }

  async function replay(stored: StoredRecord, hash: string): Promise<SubmitResult> {
    const record = stored.body
    if (record.submissionHash !== hash) {
      throw new WindowFailure(
        'IDEMPOTENCY_KEY_REUSED',
        `Expected the declaration that idempotency key ${record.idempotencyKey} was first used for (${record.receiptNo}), found another; choose a new key`,
      )
    }
    await start(record)
    return { ...resultOf(record), replayed: true, errors: errorsOfFirst(record) }
  }

  return async (request) => {
    checkKey(request.idempotencyKey)
    const hash = contentHash({ service: request.service, operator: request.operator, data: request.data })
    const submissionKey = `${request.enterprise}/${request.idempotencyKey}`
    const earlier = await declarations.findSubmission(submissionKey)
    if (earlier) return replay(earlier, hash)

    const service = getService(services, request.service)
    const now = engine.clock.now()
    checkValidity(service, zonedDay(now, parts.zone))
    const errors = structuralErrors(forms.validate(service.formId, request.data))
    if (errors.length > 0)
      throw new WindowFailure('INVALID_ARGUMENT', `Expected data of the shape of form ${service.formId}; see errors`, errors)

    const processInstanceKey = await engine.newInstanceKey()
    const receiptNo = toReceiptNumber(processInstanceKey, now, parts.zone)
    const stored = await declarations.insert(toRecord(request, { receiptNo, processInstanceKey, submissionKey, hash, now }))
    if (!stored) {
      // Two requests with one key at the same time: the other one was first.
      const first = await declarations.findSubmission(submissionKey)
      if (first) return replay(first, hash)
      throw new Error(`Submission key ${submissionKey} is taken, but no declaration has it`)
    }
    await start(stored.body)
    return { ...resultOf(stored.body), replayed: false, errors: errorsOfFirst(stored.body) }
  }
}

/** @throws WindowFailure when no such service is offered. */
export function getService(services: ServiceCatalogue, id: string): Service {
  const service = services.find(id)
  if (service) return service
  const known = services.all().map((offered) => offered.id)
  throw new WindowFailure('NOT_FOUND', `Expected one of the services ${known.join(', ')}, found ${id}`)
}

/** @throws WindowFailure when the key is empty or too long. */
export function checkKey(idempotencyKey: string): void {
  if (idempotencyKey.length > 0 && idempotencyKey.length <= MAX_KEY_LENGTH) return
  throw new WindowFailure(
    'INVALID_ARGUMENT',
    `Expected an idempotency key of 1 to ${MAX_KEY_LENGTH} characters, found ${idempotencyKey.length}`,
  )
}

function checkValidity(service: Service, today: string): void {
  if (today < service.validFrom || (service.validTo !== undefined && today > service.validTo)) {
    throw new WindowFailure(
      'INVALID_STATE',
      `Service ${service.id} takes declarations from ${service.validFrom} to ${service.validTo ?? 'further notice'}`,
    )
  }
}

function toRecord(
  request: SubmitRequest,
  made: { receiptNo: string; processInstanceKey: string; submissionKey: string; hash: string; now: EpochMs },
): DeclarationRecord {
  const { service, enterprise, operator, data, idempotencyKey, openedBy } = request
  return {
    receiptNo: made.receiptNo,
    service,
    enterprise,
    operator,
    processInstanceKey: made.processInstanceKey,
    createdAt: made.now,
    updatedAt: made.now,
    idempotencyKey,
    ...(openedBy === undefined ? {} : { openedBy }),
    submissionKey: made.submissionKey,
    submissionHash: made.hash,
    started: false,
    pending: true,
    state: IN_PROGRESS,
    versions: [
      {
        version: 1,
        data,
        submittedAt: made.now,
        actor: actorFields(request.actor),
        hash: contentHash(data),
        idempotencyKey,
        announced: false,
      },
    ],
  }
}

/** A plain copy, for documents. */
export function actorFields(actor: Actor): Actor & JsonObject {
  return { id: actor.id, kind: actor.kind }
}

function resultOf(record: DeclarationRecord): Omit<SubmitResult, 'replayed' | 'errors'> {
  return { receiptNo: record.receiptNo, service: record.service, version: 1, submittedAt: record.createdAt }
}
