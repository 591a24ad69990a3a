import type { Actor, EpochMs, JsonObject } from '../kernel/index.ts'
import { type CollectionDefinition, StoreFailure } from '../store/index.ts'
import { getServiceOf } from './announcement.ts'
import { contentHash } from './content-hash.ts'
import { WindowFailure } from './contract.ts'
import type { Declarations } from './declaration-record.ts'
import type { DeclarationStatuses } from './declaration-status.ts'
import { foundErrors } from './found-errors.ts'
import { otherContent, requireAction } from './next-action.ts'
import { publishOnce } from './publish-once.ts'
import { actorFields, checkKey } from './submission.ts'
import type { WindowParts } from './window-parts.ts'

/**
 * What an enterprise tells a running case beside amending it: a batch that leaves the zone, a changed time of arrival. Kinds are
 * named by the service (`service.json`, `notices`); each has a form of its own and a message that brings it to the process.
 */
export interface Notice extends JsonObject {
  readonly receiptNo: string
  readonly kind: string
  /** Counts the case's notices from 1. */
  readonly number: number
  readonly data: JsonObject
  readonly at: EpochMs
  readonly actor: Actor & JsonObject
  readonly idempotencyKey: string
  /** False until the process was told. */
  readonly announced: boolean
}
export interface NoticeRequest {
  readonly data: JsonObject
  readonly idempotencyKey: string
  readonly actor: Actor
}
export interface NoticeResult {
  readonly noticeNo: string
  readonly number: number
  readonly replayed: boolean
}

export interface Notices {
  /** Takes a notice that is right in all and tells the process. @throws WindowFailure with the errors of what is wrong. */
  give(receiptNo: string, kind: string, request: NoticeRequest): Promise<NoticeResult>
  list(receiptNo: string): Promise<readonly Notice[]>
  /** Tells processes what a crash left untold. */
  finishPending(): Promise<void>
}

const NOTICES: CollectionDefinition = { name: 'notices', indexes: ['receiptNo', 'number', 'announced', 'noticeKey'], unique: ['noticeKey'] }
const MOST_NOTICES = 1_000

export function notices(parts: WindowParts, declarations: Declarations, statusOf: DeclarationStatuses['of']): Notices {
  const { engine, forms, services, store } = parts
  const collection = store.documents<Notice>(NOTICES)

  async function announce(notice: Notice): Promise<void> {
    if (notice.announced) return
    const { receiptNo, kind, number, data, idempotencyKey } = notice
    const { body: record } = await declarations.get(receiptNo)
    const spoken = getServiceOf(services, record).notices?.[kind]
    if (spoken) {
      const variables = { [kind]: { ...data, noticeNo: noticeNoOf(notice), number } }
      const message = { name: spoken.message, receiptNo, messageId: `${receiptNo}-${kind}-${idempotencyKey}`, variables }
      await publishOnce(engine, message, notice.actor as Actor)
    }
    const stored = await collection.get(noticeNoOf(notice))
    if (stored && !stored.body.announced) await collection.replace(stored.id, stored.revision, { ...stored.body, announced: true })
  }

  async function replay(notice: Notice, data: JsonObject): Promise<NoticeResult> {
    if (contentHash(notice.data) !== contentHash(data)) throw otherContent(notice.idempotencyKey, `notice ${notice.number}`)
    await announce(notice)
    return { noticeNo: noticeNoOf(notice), number: notice.number, replayed: true }
  }

  const findBy = async (noticeKey: string) => (await collection.find({ filter: { noticeKey }, limit: 1 })).items[0]?.body

  return {
    async give(receiptNo, kind, { data, idempotencyKey, actor }) {
      checkKey(idempotencyKey)
      const { body: record } = await declarations.get(receiptNo)
      const service = getServiceOf(services, record)
      const spoken = service.notices?.[kind]
      if (!spoken) {
        const known = Object.keys(service.notices ?? {}).join(', ') || 'none'
        throw new WindowFailure('NOT_FOUND', `Expected a kind of notice that ${service.id} takes (${known}), found ${kind}`)
      }
      const noticeKey = `${receiptNo}/${kind}/${idempotencyKey}`
      const earlier = await findBy(noticeKey)
      if (earlier) return replay(earlier, data)
      const errors = foundErrors(forms, { id: service.id, formId: spoken.formId }, data)
      if (errors.length > 0)
        throw new WindowFailure('INVALID_ARGUMENT', `Expected a notice that form ${spoken.formId} finds right; see errors`, errors)
      requireAction(await statusOf(record), `notice:${kind}`)
      for (;;) {
        const { total } = await collection.find({ filter: { receiptNo }, limit: 1 })
        const at = engine.clock.now()
        const notice: Notice = {
          receiptNo,
          kind,
          number: total + 1,
          data,
          at,
          actor: actorFields(actor),
          idempotencyKey,
          announced: false,
          noticeKey,
        }
        try {
          await collection.insert(noticeNoOf(notice), notice)
        } catch (error) {
          if (!(error instanceof StoreFailure && error.code === 'DUPLICATE')) throw error
          // The number went to another notice, or this very one was faster on another way.
          const first = await findBy(noticeKey)
          if (first) return replay(first, data)
          continue
        }
        await announce(notice)
        return { noticeNo: noticeNoOf(notice), number: notice.number, replayed: false }
      }
    },
    async list(receiptNo) {
      const page = await collection.find({ filter: { receiptNo }, sort: [{ field: 'number', order: 'asc' }], limit: MOST_NOTICES })
      return page.items.map(({ body }) => body)
    },
    async finishPending() {
      const page = await collection.find({ filter: { announced: false }, limit: MOST_NOTICES })
      for (const { body } of page.items) {
        await announce(body).catch((error: unknown) =>
          parts.log('error', 'A notice is left untold', { notice: noticeNoOf(body), error: String(error) }),
        )
      }
    },
  }
}

function noticeNoOf({ receiptNo, number }: Notice): string {
  return `${receiptNo}-${number}`
}
