import { describe, expect, test } from 'vitest'
import { runCase } from './fuzz-run.ts'
import { caseOf } from './random-model.ts'
import { secondOpinion } from './second-opinion.ts'

async function findingOf(seed: number): Promise<string | undefined> {
  const { finding } = await runCase(caseOf(seed))
  return finding && `seed ${seed} ${finding.rule}: ${finding.message}`
}

describe('random models', () => {
  test('keep all promises of the kernel, whatever happens to them and in whatever order', async () => {
    const findings: string[] = []
    for (let seed = 1; seed <= 150; seed++) findings.push(...([await findingOf(seed)].filter(Boolean) as string[]))

    expect(findings).toEqual([])
  }, 120_000)

  test('of elements that bpmn-engine gets right take the same paths there', async () => {
    const opinions = await Promise.all(Array.from({ length: 20 }, (_, seed) => secondOpinion(seed)))

    expect(opinions.flatMap(({ finding }) => finding?.message ?? [])).toEqual([])
    expect(opinions.reduce((sum, { agreed }) => sum + agreed, 0)).toBeGreaterThan(15)
  }, 60_000)
})
