import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { projectRoot } from '../../engine/root.ts'
import { type CaseResult, type CaseToPlay, playCases, readCases } from '../../engine/verify/cases/index.ts'
import { type InProcessWorld, openCaseWorld } from '../helpers/case-world.ts'

const PROCESSES = join(projectRoot(), 'processes')
const ONLY = process.env.SERVICE
/** Services whose cases meet on one ledger or in one window, and so are played together. */
const TOGETHER = ['trade-licence', 'trq-allocation', 'special-zone-batch-consolidated', 'segmented-tax-guarantee', 'exam-subsidy']

/** One case an end; all of them for the service named in `SERVICE`, with `CASES=all` (`npm run cases`), and over HTTP in `npm run demo`. */
function chosen(service: string, cases: readonly CaseToPlay[]): readonly CaseToPlay[] {
  if (ONLY !== undefined || process.env.CASES === 'all' || TOGETHER.includes(service)) return cases
  const ends = new Set<string>()
  return cases.filter(({ played: { expect: wanted } }) => !ends.has(wanted.end) && ends.add(wanted.end))
}

const SERVICES = readdirSync(PROCESSES, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && (ONLY === undefined || entry.name === ONLY))
  .map(({ name }) => ({ name, cases: chosen(name, readCases(join(PROCESSES, name))) }))
  .filter(({ cases }) => cases.length > 0)

/** The cases that lie beside each service's models, played side by side on one clock. `SERVICE=<id>` plays those of one service. */
describe.each(SERVICES)('$name', ({ name, cases }) => {
  let world: InProcessWorld
  let results: readonly CaseResult[]
  beforeAll(async () => {
    world = await openCaseWorld()
    results = await playCases(cases, world, 'Asia/Shanghai')
  }, 120_000)
  afterAll(() => world.close())

  test.each(cases.map(({ played }) => [played.id, played.name.en] as const))('%s: %s', (id) => {
    expect(results.find((result) => result.id === id)?.faults.join('\n')).toBe('')
  })

  test('reaches every end that the service names', () => {
    const service = JSON.parse(readFileSync(join(PROCESSES, name, 'service.json'), 'utf8')) as { ends: Record<string, unknown> }
    const reached = new Set(results.flatMap(({ end, completed }) => [end, ...completed]))
    expect(Object.keys(service.ends).filter((end) => !reached.has(end))).toEqual([])
  })

  test('leaves no history that folds to another state', async () => {
    const page = await world.harness.engine.store.search('instance', { limit: 1_000 })
    expect(await world.harness.folding(page.items.map(({ key }) => key))).toEqual([])
  })
})
