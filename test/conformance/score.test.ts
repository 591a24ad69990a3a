import { describe, expect, test } from 'vitest'
import { readScore, scoreOf } from './score.ts'
import { runSuite } from './suite.ts'
import { SUITES, suitesFolder } from './suites.ts'

const root = suitesFolder()
if (root === undefined) console.info('Conformance suites skipped: set CONFORMANCE_DIR to the folder that holds them')

describe.skipIf(root === undefined)('the conformance score', () => {
  const committed = readScore()

  test.each(SUITES.filter(({ isFast }) => isFast))('of $name does not fall', async (suite) => {
    const { passed, failed } = scoreOf(await runSuite(suite, root ?? ''))

    expect(passed, failed.map(({ id, reason }) => `${id}: ${reason}`).join('\n')).toBeGreaterThanOrEqual(committed[suite.name] ?? 0)
  })
})
