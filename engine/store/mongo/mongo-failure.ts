import { StoreFailure } from '../port.ts'

const DUPLICATE_KEY = 11_000
const TOO_LARGE = new Set([10_334, 17_419, 17_420])

export function isDuplicateKey(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false
  const { code, writeErrors, message } = error as { code?: unknown; writeErrors?: unknown; message?: unknown }
  // Of a bulk write, only when duplicates are all that went wrong.
  if (Array.isArray(writeErrors) && writeErrors.length > 0)
    return writeErrors.every((one) => (one as { code?: unknown }).code === DUPLICATE_KEY)
  // FerretDB passes on SQLite's own words when an update runs into a unique index.
  return code === DUPLICATE_KEY || (typeof message === 'string' && message.includes('UNIQUE constraint failed'))
}

export function toMongoFailure(error: unknown): StoreFailure {
  if (error instanceof StoreFailure) return error
  const { name = '', code, message = String(error) } = (error ?? {}) as { name?: string; code?: unknown; message?: string }
  if (
    name === 'BSONError' ||
    name === 'MongoInvalidArgumentError' ||
    name === 'TypeError' ||
    (typeof code === 'number' && TOO_LARGE.has(code))
  ) {
    return new StoreFailure('INVALID_ARGUMENT', `MongoDB cannot take this: ${message}`, { cause: error })
  }
  return new StoreFailure('UNAVAILABLE', `MongoDB cannot be used now (${name}: ${message})`, { cause: error })
}
