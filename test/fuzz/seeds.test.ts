import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { runCase } from './fuzz-run.ts'
import { caseOf, narrowCaseOf } from './random-model.ts'

interface Seed {
  readonly seed: number
  readonly found: string
  /** Of a model of the frequent elements alone. */
  readonly narrow?: boolean
}
/** What each seed once found. The smallest models of them are tests of the kernel. */
const seeds = JSON.parse(readFileSync(new URL('seeds.json', import.meta.url), 'utf8')) as readonly Seed[]

describe('a seed that once found a fault', () => {
  test.each(seeds)(
    '$seed: $found',
    async ({ seed, narrow }) => {
      const { finding } = await runCase(narrow ? narrowCaseOf(seed) : caseOf(seed))

      expect(finding?.message).toBeUndefined()
    },
    60_000,
  )
})
