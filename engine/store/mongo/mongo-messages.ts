import { type MessageClaim, type MessageRow, StoreFailure } from '../port.ts'
import type { ClaimRecord, MessageRecord, Models } from './models.ts'
import { isDuplicateKey } from './mongo-failure.ts'

/** Buffered messages. A claim is a record of its own, whose insertion decides between rivals on every server. */
export class MongoMessages {
  readonly #models: Models

  constructor(models: Models) {
    this.#models = models
  }

  async insert(message: MessageRow): Promise<void> {
    const { collection } = this.#models.message
    const record = toRecord(message)
    // An expired message that waits for its removal is no longer buffered, so its id is free.
    const expired = await collection.findOne({ dedup: record.dedup, expiresAt: { $lte: message.publishedAt } })
    if (expired !== null) await collection.updateOne({ _id: expired._id }, { $set: { dedup: ownDedup(String(expired._id)) } })
    try {
      await collection.insertOne(record as never)
    } catch (error) {
      if (!isDuplicateKey(error)) throw error
      const sameKey = (await collection.findOne({ _id: message.key as never })) !== null
      const text = sameKey
        ? `Message ${message.key} exists already`
        : `Message "${message.name}" with id "${message.messageId}" and correlation key "${message.correlationKey}" is still buffered`
      throw new StoreFailure('DUPLICATE', text, { field: sameKey ? 'key' : 'messageId', cause: error })
    }
    for (const [bpmnProcessId, claim] of Object.entries(message.claims)) await this.#insertClaim(message.key, bpmnProcessId, claim)
  }

  async buffered(tenantId: string, name: string, correlationKey: string, now: number): Promise<readonly MessageRow[]> {
    const records = await this.#models.message.collection
      .find({ tenantId, name, correlationKey, expiresAt: { $gt: now } }, { sort: { publishedAt: 1, _id: 1 } })
      .toArray()
    return this.#withClaims(records as unknown as MessageRecord[])
  }

  async claim(messageKey: string, bpmnProcessId: string, claim: MessageClaim): Promise<boolean> {
    if ((await this.#models.message.collection.findOne({ _id: messageKey as never }, { projection: { _id: 1 } })) === null) return false
    if (await this.#insertClaim(messageKey, bpmnProcessId, claim)) return true
    const { collection } = this.#models.claim
    const _id = claimId(messageKey, bpmnProcessId)
    const held = (await collection.findOne({ _id: _id as never })) as ClaimRecord | null
    if (held?.processInstanceKey !== claim.processInstanceKey) return false
    // A confirmed claim stays as it is; an open one of the same instance may move to another of its subscriptions.
    if (!held.confirmed) {
      const { subscriptionKey, confirmed } = claim
      await collection.updateOne(
        { _id: _id as never, processInstanceKey: claim.processInstanceKey, confirmed: false },
        { $set: { subscriptionKey, confirmed } },
      )
    }
    return true
  }

  async settle(messageKey: string, bpmnProcessId: string, claim: MessageClaim | undefined): Promise<void> {
    const { collection } = this.#models.claim
    const _id = claimId(messageKey, bpmnProcessId) as never
    if (claim === undefined) {
      await collection.deleteOne({ _id })
      return
    }
    const { processInstanceKey, subscriptionKey, confirmed } = claim
    const { matchedCount } = await collection.updateOne({ _id, processInstanceKey }, { $set: { subscriptionKey, confirmed } })
    if (matchedCount === 0) await this.claim(messageKey, bpmnProcessId, claim)
  }

  async unsettled(limit: number): Promise<readonly MessageRow[]> {
    const open = await this.#models.claim.collection.find({ confirmed: false }, { projection: { messageKey: 1 }, limit }).toArray()
    const keys = [...new Set(open.map(({ messageKey }) => messageKey as string))]
    if (keys.length === 0) return []
    const records = (await this.#models.message.collection
      .find({ _id: { $in: keys as never[] } }, { sort: { publishedAt: 1, _id: 1 } })
      .toArray()) as unknown as MessageRecord[]
    const found = new Set(records.map(({ _id }) => _id))
    // A claim made while its message was being removed has nothing left to settle.
    for (const messageKey of keys.filter((key) => !found.has(key))) await this.#models.claim.collection.deleteMany({ messageKey })
    return this.#withClaims(records)
  }

  async expire(now: number, limit: number): Promise<number> {
    if (limit < 1) return 0
    // Those held by open claims are few; looking past them keeps them from blocking the rest.
    const open = await this.#models.claim.collection.find({ confirmed: false }, { projection: { messageKey: 1 } }).toArray()
    const held = new Set(open.map(({ messageKey }) => messageKey as string))
    const expired = await this.#models.message.collection
      .find({ expiresAt: { $lte: now } }, { projection: { _id: 1 }, sort: { expiresAt: 1 }, limit: limit + held.size })
      .toArray()
    const keys = expired
      .map(({ _id }) => String(_id))
      .filter((key) => !held.has(key))
      .slice(0, limit)
    for (const key of keys) {
      await this.#models.message.collection.deleteOne({ _id: key as never })
      await this.#models.claim.collection.deleteMany({ messageKey: key })
    }
    return keys.length
  }

  async #insertClaim(messageKey: string, bpmnProcessId: string, claim: MessageClaim): Promise<boolean> {
    const { processInstanceKey, subscriptionKey, confirmed } = claim
    const record: ClaimRecord = {
      _id: claimId(messageKey, bpmnProcessId),
      messageKey,
      bpmnProcessId,
      processInstanceKey,
      subscriptionKey,
      confirmed,
    }
    try {
      await this.#models.claim.collection.insertOne(record as never)
      return true
    } catch (error) {
      if (!isDuplicateKey(error)) throw error
      return false
    }
  }

  async #withClaims(records: readonly MessageRecord[]): Promise<readonly MessageRow[]> {
    if (records.length === 0) return []
    const claims = (await this.#models.claim.collection
      .find({ messageKey: { $in: records.map(({ _id }) => _id) } })
      .toArray()) as unknown as ClaimRecord[]
    return records.map((record) =>
      toMessage(
        record,
        claims.filter(({ messageKey }) => messageKey === record._id),
      ),
    )
  }
}

function claimId(messageKey: string, bpmnProcessId: string): string {
  return `${messageKey} ${bpmnProcessId}`
}

/** Stands in for "no message id" in an index that takes each value once. */
function ownDedup(messageKey: string): string {
  return JSON.stringify([messageKey])
}

function toRecord({ key, variables, claims: _, ...message }: MessageRow): MessageRecord {
  const { tenantId, name, correlationKey, messageId } = message
  const dedup = messageId === undefined ? ownDedup(key) : JSON.stringify([tenantId, name, correlationKey, messageId])
  return { ...message, _id: key, variables: JSON.stringify(variables), dedup }
}

function toMessage({ _id, variables, dedup: _, ...message }: MessageRecord, claims: readonly ClaimRecord[]): MessageRow {
  return {
    ...message,
    key: _id,
    variables: JSON.parse(variables),
    claims: Object.fromEntries(
      claims.map(({ bpmnProcessId, processInstanceKey, subscriptionKey, confirmed }) => [
        bpmnProcessId,
        { processInstanceKey, subscriptionKey, confirmed },
      ]),
    ),
  }
}
