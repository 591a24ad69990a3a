/** Chance that a seed tells beforehand (mulberry32): the same seed gives the same numbers. */
export class Chance {
  private at: number

  constructor(seed: number) {
    this.at = Math.imul(seed + 1, 0x9e3779b1) >>> 0
  }

  /** A whole number of 32 bits. */
  bits(): number {
    this.at = (this.at + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(this.at ^ (this.at >>> 15), this.at | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return (mixed ^ (mixed >>> 14)) >>> 0
  }
  /** From 0 to `end` - 1. */
  below(end: number): number {
    return this.bits() % end
  }
  between(first: number, last: number): number {
    return first + this.below(last - first + 1)
  }
  is(percent: number): boolean {
    return this.below(100) < percent
  }
  oneOf<T>(list: readonly T[]): T {
    if (list.length === 0) throw new Error('Expected something to choose from, but the list is empty')
    return list[this.below(list.length)] as T
  }
}
