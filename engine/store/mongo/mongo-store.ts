import type { JsonObject, ProcessInstanceKey } from '../../kernel/index.ts'
import type * as port from '../port.ts'
import { StoreFailure } from '../port.ts'
import { connect, type MongoConnection, withoutPassword } from './connection.ts'
import { InstanceCommits } from './instance-commits.ts'
import { KeyedQueue } from './keyed-queue.ts'
import type { OutboxRecord } from './models.ts'
import { MongoDefinitions } from './mongo-definitions.ts'
import { MongoDocuments } from './mongo-documents.ts'
import { toMongoFailure } from './mongo-failure.ts'
import { leaseKeys } from './mongo-keys.ts'
import { MongoMessages } from './mongo-messages.ts'
import { MongoRows } from './mongo-rows.ts'
import { toOutboxRecord, toOutboxRow } from './outbox-record.ts'

const MAX_CONCURRENT = 64

/**
 * All that is durable, in one MongoDB database that any number of nodes share. Uses single-document writes only,
 * so it runs on replica sets, sharded clusters and compatible servers.
 */
export class MongoStore implements port.Store {
  readonly location: string
  readonly #mongo: MongoConnection
  readonly #commits: InstanceCommits
  readonly #rows: MongoRows
  readonly #messages: MongoMessages
  readonly #definitions: MongoDefinitions
  readonly #queue = new KeyedQueue(MAX_CONCURRENT)
  readonly #collections = new Map<string, { readonly definition: string; readonly documents: MongoDocuments<never> }>()
  readonly #underWay = new Set<Promise<unknown>>()
  #closing: Promise<void> | undefined

  private constructor(location: string, mongo: MongoConnection) {
    this.location = location
    this.#mongo = mongo
    this.#commits = new InstanceCommits(mongo.models, mongo.server)
    this.#rows = new MongoRows(mongo.models, this.#queue)
    this.#messages = new MongoMessages(mongo.models)
    this.#definitions = new MongoDefinitions(mongo.models)
  }

  /** Connects, makes indexes and finishes what nodes that died have left. @throws StoreFailure `UNAVAILABLE` */
  static async open(url: string): Promise<MongoStore> {
    let mongo: MongoConnection | undefined
    try {
      mongo = await connect(url)
      const store = new MongoStore(withoutPassword(url), mongo)
      await store.#commits.recover()
      return store
    } catch (error) {
      await mongo?.connection.close()
      throw toMongoFailure(error)
    }
  }

  async leaseKeys(size: number): Promise<number> {
    if (!Number.isSafeInteger(size) || size < 1)
      throw new StoreFailure('INVALID_ARGUMENT', `Expected a whole number of keys, found ${size}`)
    return this.#perform(() => this.#queue.run('keys', () => leaseKeys(this.#mongo.models, size)))
  }

  commit(commit: port.InstanceCommit): Promise<void> {
    return this.#perform(() => this.#commits.commit(commit))
  }

  loadInstance(key: ProcessInstanceKey): Promise<port.StoredInstance | undefined> {
    return this.#perform(() => this.#commits.load(key))
  }

  loadHistory(key: ProcessInstanceKey): Promise<readonly port.HistoryEntry[]> {
    return this.#perform(() => this.#commits.loadHistory(key))
  }

  search<T extends port.TableName>(table: T, query: port.Query): Promise<port.Page<port.Tables[T]>> {
    return this.#perform(() => this.#rows.search(table, query))
  }

  find<T extends port.TableName>(table: T, key: string): Promise<port.Tables[T] | undefined> {
    return this.#perform(() => this.#rows.find(table, key))
  }

  leaseJobs(request: port.LeaseRequest): Promise<readonly port.JobRow[]> {
    return this.#perform(() => this.#rows.leaseJobs(request))
  }

  releaseJobs(leases: readonly { readonly key: string; readonly leaseToken: string }[], now: number): Promise<void> {
    return this.#perform(() => this.#rows.releaseJobs(leases, now))
  }

  nextJobAt(type: string): Promise<number | undefined> {
    return this.#perform(() => this.#rows.nextJobAt(type))
  }

  dueTimers(now: number, limit: number): Promise<readonly port.TimerRow[]> {
    return this.#perform(() => this.#rows.dueTimers(now, limit))
  }

  nextTimerAt(): Promise<number | undefined> {
    return this.#perform(() => this.#rows.nextTimerAt())
  }

  dropRow(table: port.TableName, key: string): Promise<void> {
    return this.#perform(() => this.#rows.drop(table, key))
  }

