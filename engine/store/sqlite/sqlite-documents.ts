import type { JsonObject } from '../../kernel/index.ts'
import { checkQuery } from '../checked-query.ts'
import { checkCollection, collectionFields } from '../collection-fields.ts'
import type { CollectionDefinition, DocumentCollection, Page, Query, StoredDocument } from '../port.ts'
import { documentColumn, documentTable, encodeDocument } from './document-columns.ts'
import type { ReadCalls, SqlRow, WriteCalls } from './protocol.ts'
import { selectBoth } from './select-both.ts'
import type { WorkerChannel } from './worker-channel.ts'

export class SqliteDocuments<T extends JsonObject> implements DocumentCollection<T> {
  readonly #collection: CollectionDefinition
  readonly #writer: WorkerChannel<WriteCalls>
  readonly #reader: WorkerChannel<ReadCalls>
  #ensured: Promise<void> | undefined

  constructor(collection: CollectionDefinition, writer: WorkerChannel<WriteCalls>, reader: WorkerChannel<ReadCalls>) {
    checkCollection(collection)
    this.#collection = collection
    this.#writer = writer
    this.#reader = reader
  }

  async get(id: string): Promise<StoredDocument<T> | undefined> {
    await this.#ensure()
    const [row] = await this.#reader.call('select', `SELECT id, revision, body FROM ${documentTable(this.#collection.name)} WHERE id = ?`, [
      id,
    ])
    return row && decode<T>(row)
  }

  async insert(id: string, body: T): Promise<StoredDocument<T>> {
    await this.#ensure()
    await this.#writer.call('insertDocument', encodeDocument(this.#collection, id, body))
    return { id, revision: 1, body }
  }

  async replace(id: string, expectedRevision: number, body: T): Promise<StoredDocument<T>> {
    await this.#ensure()
    await this.#writer.call('replaceDocument', encodeDocument(this.#collection, id, body), expectedRevision)
    return { id, revision: expectedRevision + 1, body }
  }

  async delete(id: string): Promise<void> {
    await this.#ensure()
    await this.#writer.call('deleteDocument', this.#collection.name, id)
  }

  async find(query: Query): Promise<Page<StoredDocument<T>>> {
    const checked = checkQuery(query, collectionFields(this.#collection))
    await this.#ensure()
    const table = documentTable(this.#collection.name)
    const { rows, total } = await selectBoth(
      this.#reader,
      { table, columns: 'id, revision, body', key: 'id', column: documentColumn, owner: table },
      checked,
    )
    return { items: rows.map((row) => decode<T>(row)), total }
  }

  /** Once is enough; after a failure the next call tries again. */
  #ensure(): Promise<void> {
    if (this.#ensured === undefined) {
      const ensured = this.#writer.call('ensureCollection', this.#collection)
      ensured.catch(() => {
        this.#ensured = undefined
      })
      this.#ensured = ensured
    }
    return this.#ensured
  }
}

function decode<T>([id, revision, body]: SqlRow): StoredDocument<T> {
  return { id: id as string, revision: revision as number, body: JSON.parse(body as string) as T }
}
