import { resolve } from 'node:path'
import { type Store, StoreFailure } from './port.ts'
import { SqliteStore } from './sqlite/sqlite-store.ts'

const DEFAULT_DATA_DIR = './data'

/**
 * Opens the store that the address names: `mongodb://…` a MongoDB deployment, otherwise SQLite in the data directory,
 * which is made where it is missing and holds everything.
 *
 * @throws StoreFailure `UNAVAILABLE` when it cannot be reached, is in use by another process, or was written by a newer program.
 */
export async function openStore(options: { readonly dataDir?: string | undefined; readonly url?: string | undefined }): Promise<Store> {
  const { url } = options
  if (url === undefined || url === '') return SqliteStore.open(resolve(options.dataDir ?? DEFAULT_DATA_DIR))
  if (/^mongodb(\+srv)?:\/\//.test(url)) {
    // Loaded on demand: a program on SQLite starts faster and smaller without the driver.
    const { MongoStore } = await import('./mongo/mongo-store.ts')
    return MongoStore.open(url)
  }
  throw new StoreFailure('INVALID_ARGUMENT', `Expected a store address that starts with "mongodb://", found "${url}"`)
}
