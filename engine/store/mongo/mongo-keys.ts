import { StoreFailure } from '../port.ts'
import type { KeyLeaseRecord, Models } from './models.ts'
import { isDuplicateKey } from './mongo-failure.ts'

/** First instance prefix ever leased; see the kernel's keys. */
const FIRST_PREFIX = 1_000_001
/** Each lost race means that another node got keys, so only a fault makes it last. */
const MAX_TRIES = 1_000
const KEPT_LEASES = 10

/** Leases are numbered records; inserting the next number decides between nodes on every server. */
export async function leaseKeys(models: Models, size: number): Promise<number> {
  const { collection } = models.keyLease
  for (let attempt = 0; attempt < MAX_TRIES; attempt += 1) {
    const last = (await collection.findOne({}, { sort: { _id: -1 } })) as unknown as KeyLeaseRecord | null
    const first = last?.next ?? FIRST_PREFIX
    const number = (last?._id ?? 0) + 1
    try {
      await collection.insertOne({ _id: number as never, next: first + size })
    } catch (error) {
      if (isDuplicateKey(error)) continue
      throw error
    }
    if (number % KEPT_LEASES === 0) await collection.deleteMany({ _id: { $lt: (number - KEPT_LEASES) as never } })
    return first
  }
  throw new StoreFailure('UNAVAILABLE', 'Other nodes keep taking the next keys; try again')
}
