import { type DeclarationStatus, WindowFailure } from './contract.ts'

/** @throws WindowFailure unless the declaration is at a point where the enterprise can do this. */
export function requireAction(status: DeclarationStatus, action: string): void {
  const { receiptNo, state, endedAt, nextActions } = status
  if (endedAt !== undefined) {
    throw new WindowFailure('INVALID_STATE', `Expected to ${action} declaration ${receiptNo}, but it ended as ${state}; file a new one`)
  }
  if (nextActions.some((next) => next.action === action)) return
  const possible = nextActions.map((next) => next.action).join(', ') || 'to wait'
  throw new WindowFailure(
    'INVALID_STATE',
    `Expected to ${action} declaration ${receiptNo}, but its process does not take that now; possible is ${possible}`,
  )
}

/** A key stands for one request and its content. */
export function otherContent(idempotencyKey: string, first: string): WindowFailure {
  return new WindowFailure(
    'IDEMPOTENCY_KEY_REUSED',
    `Expected the content that idempotency key ${idempotencyKey} was first used for (${first}), found another; choose a new key`,
  )
}
