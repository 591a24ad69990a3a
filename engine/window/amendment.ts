import type { Actor, JsonObject } from '../kernel/index.ts'
import { contentHash } from './content-hash.ts'
import type { DeclarationStatus } from './contract.ts'
import { type Service, WindowFailure } from './contract.ts'
import { type DeclarationRecord, type Declarations, newestVersion, type StoredRecord } from './declaration-record.ts'
import { publishOnce } from './publish-once.ts'
import { structuralErrors } from './structural-errors.ts'
import { actorFields, checkKey, isPending, type Submission } from './submission.ts'
import { WINDOW_ACTOR, type WindowParts } from './window-parts.ts'

/** Later changes of a declaration by the enterprise. */
export interface Amendment {
  amend(receiptNo: string, change: AmendRequest): Promise<{ readonly version: number }>
  withdraw(receiptNo: string, change: WithdrawRequest): Promise<void>
  /** Tells the process what it has not been told: start, amendments, withdrawal. Safe to repeat. */
  announce(record: DeclarationRecord): Promise<void>
}
export interface AmendRequest {
  readonly data: JsonObject
  readonly expectedVersion: number
  readonly idempotencyKey: string
  readonly actor: Actor
}
export interface WithdrawRequest {
  readonly reason: string
  readonly idempotencyKey: string
  readonly actor: Actor
}

const MAX_REASON_LENGTH = 2000

/** @param statusOf what the enterprise may do is read off the process, which may change on any command */
export function amendment(
  parts: WindowParts,
  declarations: Declarations,
  start: Submission['start'],
  statusOf: (record: DeclarationRecord) => Promise<DeclarationStatus>,
): Amendment {
  const { engine, forms } = parts

  function serviceOf(record: DeclarationRecord): Service {
    const service = parts.services.find(record.service)
    if (!service)
      throw new WindowFailure('INVALID_STATE', `Service ${record.service} of declaration ${record.receiptNo} is no longer offered`)
    return service
  }

  async function announce(record: DeclarationRecord): Promise<void> {
    if (!record.pending) return
    await start(record)
    const { receiptNo } = record
    const { amended, withdrawn } = serviceOf(record).messages
    for (const { version, announced } of record.versions) {
      if (version === 1 || announced) continue
      await publishOnce(engine, { name: amended, receiptNo, messageId: `${receiptNo}-v${version}`, variables: { version } }, WINDOW_ACTOR)
    }
    if (record.withdrawal?.announced === false) {
      const withdrawal = { reason: record.withdrawal.reason }
      await publishOnce(
        engine,
        { name: withdrawn, receiptNo, messageId: `${receiptNo}-withdrawal`, variables: { withdrawal } },
        WINDOW_ACTOR,
      )
    }
    await markAnnounced(record)
  }

  /** Only what this caller has told; a version that came meanwhile stays pending. */
  async function markAnnounced(told: DeclarationRecord): Promise<void> {
    const last = newestVersion(told).version
    await declarations.update(told.receiptNo, (newest) => {
      if (!newest.pending) return undefined
      const versions = newest.versions.map((v) => (v.version <= last ? { ...v, announced: true } : v))
      const withdrawal = newest.withdrawal && told.withdrawal ? { withdrawal: { ...newest.withdrawal, announced: true } } : {}
      const changed = { ...newest, versions, ...withdrawal }
      return { ...changed, pending: isPending(changed) }
    })
  }

  async function requireAction(record: DeclarationRecord, action: string, wayOut: string): Promise<void> {
    const status = await statusOf(record)
    if (status.endedAt !== undefined) {
      throw new WindowFailure('INVALID_STATE', `Declaration ${record.receiptNo} ended as ${status.state}; ${wayOut}`)
    }
    if (!status.nextActions.some((next) => next.action === action)) {
      throw new WindowFailure('INVALID_STATE', `Declaration ${record.receiptNo} is at a point where it cannot ${action}; ${wayOut}`)
    }
  }

  return {
    announce,
    async amend(receiptNo, change) {
      checkKey(change.idempotencyKey)
      const hash = contentHash(change.data)
      const { body: record } = await declarations.get(receiptNo)
      const earlier = record.versions.find((v) => v.version > 1 && v.idempotencyKey === change.idempotencyKey)
      if (earlier) {
        if (earlier.hash !== hash) throw otherContent(change.idempotencyKey, `version ${earlier.version}`)
        await announce(record)
        return { version: earlier.version }
      }
      const errors = structuralErrors(forms.validate(serviceOf(record).formId, change.data))
      if (errors.length > 0) {
        throw new WindowFailure('INVALID_ARGUMENT', `Expected data of the shape of form ${serviceOf(record).formId}; see errors`, errors)
      }
      checkVersion(record, change.expectedVersion)
      await requireAction(record, 'amend', 'see nextActions of its status')

      const stored = await declarations.update(receiptNo, (newest) => {
        const raced = newest.versions.find((v) => v.idempotencyKey === change.idempotencyKey && v.version > 1)
        if (raced && raced.hash === hash) return undefined
        checkVersion(newest, change.expectedVersion)
        return withVersion(newest, change, { hash, now: engine.clock.now() })
      })
      await announce(stored.body)
      return { version: change.expectedVersion + 1 }
    },

    async withdraw(receiptNo, change) {
      checkKey(change.idempotencyKey)
      if (change.reason.length === 0 || change.reason.length > MAX_REASON_LENGTH) {
        throw new WindowFailure(
          'INVALID_ARGUMENT',
          `Expected a reason of 1 to ${MAX_REASON_LENGTH} characters, found ${change.reason.length}`,
        )
      }
      const found: StoredRecord = await declarations.get(receiptNo)
      if (!isRepeat(found.body, change)) await requireAction(found.body, 'withdraw', 'see nextActions of its status')
      const stored = await declarations.update(receiptNo, (newest) => {
        if (isRepeat(newest, change)) return undefined
        const now = engine.clock.now()
        const { reason, idempotencyKey } = change
        const withdrawal = { reason, idempotencyKey, at: now, actor: actorFields(change.actor), announced: false }
        return { ...newest, withdrawal, pending: true, updatedAt: now }
      })
      await announce(stored.body)
    },
  }
}

