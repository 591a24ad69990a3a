import type { EpochMs, JsonObject } from '../kernel/index.ts'
import { type Store, StoreFailure } from '../store/index.ts'

/** An interchange that went to an agency: a CONTRL that comes later names it by its reference alone. */
export interface SentInterchange extends JsonObject {
  readonly agencyId: string
  readonly reference: string
  readonly receiptNo: string
  readonly version: number
  readonly messageType: string
  readonly sentAt: EpochMs
}

export interface SentInterchanges {
  /** The same interchange may be sent again. */
  remember(interchange: SentInterchange): Promise<void>
  find(agencyId: string, reference: string): Promise<SentInterchange | undefined>
}

export function sentInterchanges(store: Store): SentInterchanges {
  const collection = store.documents<SentInterchange>({ name: 'sent_interchanges', indexes: [], unique: [] })
  const idOf = (agencyId: string, reference: string) => `${agencyId}/${reference}`
  return {
    async remember(interchange) {
      try {
        await collection.insert(idOf(interchange.agencyId, interchange.reference), interchange)
      } catch (error) {
        if (!(error instanceof StoreFailure && error.code === 'DUPLICATE')) throw error
      }
    },
    find: async (agencyId, reference) => (await collection.get(idOf(agencyId, reference)))?.body,
  }
}
