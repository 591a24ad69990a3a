import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { CaseResult } from './suite.ts'

/** What a process of its own is asked to run. */
export interface GuardedRun {
  readonly name: string
  readonly root: string
  /** Ids of cases that have been dealt with. */
  readonly done: readonly string[]
}
export type Report =
  | { readonly kind: 'begins'; readonly id: string }
  | { readonly kind: 'ends'; readonly result: CaseResult }
  | { readonly kind: 'done' }

/** Real time. The longest case takes a fraction of a second. */
const PATIENCE_MS = 30_000

/** Runs a suite in a process of its own. A case that hangs, or takes the process with it, has failed, and the next goes on. */
export async function runGuarded(name: string, root: string): Promise<readonly CaseResult[]> {
  const results: CaseResult[] = []
  for (;;) {
    const stuck = await runUntilStuck({ name, root, done: results.map(({ id }) => id) }, results)
    if (stuck === undefined) return results
    results.push({ id: stuck.id ?? name, outcome: 'failed', reason: stuck.reason })
    // Without a case to leave out, the next try would end the same way.
    if (stuck.id === undefined) return results
  }
}

interface Stuck {
  /** Absent: no case had begun. */
  readonly id: string | undefined
  readonly reason: string
}

/** The case that ended the process, or undefined when all were run. */
function runUntilStuck(run: GuardedRun, results: CaseResult[]): Promise<Stuck | undefined> {
  const worker = fork(fileURLToPath(new URL('./suite-process.ts', import.meta.url)), [JSON.stringify(run)])
  let current: string | undefined
  return new Promise((resolve) => {
    const giveUp = (reason: string) => {
      clearTimeout(timer)
      worker.kill('SIGKILL')
      resolve({ id: current, reason })
    }
    const hangs = () => giveUp(`crashed: it did not end within ${PATIENCE_MS / 1_000} s`)
    let timer = setTimeout(hangs, PATIENCE_MS)
    worker.on('message', (report: Report) => {
      clearTimeout(timer)
      if (report.kind === 'done') {
        resolve(undefined)
        return
      }
      timer = setTimeout(hangs, PATIENCE_MS)
      if (report.kind === 'begins') current = report.id
      else results.push(report.result)
    })
    worker.on('error', (error) => giveUp(`crashed: ${error.message}`))
    // After `done` it changes nothing any more.
    worker.on('exit', (code) => giveUp(`crashed: its process ended with code ${code}`))
  })
}
