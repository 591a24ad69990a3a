/** How one case of a suite went. A failure or a skip always says why. */
export type CaseResult =
  | { readonly id: string; readonly outcome: 'passed'; readonly note?: string }
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
  run(): Told | Promise<Told>
}
/** Why it failed; undefined: it passed. A pass may be of several kinds. */
export type Told = undefined | string | { readonly skipped: string } | { readonly passedAs: string }

export interface Progress {
  /** Told before a case begins. */
  begins?(id: string): void
  /** Told when it is over. */
  ends?(result: CaseResult): void
  /** Cases that are left out: they have been dealt with. */
  readonly done?: ReadonlySet<string>
}

/** Runs every case. One that throws has failed, and the next goes on. */
export async function runSuite(suite: Suite, root: string, { begins, ends, done }: Progress = {}): Promise<readonly CaseResult[]> {
  const results: CaseResult[] = []
  for (const one of await suite.cases(root)) {
    if (done?.has(one.id)) continue
    begins?.(one.id)
    const result = await runCase(one)
    results.push(result)
    ends?.(result)
  }
  return results
}

async function runCase({ id, run }: Case): Promise<CaseResult> {
  try {
    return resultOf(id, await run())
  } catch (error) {
    return { id, outcome: 'failed', reason: `crashed: ${firstLines(error)}` }
  }
}

function resultOf(id: string, told: Told): CaseResult {
  if (told === undefined) return { id, outcome: 'passed' }
  if (typeof told === 'string') return { id, outcome: 'failed', reason: told }
  return 'skipped' in told ? { id, outcome: 'skipped', reason: told.skipped } : { id, outcome: 'passed', note: told.passedAs }
}

function firstLines(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message).split('\n').slice(0, 3).join(' ') : String(error)
}
