import type { FeelValue } from '../contract.ts'
import type { Run } from '../value/run.ts'

/** The values a piece of an expression sees beside the variables: of a `for`, a filter, a function or a context. */
export class Frame {
  constructor(
    readonly run: Run,
    readonly up: Frame | undefined,
    readonly slots: FeelValue[],
  ) {}
}

/** A compiled piece of an expression. Never throws; answers null where FEEL does. */
export type Evaluator = (frame: Frame) => FeelValue
