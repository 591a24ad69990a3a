import { accountNamed, type DemoAccount } from './accounts.ts'
import { DeclarationRun } from './declaration-run.ts'
import type { DemoStage } from './demo-stage.ts'
import type { Language } from './options.ts'
import { OPEN_CASES, type Scenario } from './scenarios.ts'

const TAKES_AT_MOST_MS = 60_000
/** Whose task the case in review waits for. */
const OFFICER = 'customs-doc-officer'

/** Files the declarations that are left open and brings each to where it waits for a person. */
export async function leaveOpen(stage: DemoStage, say: (line: string) => void): Promise<readonly DeclarationRun[]> {
  const signal = AbortSignal.timeout(TAKES_AT_MOST_MS)
  const file = async (scenario: Scenario, number: number) => {
    const run = new DeclarationRun(scenario, number, stage.enterpriseClient(scenario.enterprise, signal), say)
    await run.run(signal)
    if (!run.isAtRest) throw new Error(`Expected ${scenario.id} to wait at ${scenario.restsAt}, found ${run.status?.state ?? 'nothing'}`)
    return run
  }
  const runs = await Promise.all(Object.values(OPEN_CASES).map(file))
  await stage.slowDown()
  return runs
}

/** Command lines to paste, which show what is open. */
export function linesToTry(stage: DemoStage, open: readonly DeclarationRun[], language: Language): string {
  const waiting = open.map(({ receiptNo, scenario }) => `  ${receiptNo}  ${scenario.title}`)
  const unsigned = open.find(({ scenario }) => scenario === OPEN_CASES.unsigned)
  const languages = language === 'zh' ? 'zh en' : 'en zh'
  const officer = get(stage.url, accountNamed(stage.accounts, OFFICER), '/desk/v1/tasks')
  const enterprise = get(
    stage.url,
    stage.enterpriseAccount(OPEN_CASES.unsigned.enterprise),
    `/window/v1/declarations/${unsigned?.receiptNo}`,
    '$L',
  )
  return [
    'Two declarations are open, and from here the clock runs as the real one:',
    ...waiting,
    '',
    `# the tasks of the officer ${OFFICER}`,
    officer,
    '# the open declaration as its enterprise sees it, in both languages',
    `for L in ${languages}; do ${enterprise}; done`,
    `# the API; in a browser: ${stage.url}/docs`,
    `curl -s ${stage.url}/docs/json; echo`,
  ].join('\n')
}

function get(url: string, { name, password = '' }: DemoAccount, path: string, language = 'en'): string {
  const signIn = `curl -s ${url}/access/v1/sign-in -H 'content-type: application/json' -d '${JSON.stringify({ name, password })}'`
  const token = `$(${signIn} | sed 's/.*"token":"\\([^"]*\\)".*/\\1/')`
  return `curl -s ${url}${path} -H "accept-language: ${language}" -H "authorization: Bearer ${token}"; echo`
}
