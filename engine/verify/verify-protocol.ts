import type { Verification } from './contract.ts'
import type { VerifyOptions } from './verify-definition.ts'

export interface ToVerifyWorker {
  readonly xml: string
  readonly options: VerifyOptions
}
/** `fault`: a programmer's mistake, with its stack. */
export type FromVerifyWorker = { readonly verification: Verification } | { readonly fault: string }
