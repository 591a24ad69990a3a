export type * from './contract.ts'
export { WindowFailure } from './contract.ts'
export { openWindow } from './single-window.ts'
