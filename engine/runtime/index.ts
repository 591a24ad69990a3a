export { scaledClock, systemClock } from './clock.ts'
export type * from './contract.ts'
export { EngineFailure } from './contract.ts'
export { openEngine } from './engine.ts'
