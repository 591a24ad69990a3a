import type { Actor, EpochMs, JsonObject } from '../kernel/index.ts'
import type { CollectionDefinition, DocumentCollection, Query, Store, StoredDocument } from '../store/index.ts'
import { StoreFailure } from '../store/index.ts'
import { type Declaration, WindowFailure } from './contract.ts'

/** One version of a declaration's data. */
export interface DeclarationVersion extends JsonObject {
  readonly version: number
  readonly data: JsonObject
  readonly submittedAt: EpochMs
  readonly actor: Actor & JsonObject
  /** SHA-256 of the data. */
  readonly hash: string
  readonly idempotencyKey: string
  /** False until the process was told of it. */
  readonly announced: boolean
}
export interface Withdrawal extends JsonObject {
  readonly reason: string
  readonly at: EpochMs
  readonly actor: Actor & JsonObject
  readonly idempotencyKey: string
  readonly announced: boolean
}

/** The declaration's document: the id is the receipt number. */
export interface DeclarationRecord extends Declaration {
  /** `<enterprise>/<idempotency key>`: unique, so the same submission cannot make two. */
  readonly submissionKey: string
  /** SHA-256 of what was submitted: tells a repeat from another submission under the same key. */
  readonly submissionHash: string
  readonly versions: readonly DeclarationVersion[]
  /** True while the process has something to be told: a start, an amendment or a withdrawal. */
  readonly pending: boolean
  /** `in-progress`, or what the declaration ended as. Follows the process at a short distance. */
  readonly state: string
  readonly withdrawal?: Withdrawal
  readonly endedAt?: EpochMs
}
export type StoredRecord = StoredDocument<DeclarationRecord>

export const IN_PROGRESS = 'in-progress'

const DECLARATIONS: CollectionDefinition = {
  name: 'declarations',
  indexes: ['receiptNo', 'enterprise', 'service', 'operator', 'createdAt', 'pending', 'state', 'submissionKey', 'openedBy'],
  unique: ['submissionKey'],
}

/** The declarations of a store. */
export interface Declarations {
  find(receiptNo: string): Promise<StoredRecord | undefined>
  /** @throws WindowFailure `NOT_FOUND`. */
  get(receiptNo: string): Promise<StoredRecord>
  findSubmission(submissionKey: string): Promise<StoredRecord | undefined>
  /** Undefined when the submission key is taken. */
  insert(record: DeclarationRecord): Promise<StoredRecord | undefined>
  /**
   * Writes what `change` makes of the newest record, again when someone else was faster; nothing when it returns
   * `undefined`. Resolves with the record as it then is.
   */
  update(receiptNo: string, change: (record: DeclarationRecord) => DeclarationRecord | undefined): Promise<StoredRecord>
  search(query: Query): Promise<{ readonly items: readonly StoredRecord[]; readonly total: number }>
}

export function openDeclarations(store: Store): Declarations {
  const collection: DocumentCollection<DeclarationRecord> = store.documents(DECLARATIONS)
  const get = async (receiptNo: string) => {
    const found = await collection.get(receiptNo)
    if (!found) throw new WindowFailure('NOT_FOUND', `Expected a declaration with receipt number ${receiptNo}, but there is none`)
    return found
  }
  return {
    find: (receiptNo) => collection.get(receiptNo),
    get,
    findSubmission: async (submissionKey) => (await collection.find({ filter: { submissionKey }, limit: 1 })).items[0],
    async insert(record) {
      try {
        return await collection.insert(record.receiptNo, record)
      } catch (error) {
        if (error instanceof StoreFailure && error.code === 'DUPLICATE' && error.field === 'submissionKey') return undefined
        throw error
      }
    },
    async update(receiptNo, change) {
      for (;;) {
        const stored = await get(receiptNo)
        const changed = change(stored.body)
        if (!changed) return stored
        try {
          return await collection.replace(receiptNo, stored.revision, changed)
        } catch (error) {
          if (error instanceof StoreFailure && error.code === 'REVISION_CONFLICT') continue
          throw error
        }
      }
    },
    search: (query) => collection.find(query),
  }
}

/** The version asked for, or the newest. */
export function versionOf(record: DeclarationRecord, version?: number): DeclarationVersion | undefined {
  return version === undefined ? record.versions.at(-1) : record.versions.find((v) => v.version === version)
}

/** The newest version; a record is never without one. */
export function newestVersion(record: DeclarationRecord): DeclarationVersion {
  const newest = record.versions.at(-1)
  if (!newest) throw new Error(`Declaration ${record.receiptNo} is stored without a version`)
  return newest
}
