import type { GuardedRun, Report } from './run-guarded.ts'
import { runSuite } from './suite.ts'
import { SUITES } from './suites.ts'

/** Runs one suite beside the main process, which can end it when a case hangs. */
const { name, root, done } = JSON.parse(process.argv[2] ?? '') as GuardedRun
const suite = SUITES.find((known) => known.name === name)
if (!suite) throw new Error(`Expected a suite named ${name}`)
const tell = (report: Report) => process.send?.(report)
await runSuite(suite, root, {
  begins: (id) => tell({ kind: 'begins', id }),
  ends: (result) => tell({ kind: 'ends', result }),
  done: new Set(done),
})
process.send?.({ kind: 'done' } satisfies Report, () => process.disconnect())
