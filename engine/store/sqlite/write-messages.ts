import { type MessageRow, StoreFailure } from '../port.ts'
import type { WriteCalls } from './protocol.ts'
import type { Statements } from './statements.ts'

type MessageCalls = Pick<WriteCalls, 'insertMessage' | 'claimMessage' | 'settleMessage' | 'expireMessages'>

export function messageCalls(statements: Statements): MessageCalls {
  return {
    insertMessage: (message) => insertMessage(statements, message),
    claimMessage: (messageKey, bpmnProcessId, { processInstanceKey, subscriptionKey, confirmed }) => {
      // A confirmed claim stays as it is; an open one of the same instance may move to another of its subscriptions.
      const claimed = statements.run(
        `INSERT INTO message_claim (messageKey, bpmnProcessId, processInstanceKey, subscriptionKey, confirmed)
         SELECT key, ?, ?, ?, ? FROM message WHERE key = ?
         ON CONFLICT (messageKey, bpmnProcessId) DO UPDATE SET
           subscriptionKey = CASE WHEN confirmed = 1 THEN subscriptionKey ELSE excluded.subscriptionKey END, confirmed = max(confirmed, excluded.confirmed)
         WHERE processInstanceKey = excluded.processInstanceKey`,
        ...[bpmnProcessId, processInstanceKey, subscriptionKey, confirmed ? 1 : 0, messageKey],
      )
      return claimed === 1
    },
    settleMessage: (messageKey, bpmnProcessId, claim) => {
      if (claim === undefined) {
        statements.run('DELETE FROM message_claim WHERE messageKey = ? AND bpmnProcessId = ?', messageKey, bpmnProcessId)
        return
      }
      statements.run(
        `INSERT INTO message_claim (messageKey, bpmnProcessId, processInstanceKey, subscriptionKey, confirmed)
         SELECT key, ?, ?, ?, ? FROM message WHERE key = ?
         ON CONFLICT (messageKey, bpmnProcessId) DO UPDATE SET subscriptionKey = excluded.subscriptionKey, confirmed = excluded.confirmed
         WHERE processInstanceKey = excluded.processInstanceKey`,
        ...[bpmnProcessId, claim.processInstanceKey, claim.subscriptionKey, claim.confirmed ? 1 : 0, messageKey],
      )
    },
    expireMessages: (now, limit) => {
      const keys = statements.rows(
        `SELECT key FROM message WHERE expiresAt <= ?
         AND NOT EXISTS (SELECT 1 FROM message_claim WHERE messageKey = message.key AND confirmed = 0) ORDER BY expiresAt LIMIT ?`,
        now,
        limit,
      )
      for (const [key] of keys) {
        statements.run('DELETE FROM message_claim WHERE messageKey = ?', key)
        statements.run('DELETE FROM message WHERE key = ?', key)
      }
      return keys.length
    },
  }
}

function insertMessage(statements: Statements, message: MessageRow): void {
  const { key, tenantId, name, correlationKey, messageId, publishedAt, expiresAt } = message
  const dedup = messageId === undefined ? null : JSON.stringify([tenantId, name, correlationKey, messageId])
  // An expired message that waits for its removal is no longer buffered, so its id is free.
  if (dedup !== null) statements.run('UPDATE message SET dedup = NULL WHERE dedup = ? AND expiresAt <= ?', dedup, publishedAt)
  const inserted = statements.run(
    `INSERT INTO message (key, tenantId, name, correlationKey, messageId, publishedAt, expiresAt, variables, dedup)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
    ...[key, tenantId, name, correlationKey, messageId ?? null, publishedAt, expiresAt, JSON.stringify(message.variables), dedup],
  )
  if (inserted === 0) {
    const sameKey = statements.value('SELECT 1 FROM message WHERE key = ?', key) === 1
    const text = sameKey
      ? `Message ${key} exists already`
      : `Message "${name}" with id "${messageId}" and correlation key "${correlationKey}" is still buffered`
    throw new StoreFailure('DUPLICATE', text, { field: sameKey ? 'key' : 'messageId' })
  }
  for (const [bpmnProcessId, claim] of Object.entries(message.claims)) {
    statements.run(
      'INSERT INTO message_claim (messageKey, bpmnProcessId, processInstanceKey, subscriptionKey, confirmed) VALUES (?, ?, ?, ?, ?)',
      ...[key, bpmnProcessId, claim.processInstanceKey, claim.subscriptionKey, claim.confirmed ? 1 : 0],
    )
  }
}
