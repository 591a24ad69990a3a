import type { FeelValue } from '../contract.ts'
import type { FeelType } from '../syntax/node.ts'
import type { Run } from './run.ts'

export interface FunctionParameter {
  readonly name: string
  readonly type?: FeelType
}

/** A function as a value: a definition in FEEL, a built-in, or a business knowledge model. */
export class FeelFunction {
  constructor(
    readonly name: string,
    readonly parameters: readonly FunctionParameter[],
    /** Gets one argument a parameter, unless variadic. */
    readonly call: (args: readonly FeelValue[], run: Run) => FeelValue,
    /** Checks the number of arguments itself. */
    readonly variadic = false,
  ) {}
}
