export type * from './port.ts'
export { StoreFailure } from './port.ts'
export { openStore } from './open-store.ts'