  dueOutbox(now: number, limit: number): Promise<readonly port.OutboxRow[]> {
    return this.#perform(async () => {
      if (limit < 1) return []
      const records = await this.#outbox.find({ availableAt: { $lte: now } }, { sort: { availableAt: 1, _id: 1 }, limit }).toArray()
      return (records as unknown as OutboxRecord[]).map(toOutboxRow)
    })
  }

  nextOutboxAt(): Promise<number | undefined> {
    return this.#perform(async () => {
      const record = await this.#outbox.findOne({}, { sort: { availableAt: 1 }, projection: { availableAt: 1 } })
      return record?.availableAt as number | undefined
    })
  }

  removeOutbox(keys: readonly string[]): Promise<void> {
    return this.#perform(async () => {
      if (keys.length > 0)
        await this.#outbox.bulkWrite(
          keys.map((_id) => ({ deleteOne: { filter: { _id: _id as never } } })),
          { ordered: false },
        )
    })
  }

  postponeOutbox(key: string, availableAt: number, attempts: number, error: string): Promise<void> {
    return this.#perform(async () => {
      await this.#outbox.updateOne({ _id: key as never }, { $set: { availableAt, attempts, lastError: error } })
    })
  }

  addOutbox(rows: readonly port.OutboxRow[]): Promise<void> {
    return this.#perform(async () => {
      const operations = rows.map((row) => {
        const { _id, ...fields } = toOutboxRecord(row)
        return { updateOne: { filter: { _id: _id as never }, update: { $setOnInsert: fields }, upsert: true } }
      })
      if (operations.length > 0) await this.#outbox.bulkWrite(operations, { ordered: false })
    })
  }

  saveDeployment(deployment: port.DeploymentRecord): Promise<void> {
    return this.#perform(() => this.#definitions.save(deployment))
  }

  listDefinitions(): Promise<readonly port.DefinitionRecord[]> {
    return this.#perform(() => this.#definitions.list())
  }

  loadResource(definitionKey: string): Promise<string | undefined> {
    return this.#perform(() => this.#definitions.loadResource(definitionKey))
  }

  insertMessage(message: port.MessageRow): Promise<void> {
    return this.#perform(() => this.#messages.insert(message))
  }

  bufferedMessages(tenantId: string, name: string, correlationKey: string, now: number): Promise<readonly port.MessageRow[]> {
    return this.#perform(() => this.#messages.buffered(tenantId, name, correlationKey, now))
  }

  claimMessage(messageKey: string, bpmnProcessId: string, claim: port.MessageClaim): Promise<boolean> {
    return this.#perform(() => this.#messages.claim(messageKey, bpmnProcessId, claim))
  }

  settleMessage(messageKey: string, bpmnProcessId: string, claim: port.MessageClaim | undefined): Promise<void> {
    return this.#perform(() => this.#messages.settle(messageKey, bpmnProcessId, claim))
  }

  unsettledMessages(limit: number): Promise<readonly port.MessageRow[]> {
    return this.#perform(() => this.#messages.unsettled(limit))
  }

  expireMessages(now: number, limit: number): Promise<number> {
    return this.#perform(() => this.#messages.expire(now, limit))
  }

  documents<T extends JsonObject>(collection: port.CollectionDefinition): port.DocumentCollection<T> {
    const definition = JSON.stringify([collection.indexes, collection.unique])
    const known = this.#collections.get(collection.name)
    if (known === undefined) {
      const { connection, models, server } = this.#mongo
      const host = { connection, models, server, queue: this.#queue, perform: <R>(work: () => Promise<R>) => this.#perform(work) }
      const documents = new MongoDocuments<T>(collection, host)
      this.#collections.set(collection.name, { definition, documents: documents as unknown as MongoDocuments<never> })
      return documents
    }
    if (known.definition !== definition) {
      throw new StoreFailure('INVALID_ARGUMENT', `Collection "${collection.name}" is in use with other indexes; define it in one place`)
    }
    return known.documents as unknown as MongoDocuments<T>
  }

  close(): Promise<void> {
    this.#closing ??= (async () => {
      await Promise.allSettled([...this.#underWay])
      try {
        await this.#commits.close()
      } catch {
        // What stays pending is finished by the next start.
      }
      await this.#mongo.connection.close()
    })()
    return this.#closing
  }

  get #outbox(): MongoConnection['models']['outbox']['collection'] {
    return this.#mongo.models.outbox.collection
  }

  async #perform<R>(work: () => Promise<R>): Promise<R> {
    if (this.#closing !== undefined) throw new StoreFailure('CLOSED', 'The store is closed')
    const running = work()
    this.#underWay.add(running)
    try {
      return await running
    } catch (error) {
      throw toMongoFailure(error)
    } finally {
      this.#underWay.delete(running)
    }
  }
}
