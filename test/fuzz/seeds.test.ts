import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { runCase } from './fuzz-run.ts'
import { caseOf } from './random-model.ts'

/** What each seed once found. The smallest models of them are tests of the kernel. */
const seeds = JSON.parse(readFileSync(new URL('seeds.json', import.meta.url), 'utf8')) as readonly { seed: number; found: string }[]

describe('a seed that once found a fault', () => {
  test.each(seeds)(
    '$seed: $found',
    async ({ seed }) => {
      const { finding } = await runCase(caseOf(seed))

      expect(finding?.message).toBeUndefined()
    },
    60_000,
  )
})
