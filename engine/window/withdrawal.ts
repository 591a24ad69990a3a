import type { Actor } from '../kernel/index.ts'
import type { ChangeParts } from './amendment.ts'
import { WindowFailure } from './contract.ts'
import type { DeclarationRecord } from './declaration-record.ts'
import { otherContent, requireAction } from './next-action.ts'
import { actorFields, checkKey } from './submission.ts'
import type { WindowParts } from './window-parts.ts'

export interface WithdrawRequest {
  readonly reason: string
  readonly idempotencyKey: string
  readonly actor: Actor
}

/** Stores that the enterprise withdraws its declaration and tells the process, which decides what that means. */
export type Withdrawing = (receiptNo: string, change: WithdrawRequest) => Promise<void>

const MAX_REASON_LENGTH = 2000

export function withdrawing({ engine }: WindowParts, { declarations, announce, statusOf }: ChangeParts): Withdrawing {
  return async (receiptNo, change) => {
    checkKey(change.idempotencyKey)
    if (change.reason.length === 0 || change.reason.length > MAX_REASON_LENGTH) {
      throw new WindowFailure(
        'INVALID_ARGUMENT',
        `Expected a reason of 1 to ${MAX_REASON_LENGTH} characters, found ${change.reason.length}`,
      )
    }
    const found = await declarations.get(receiptNo)
    if (!isRepeat(found.body, change)) requireAction(await statusOf(found.body), 'withdraw')
    const stored = await declarations.update(receiptNo, (newest) => {
      if (isRepeat(newest, change)) return undefined
      const now = engine.clock.now()
      const { reason, idempotencyKey } = change
      const withdrawal = { reason, idempotencyKey, at: now, actor: actorFields(change.actor), announced: false }
      return { ...newest, withdrawal, pending: true, updatedAt: now }
    })
    await announce(stored.body)
  }
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
