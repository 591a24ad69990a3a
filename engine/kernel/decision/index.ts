export type { CompiledDecision, CompiledDecisions, DecisionOutcome, DecisionProblem, DecisionTraceEntry } from './contract.ts'
export { parseDmn } from './parse-dmn.ts'
