export { openStore } from './open-store.ts'
export type * from './port.ts'
export { StoreFailure } from './port.ts'
