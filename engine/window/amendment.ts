import type { Actor, JsonObject } from '../kernel/index.ts'
import { type Announcement, getServiceOf } from './announcement.ts'
import { contentHash } from './content-hash.ts'
import { type AmendResult, WindowFailure } from './contract.ts'
import { type DeclarationRecord, type Declarations, newestVersion } from './declaration-record.ts'
import type { DeclarationStatuses } from './declaration-status.ts'
import { foundErrors } from './found-errors.ts'
import { otherContent, requireAction } from './next-action.ts'
import { structuralErrors } from './structural-errors.ts'
import { actorFields, checkKey } from './submission.ts'
import type { WindowParts } from './window-parts.ts'

export interface AmendRequest {
  readonly data: JsonObject
  readonly expectedVersion: number
  readonly idempotencyKey: string
  readonly actor: Actor
}

export interface ChangeParts {
  readonly declarations: Declarations
  readonly announce: Announcement['announce']
  /** What the enterprise may do is read off the process, which may change on any command. */
  readonly statusOf: DeclarationStatuses['of']
}

/** Stores the next version of a declaration and tells its process. */
export type Amendment = (receiptNo: string, change: AmendRequest) => Promise<AmendResult>

export function amendment(parts: WindowParts, { declarations, announce, statusOf }: ChangeParts): Amendment {
  const { engine, forms } = parts
  return async (receiptNo, change) => {
    checkKey(change.idempotencyKey)
    const hash = contentHash(change.data)
    const { body: record } = await declarations.get(receiptNo)
    const service = getServiceOf(parts.services, record)
    const earlier = record.versions.find((v) => v.version > 1 && v.idempotencyKey === change.idempotencyKey)
    if (earlier) {
      if (earlier.hash !== hash) throw otherContent(change.idempotencyKey, `version ${earlier.version}`)
      await announce(record)
      return { version: earlier.version, errors: foundErrors(forms, service, earlier.data) }
    }
    const errors = structuralErrors(forms.validate(service.formId, change.data))
    if (errors.length > 0) {
      throw new WindowFailure('INVALID_ARGUMENT', `Expected data of the shape of form ${service.formId}; see errors`, errors)
    }
    checkVersion(record, change.expectedVersion)
    requireAction(await statusOf(record), 'amend')

    const stored = await declarations.update(receiptNo, (newest) => {
      const raced = newest.versions.find((v) => v.idempotencyKey === change.idempotencyKey && v.version > 1)
      if (raced && raced.hash === hash) return undefined
      checkVersion(newest, change.expectedVersion)
      return withVersion(newest, change, { hash, now: engine.clock.now() })
    })
    await announce(stored.body)
    return { version: change.expectedVersion + 1, errors: foundErrors(forms, service, change.data) }
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
