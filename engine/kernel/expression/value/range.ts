import type { FeelValue } from '../contract.ts'

/** An interval; `undefined` bounds are open to infinity. A null bound makes every question about it null. */
export class FeelRange {
  constructor(
    readonly start: FeelValue | undefined,
    readonly end: FeelValue | undefined,
    readonly startIncluded: boolean,
    readonly endIncluded: boolean,
  ) {}
}
