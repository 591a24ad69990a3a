import { parseArgs } from 'node:util'
import { runGuarded } from './run-guarded.ts'
import { raiseScore, type SuiteScore, scoreOf } from './score.ts'
import type { CaseResult, Suite } from './suite.ts'
import { findSuite, SUITES, suitesFolder } from './suites.ts'

/** `--suite DIR` runs one folder, without it all; `--json` prints the score as the last line; `--write-score` commits to it. */
const { values } = parseArgs({
  options: { suite: { type: 'string' }, json: { type: 'boolean' }, 'write-score': { type: 'boolean' } },
})

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}

function chosen(): readonly { readonly suite: Suite; readonly root: string }[] {
  if (values.suite !== undefined) {
    const found = findSuite(values.suite)
    if (!found) {
      const names = SUITES.map(({ name }) => name).join(', ')
      print(`Expected --suite to name a folder called as one of ${names}, but found ${values.suite}; rename it or choose another`)
      process.exitCode = 1
    }
    return found ? [found] : []
  }
  const root = suitesFolder()
  if (root === undefined) print('Nothing to run: the suites are not here; set CONFORMANCE_DIR to the folder that holds them')
  return root === undefined ? [] : SUITES.map((suite) => ({ suite, root }))
}

function tell(name: string, results: readonly CaseResult[]): void {
  print(`\n${name}`)
  for (const [note, count] of countNotes(results)) print(`  ${String(count).padStart(4)} ${note}`)
  for (const result of results)
    print(
      result.outcome === 'passed'
        ? `  passed   ${result.id}${result.note === undefined ? '' : ` (${result.note})`}`
        : `  ${result.outcome.padEnd(8)} ${result.id}: ${result.reason}`,
    )
}

/** How many passed in which way, where a suite tells. */
function countNotes(results: readonly CaseResult[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const result of results)
    if (result.outcome === 'passed' && result.note !== undefined) counts.set(result.note, (counts.get(result.note) ?? 0) + 1)
  return counts
}

const scores: Record<string, SuiteScore> = {}
for (const { suite, root } of chosen()) {
  const results = await runGuarded(suite.name, root)
  tell(suite.name, results)
  if (results.length === 0) print(`  no case found: expected its files and their index under ${root}`)
  scores[suite.name] = scoreOf(results)
}
print('')
for (const [name, { passed, total, skipped, failed }] of Object.entries(scores))
  print(`${name.padEnd(22)} ${passed} of ${total} passed, ${failed.length} failed, ${skipped} skipped`)
if (values['write-score']) raiseScore(scores)
if (values.json) print(JSON.stringify({ suites: scores }))
