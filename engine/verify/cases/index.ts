export type * from './contract.ts'
export { type CaseToPlay, playCases } from './play-cases.ts'
export { type CaseProblem, parseCases, readCases } from './read-cases.ts'
