export type * from './contract.ts'
export { type CaseToPlay, playCases } from './play-cases.ts'
export { readCases } from './read-cases.ts'
