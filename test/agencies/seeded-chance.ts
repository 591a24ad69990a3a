import { createHash } from 'node:crypto'

/**
 * Chance that depends on what it is asked about and on nothing else: the same seed and the same words draw the same number,
 * in whatever order messages arrive and however often the program is started.
 */
export class SeededChance {
  readonly #seed: string

  constructor(seed: string) {
    this.#seed = seed
  }

  /** At least 0, less than 1. */
  draw(...about: readonly (string | number)[]): number {
    const digest = createHash('sha256')
      .update([this.#seed, ...about].join('\u0000'))
      .digest()
    return digest.readUInt32BE(0) / 2 ** 32
  }

  /** Triangular: what is usual lies between the least and the most, the mode is the most frequent. */
  triangular([least, mode, most]: Triangle, ...about: readonly (string | number)[]): number {
    const drawn = this.draw(...about)
    if (most <= least) return least
    const bend = (mode - least) / (most - least)
    return drawn < bend
      ? least + Math.sqrt(drawn * (most - least) * (mode - least))
      : most - Math.sqrt((1 - drawn) * (most - least) * (most - mode))
  }
}

/** Least, most frequent, most; in minutes of the real world. */
export type Triangle = readonly [least: number, mode: number, most: number]
