import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { runTckFolder, type TckScore } from '../helpers/dmn-tck.ts'
import type { Case, Suite } from './suite.ts'

/** Models that call into Java or import PMML: no engine without a Java machine can run them. */
const FOREIGN = /external-java|pmml/i

/** The DMN technology compatibility kit, or any folder of models with their tests, at any depth. */
export const dmnTck: Suite = {
  name: 'dmn-tck',
  isFast: true,
  cases: async (root) => {
    const kit = join(root, 'dmn-tck')
    if (!existsSync(kit)) return []
    const entries = readdirSync(kit, { recursive: true, withFileTypes: true })
    const folders = new Set(entries.filter(({ name }) => /-test-.*\.xml$/.test(name)).map(({ parentPath }) => parentPath))
    const cases: Case[] = []
    for (const folder of [...folders].sort()) cases.push(...(await casesOf(folder)))
    return cases
  },
}

async function casesOf(folder: string): Promise<readonly Case[]> {
  const score: TckScore = { passed: 0, passes: [], failures: [] }
  try {
    await runTckFolder(folder, score)
  } catch (error) {
    score.failures.push({ test: folder, why: `crashed: ${error instanceof Error ? error.message : error}` })
  }
  const isForeign = FOREIGN.test(folder)
  return [
    ...score.passes.map((id) => ({ id, run: () => undefined })),
    ...score.failures.map(({ test: id, why }) => ({
      id,
      run: () => (isForeign ? { skipped: 'it calls a Java function or imports PMML' } : why),
    })),
  ]
}
