import mongoose, { type Connection } from 'mongoose'
import { StoreFailure } from '../port.ts'
import { defineModels, type Models } from './models.ts'

const SERVER_SELECTION_TIMEOUT_MS = 10_000
const MAX_CONNECTIONS = 50
/** FerretDB 1 on SQLite stalls for seconds when writers meet: an update holds a read while it waits for the write lock. */
const FERRET_CONNECTIONS = 1
const DEFAULT_DATABASE = 'single-window'

export interface MongoConnection {
  readonly connection: Connection
  readonly models: Models
  readonly server: ServerTraits
}
export interface ServerTraits {
  /** Whether an update finds and changes a document in one step. FerretDB 1 reads, then writes; a node's own queue stands in. */
  readonly updatesAreAtomic: boolean
  /** Behind a router upserts must name the shard key. */
  readonly isSharded: boolean
  readonly canSparse: boolean
}

/** @throws StoreFailure `UNAVAILABLE` when no server answers. */
export async function connect(url: string): Promise<MongoConnection> {
  let connection = await open(url, MAX_CONNECTIONS)
  try {
    const server = await serverTraits(connection)
    if (!server.updatesAreAtomic) {
      await connection.close()
      connection = await open(url, FERRET_CONNECTIONS)
    }
    const models = defineModels(connection)
    await createIndexes(models, server)
    return { connection, models, server }
  } catch (error) {
    await connection.close()
    throw error
  }
}

async function open(url: string, maxPoolSize: number): Promise<Connection> {
  try {
    return await mongoose
      .createConnection(url, {
        ...(!url.includes('serverSelectionTimeoutMS=') && { serverSelectionTimeoutMS: SERVER_SELECTION_TIMEOUT_MS }),
        maxPoolSize,
        ...(databaseOf(url) === '' && { dbName: DEFAULT_DATABASE }),
        writeConcern: { w: 'majority', journal: true },
        readPreference: 'primary',
        bufferCommands: false,
        autoIndex: false,
        autoCreate: false,
      })
      .asPromise()
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    throw new StoreFailure('UNAVAILABLE', `No MongoDB server answers at ${withoutPassword(url)}: ${message}`, { cause: error })
  }
}

export function withoutPassword(url: string): string {
  return url.replace(/^(mongodb(?:\+srv)?:\/\/)[^@/]*@/, '$1')
}

function databaseOf(url: string): string {
  return /^mongodb(?:\+srv)?:\/\/[^/]+\/([^?]*)/.exec(url)?.[1] ?? ''
}

async function serverTraits(connection: Connection): Promise<ServerTraits> {
  const admin = connection.getClient().db('admin')
  const [build, hello] = await Promise.all([admin.command({ buildInfo: 1 }), admin.command({ hello: 1 })])
  const isFerret = 'ferretdb' in build || 'ferretdbVersion' in build
  return { updatesAreAtomic: !isFerret, isSharded: hello.msg === 'isdbgrid', canSparse: !isFerret }
}

async function createIndexes(models: Models, server: ServerTraits): Promise<void> {
  const { rows, ...others } = models
  for (const model of [...Object.values(others), ...Object.values(rows)]) {
    for (const [fields, options] of model.schema.indexes()) {
      const { unique, sparse } = options as { unique?: boolean; sparse?: boolean }
      await model.collection.createIndex(fields as Record<string, 1 | -1>, {
        ...(unique && { unique }),
        ...(sparse && server.canSparse && { sparse }),
      })
    }
  }
}
