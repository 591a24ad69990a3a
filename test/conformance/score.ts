import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { projectRoot } from '../../engine/root.ts'
import type { CaseResult } from './suite.ts'

export interface SuiteScore {
  readonly passed: number
  readonly total: number
  readonly skipped: number
  readonly failed: readonly { readonly id: string; readonly reason: string }[]
}
/** What is committed: how many passed of each suite. */
export type CommittedScore = Readonly<Record<string, number>>

const FILE = join(projectRoot(), 'test', 'conformance', 'score.json')

export function scoreOf(results: readonly CaseResult[]): SuiteScore {
  return {
    passed: results.filter(({ outcome }) => outcome === 'passed').length,
    total: results.length,
    skipped: results.filter(({ outcome }) => outcome === 'skipped').length,
    failed: results.flatMap((result) => (result.outcome === 'failed' ? { id: result.id, reason: result.reason } : [])),
  }
}

export function readScore(): CommittedScore {
  return JSON.parse(readFileSync(FILE, 'utf8')) as CommittedScore
}

/** Raises the committed score to what was reached; never lowers it. */
export function raiseScore(reached: Readonly<Record<string, SuiteScore>>): void {
  const committed: Record<string, number> = { ...readScore() }
  for (const [name, { passed }] of Object.entries(reached)) committed[name] = Math.max(committed[name] ?? 0, passed)
  writeFileSync(FILE, `${JSON.stringify(committed, undefined, 2)}\n`)
}