function withVersion(
  record: DeclarationRecord,
  change: AmendRequest,
  made: { readonly hash: string; readonly now: number },
): DeclarationRecord {
  const { data, idempotencyKey, actor } = change
  const version = newestVersion(record).version + 1
  const added = { version, data, submittedAt: made.now, actor: actorFields(actor), hash: made.hash, idempotencyKey, announced: false }
  return { ...record, versions: [...record.versions, added], pending: true, updatedAt: made.now }
}

function checkVersion(record: DeclarationRecord, expected: number): void {
  const newest = newestVersion(record).version
  if (newest === expected) return
  throw new WindowFailure(
    'VERSION_CONFLICT',
    `Expected to amend version ${expected} of ${record.receiptNo}, but the newest is ${newest}; look at it and amend that`,
  )
}

/**
 * True when this very withdrawal is stored.
 * @throws WindowFailure when another one is.
 */
function isRepeat(record: DeclarationRecord, change: WithdrawRequest): boolean {
  const { withdrawal } = record
  if (!withdrawal) return false
  if (withdrawal.idempotencyKey !== change.idempotencyKey) {
    throw new WindowFailure('INVALID_STATE', `Declaration ${record.receiptNo} was withdrawn before; nothing is left to do`)
  }
  if (withdrawal.reason !== change.reason) throw otherContent(change.idempotencyKey, 'a withdrawal with another reason')
  return true
}

function otherContent(idempotencyKey: string, first: string): WindowFailure {
  return new WindowFailure(
    'INVALID_ARGUMENT',
    `Expected the content that idempotency key ${idempotencyKey} was first used for (${first}), found another; choose a new key`,
  )
}
