import type { Connection } from 'mongoose'
import type { JsonObject } from '../../kernel/index.ts'
import { checkQuery } from '../checked-query.ts'
import { checkCollection, collectionFields, indexedFields } from '../collection-fields.ts'
import { type CollectionDefinition, type DocumentCollection, type Page, type Query, type StoredDocument, StoreFailure } from '../port.ts'
import type { ServerTraits } from './connection.ts'
import type { KeyedQueue } from './keyed-queue.ts'
import type { Models } from './models.ts'
import { isDuplicateKey } from './mongo-failure.ts'
import { toFilter, toSort } from './mongo-filter.ts'
import { findPage } from './mongo-rows.ts'

export interface DocumentsHost {
  readonly connection: Connection
  readonly models: Models
  readonly server: ServerTraits
  readonly queue: KeyedQueue
  /** Counts the work as under way and turns errors into StoreFailures. */
  readonly perform: <R>(work: () => Promise<R>) => Promise<R>
}
type Native = Models['outbox']['collection']

export class MongoDocuments<T extends JsonObject> implements DocumentCollection<T> {
  readonly #collection: CollectionDefinition
  readonly #host: DocumentsHost
  readonly #native: Native
  #ensured: Promise<void> | undefined

  constructor(collection: CollectionDefinition, host: DocumentsHost) {
    checkCollection(collection)
    this.#collection = collection
    this.#host = host
    this.#native = host.connection.collection(`document_${collection.name}`) as unknown as Native
  }

  get(id: string): Promise<StoredDocument<T> | undefined> {
    return this.#perform(async () => {
      const record = await this.#native.findOne({ _id: id as never })
      return record === null ? undefined : decode<T>(record)
    })
  }

  insert(id: string, body: T): Promise<StoredDocument<T>> {
    return this.#perform(async () => {
      await this.#duplicateNamed(id, body, false, () => this.#native.insertOne({ _id: id as never, ...this.#encode(id, 1, body) }))
      return { id, revision: 1, body }
    })
  }

  replace(id: string, expectedRevision: number, body: T): Promise<StoredDocument<T>> {
    // One at a time a document: where the server's updates are not atomic, this is what makes the guard hold in a node.
    return this.#perform(() => this.#host.queue.run(`${this.#collection.name} ${id}`, () => this.#replace(id, expectedRevision, body)))
  }

  async #replace(id: string, expectedRevision: number, body: T): Promise<StoredDocument<T>> {
    const revision = expectedRevision + 1
    const guard = { _id: id as never, revision: expectedRevision }
    const { matchedCount } = await this.#duplicateNamed(id, body, true, () =>
      this.#native.replaceOne(guard, this.#encode(id, revision, body)),
    )
    if (matchedCount === 1) return { id, revision, body }
    const found = await this.#native.findOne({ _id: id as never }, { projection: { revision: 1 } })
    const what = `Document "${id}" of "${this.#collection.name}"`
    if (found === null) throw new StoreFailure('NOT_FOUND', `${what} does not exist`)
    throw new StoreFailure(
      'REVISION_CONFLICT',
      `${what}: expected revision ${expectedRevision}, found ${found.revision}; read it again and repeat the change`,
    )
  }

  delete(id: string): Promise<void> {
    return this.#perform(async () => {
      await this.#native.deleteOne({ _id: id as never })
    })
  }

  async find(query: Query): Promise<Page<StoredDocument<T>>> {
    const checked = checkQuery(query, collectionFields(this.#collection))
    return this.#perform(async () => {
      const page = { ...checked, order: toSort(checked, fieldName) }
      const { records, total } = await findPage(this.#native, toFilter(checked, fieldName), page)
      return { items: records.map((record) => decode<T>(record)), total }
    })
  }

  #perform<R>(work: () => Promise<R>): Promise<R> {
    return this.#host.perform(async () => {
      this.#ensured ??= this.#ensure().catch((error: unknown) => {
        this.#ensured = undefined
        throw error
      })
      await this.#ensured
      return work()
    })
  }

  #encode(id: string, revision: number, body: object): Record<string, unknown> {
    const record: Record<string, unknown> = { revision, body: JSON.stringify(body) }
    for (const field of indexedFields(this.#collection)) {
      const value = (body as Record<string, unknown>)[field]
      if (value !== undefined && value !== null) record[`f_${field}`] = searchable(value)
      // Not every server can leave documents out of an index, so those without the field get a value of their own.
      if (this.#collection.unique.includes(field))
        record[`u_${field}`] = JSON.stringify(value === undefined || value === null ? { of: id } : [value])
    }
    return record
  }

  async #duplicateNamed<R>(id: string, body: object, isReplace: boolean, write: () => Promise<R>): Promise<R> {
    try {
      return await write()
    } catch (error) {
      if (!isDuplicateKey(error)) throw error
      throw new StoreFailure('DUPLICATE', `Another document of "${this.#collection.name}" has the same value in a unique field`, {
        field: await this.#duplicateField(id, body, isReplace),
        cause: error,
      })
    }
  }

  /** Servers word the error differently, so the data is asked which field it was. */
  async #duplicateField(id: string, body: object, isReplace: boolean): Promise<string> {
    if (!isReplace && (await this.#native.findOne({ _id: id as never }, { projection: { _id: 1 } })) !== null) return 'id'
    const encoded = this.#encode(id, 1, body)
    for (const field of this.#collection.unique) {
      const other = await this.#native.findOne(
        { [`u_${field}`]: encoded[`u_${field}`], _id: { $ne: id as never } },
        { projection: { _id: 1 } },
      )
      if (other !== null) return field
    }
    return this.#collection.unique[0] ?? 'id'
  }

  /** Creates the indexes, and brings documents written under another definition to this one. */
  async #ensure(): Promise<void> {
    const { name, indexes, unique } = this.#collection
    const definition = JSON.stringify({ name, indexes, unique })
    const { collection } = this.#host.models.collection
    const known = await collection.findOne({ _id: name as never })
    if (known?.definition === definition) return
    if (known !== null) {
      await this.#native.dropIndexes()
      for await (const record of this.#native.find({})) {
        const { id, revision, body } = decode<T>(record)
        await this.#native.replaceOne({ _id: id as never, revision }, this.#encode(id, revision, body))
      }
    }
    for (const field of indexedFields(this.#collection)) await this.#native.createIndex({ [`f_${field}`]: 1 })
    for (const field of unique) await this.#native.createIndex({ [`u_${field}`]: 1 }, { unique: true })
    await collection.replaceOne({ _id: name as never }, { definition }, { upsert: true })
  }
}

/** Lists keep the elements that can be asked for; objects can only be asked whether they exist. */
function searchable(value: unknown): unknown {
  if (Array.isArray(value)) return value.filter((element) => typeof element !== 'object')
  return typeof value === 'object' ? [] : value
}

function fieldName(field: string): string {
  return field === 'id' ? '_id' : `f_${field}`
}

function decode<T>(record: object): StoredDocument<T> {
  const { _id, revision, body } = record as { _id: string; revision: number; body: string }
  return { id: _id, revision, body: JSON.parse(body) as T }
}
