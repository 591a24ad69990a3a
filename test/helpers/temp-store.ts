import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import mongoose from 'mongoose'
import { openStore, type Store } from '../../engine/store/index.ts'
import { type MongoServer, startMongoServer, withDatabase } from './mongo-server.ts'

export type StoreKind = 'sqlite' | 'mongo'
export interface TempStore {
  readonly store: Store
  /** What `openStore` takes, to open the same data again or in another process. */
  readonly options: { readonly dataDir?: string; readonly url?: string }
  /** Closes the store and opens the same data again; `store` is the new one from then on. */
  reopen(): Promise<Store>
  /** Closes the store and deletes its data. */
  remove(): Promise<void>
}

let server: Promise<MongoServer> | undefined

/** Why there is no MongoDB server to test on; undefined when there is one. */
export async function mongoSkipReason(): Promise<string | undefined> {
  server ??= startMongoServer()
  const started = await server
  return 'skip' in started ? started.skip : undefined
}

/** An empty store of its own. For `mongo` ask `mongoSkipReason` first; call `stopMongoServer` after the last one. */
export async function openTempStore(kind: StoreKind = 'sqlite'): Promise<TempStore> {
  const place = kind === 'sqlite' ? temporaryDirectory() : await temporaryDatabase()
  let store = await openStore(place.options)
  return {
    get store() {
      return store
    },
    options: place.options,
    reopen: async () => {
      await store.close()
      store = await openStore(place.options)
      return store
    },
    remove: async () => {
      await store.close()
      await place.remove()
    },
  }
}

export async function stopMongoServer(): Promise<void> {
  const started = await server
  server = undefined
  if (started !== undefined && 'stop' in started) await started.stop()
}

interface Place {
  readonly options: TempStore['options']
  readonly remove: () => Promise<void>
}

function temporaryDirectory(): Place {
  const dataDir = mkdtempSync(join(tmpdir(), 'single-window-store-'))
  return { options: { dataDir }, remove: async () => rmSync(dataDir, { recursive: true, force: true }) }
}

async function temporaryDatabase(): Promise<Place> {
  server ??= startMongoServer()
  const started = await server
  if ('skip' in started) throw new Error(started.skip)
  const url = withDatabase(started.url, `test_${randomUUID().replaceAll('-', '').slice(0, 20)}`)
  return {
    options: { url },
    remove: async () => {
      const connection = await mongoose.createConnection(url).asPromise()
      await connection.dropDatabase()
      await connection.close()
    },
  }
}
