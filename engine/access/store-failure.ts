import type { StoreFailureCode } from '../store/index.ts'
import { StoreFailure } from '../store/index.ts'

export function isStoreFailure(error: unknown, code: StoreFailureCode): boolean {
  return error instanceof StoreFailure && error.code === code
}
