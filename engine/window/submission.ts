import type { Actor, EpochMs, JsonObject, Variables } from '../kernel/index.ts'
import { contentHash } from './content-hash.ts'
import { type Service, type SubmitRequest, type SubmitResult, WindowFailure } from './contract.ts'
import { evaluateFacts } from './declaration-facts.ts'
import { type DeclarationRecord, type Declarations, IN_PROGRESS, newestVersion, type StoredRecord } from './declaration-record.ts'
import type { EnterpriseCredit } from './enterprise-credit.ts'
import { toReceiptNumber } from './receipt-number.ts'
import { structuralErrors } from './structural-errors.ts'
import { TENANT, WINDOW_ACTOR, type WindowParts } from './window-parts.ts'
import { zonedDay } from './zoned-time.ts'

/** Takes declarations in and starts their processes. */
export interface Submission {
  submit(request: SubmitRequest): Promise<SubmitResult>
  /** Starts the process of a stored declaration unless it runs already. Safe to repeat. */
  start(record: DeclarationRecord): Promise<void>
}

/** Longest key an enterprise may choose; it becomes part of an index. */
const MAX_KEY_LENGTH = 200

export function submission(parts: WindowParts, declarations: Declarations, credit: EnterpriseCredit): Submission {
  const { engine, forms, services } = parts

  /**
   * The instance's key is stored with the declaration before the instance exists. Whoever finds `started: false` (the
   * enterprise's retry, or the sweep after a crash) creates the instance under that same key, which the engine does once.
   */
  async function start(record: DeclarationRecord): Promise<void> {
    if (record.started) return
    const service = getService(record.service)
    const variables = await startVariables(record, service)
    await engine.createInstance({
      bpmnProcessId: service.bpmnProcessId,
      processInstanceKey: record.processInstanceKey as NonNullable<Parameters<typeof engine.createInstance>[0]['processInstanceKey']>,
      variables,
      tenantId: TENANT,
      businessKey: record.receiptNo,
      actor: WINDOW_ACTOR,
    })
    await declarations.update(record.receiptNo, (newest) =>
      newest.started ? undefined : { ...newest, started: true, pending: isPending(newest), versions: announceFirst(newest) },
    )
  }

  async function startVariables(record: DeclarationRecord, service: Service): Promise<Variables> {
    const { receiptNo, enterprise, operator } = record
    const { version, data } = newestVersion(record)
    const facts = evaluateFacts(services.facts(service.id), { receiptNo, data }, { now: engine.clock.now(), zone: parts.zone })
    return { receiptNo, version, service: service.id, enterprise, operator, facts, creditClass: await credit.classOf(enterprise) }
  }

  function getService(id: string): Service {
    const service = services.find(id)
    if (!service)
      throw new WindowFailure(
        'NOT_FOUND',
        `Expected one of the services ${services
          .all()
          .map((s) => s.id)
          .join(', ')}, found ${id}`,
      )
    return service
  }

  async function replay(stored: StoredRecord, hash: string): Promise<SubmitResult> {
    const record = stored.body
    if (record.submissionHash !== hash) {
      throw new WindowFailure(
        'INVALID_ARGUMENT',
        `Expected the declaration that idempotency key ${record.idempotencyKey} was first used for (${record.receiptNo}), found another; choose a new key`,
      )
    }
    await start(record)
    return { ...resultOf(record), replayed: true }
  }

  return {
    start,
    async submit(request) {
      checkKey(request.idempotencyKey)
      const hash = contentHash({ service: request.service, operator: request.operator, data: request.data })
      const submissionKey = `${request.enterprise}/${request.idempotencyKey}`
      const earlier = await declarations.findSubmission(submissionKey)
      if (earlier) return replay(earlier, hash)

      const service = getService(request.service)
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
      return { ...resultOf(stored.body), replayed: false }
    },
  }
}

/** @throws WindowFailure when the key is empty or too long. */
export function checkKey(idempotencyKey: string): void {
  if (idempotencyKey.length > 0 && idempotencyKey.length <= MAX_KEY_LENGTH) return
  throw new WindowFailure(
    'INVALID_ARGUMENT',
    `Expected an idempotency key of 1 to ${MAX_KEY_LENGTH} characters, found ${idempotencyKey.length}`,
  )
}

/** True while the process has not been told of something. */
export function isPending(record: DeclarationRecord): boolean {
  return record.versions.some((v) => v.version > 1 && !v.announced) || record.withdrawal?.announced === false
}

/** The start itself tells the process of the first version. */
function announceFirst(record: DeclarationRecord): DeclarationRecord['versions'] {
  return record.versions.map((v) => (v.version === 1 ? { ...v, announced: true } : v))
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
  const { service, enterprise, operator, data, idempotencyKey } = request
  return {
    receiptNo: made.receiptNo,
    service,
    enterprise,
    operator,
    processInstanceKey: made.processInstanceKey,
    createdAt: made.now,
    updatedAt: made.now,
    idempotencyKey,
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

function resultOf(record: DeclarationRecord): Omit<SubmitResult, 'replayed'> {
  return { receiptNo: record.receiptNo, service: record.service, version: 1, submittedAt: record.createdAt }
}
