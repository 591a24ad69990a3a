/** How one case of a suite went. A failure or a skip always says why. */
export type CaseResult =
  | { readonly id: string; readonly outcome: 'passed' }
  | { readonly id: string; readonly outcome: 'failed' | 'skipped'; readonly reason: string }

/** A kind of suite: where its cases are listed, and how one is run. */
export interface Suite {
  /** Name of its folder, and in the score. */
  readonly name: string
  /** Runs within seconds: part of the tests. */
  readonly isFast: boolean
  /** @param root the folder that holds all suites */
  cases(root: string): readonly Case[] | Promise<readonly Case[]>
}
export interface Case {
  readonly id: string
  /** Resolves to why it failed, or to undefined when it passed; `Skipped` when it was left out. */
  run(): undefined | string | Skipped | Promise<undefined | string | Skipped>
}
export interface Skipped {
  readonly skipped: string
}

/** Runs every case. One that throws has failed, and the next goes on. */
export async function runSuite(suite: Suite, root: string): Promise<readonly CaseResult[]> {
  const results: CaseResult[] = []
  for (const { id, run } of await suite.cases(root)) {
    try {
      const told = await run()
      if (told === undefined) results.push({ id, outcome: 'passed' })
      else if (typeof told === 'string') results.push({ id, outcome: 'failed', reason: told })
      else results.push({ id, outcome: 'skipped', reason: told.skipped })
    } catch (error) {
      results.push({
        id,
        outcome: 'failed',
        reason: `crashed: ${error instanceof Error ? error.stack?.split('\n').slice(0, 3).join(' ') : error}`,
      })
    }
  }
  return results
}
