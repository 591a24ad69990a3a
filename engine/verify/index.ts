/** The door of the gate before deployment: what other rooms may use. */
export * from './cases/index.ts'
export type * from './contract.ts'
export { explore } from './explore.ts'
export { isRefusing } from './gate.ts'
export { KNOWN_FAULTS, type KnownFault } from './known-faults.ts'
export { Verifier, type VerifierOptions, VerifyFailure } from './verifier.ts'
export { calledProcesses, type VerifyOptions, verifyDefinition } from './verify-definition.ts'
export { type Testimony, witness } from './witness.ts'
