import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { projectRoot } from '../../engine/root.ts'
import { type CaseResult, type CaseToPlay, playCases, readCases } from '../../engine/verify/cases/index.ts'
import type { DemoAccount } from './accounts.ts'
import { caseAccounts } from './case-accounts.ts'
import { findFreePort } from './free-port.ts'
import { HttpWorld } from './http-world.ts'
import { nodeArgs } from './node-program.ts'
import type { DemoOptions } from './options.ts'
import { RetryingClient } from './retrying-client.ts'
import { ServerProcess } from './server-process.ts'

/** A Monday morning, before every day that a case names. */
const BEGIN = Date.parse('2026-05-18T09:00:00+08:00')
const ZONE = 'Asia/Shanghai'

/** What came of the cases of one service. */
export interface ServiceResult {
  readonly service: string
  readonly cases: number
  /** End events that `service.json` names, and how many cases ended at each. */
  readonly ends: Readonly<Record<string, number>>
}
export interface CaseRunResult {
  readonly services: readonly ServiceResult[]
  readonly cases: readonly CaseResult[]
  /** What is not as it should be, each with the case it is of. */
  readonly faults: readonly string[]
  readonly elapsedMs: number
}

/** Services of `processes/` with the cases beside them. */
export function casesOfAll(services?: readonly string[]): readonly { readonly service: string; readonly cases: readonly CaseToPlay[] }[] {
  const folder = join(projectRoot(), 'processes')
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && (services?.includes(entry.name) ?? true))
    .map(({ name }) => ({ service: name, cases: readCases(join(folder, name)) }))
    .filter(({ cases }) => cases.length > 0)
}

/**
 * Plays the cases of all services on a server of their own, over HTTP: its clock stands still while anything can happen, then
 * jumps to what is due next. So weeks pass in seconds, and no deadline is skipped.
 */
export async function runCases(
  options: DemoOptions,
  folder: string,
  signal: AbortSignal,
  say: (line: string) => void,
): Promise<CaseRunResult> {
  const startedAt = Date.now()
  const found = casesOfAll(options.services)
  const cases = found.flatMap((one) => one.cases)
  const accounts = caseAccounts(cases.map(({ played }) => played.enterprise))
  const { server, url } = await startServer(folder, accounts, options)
  const clients = new Map<DemoAccount, RetryingClient>()
  const clientOf = (account: DemoAccount) => {
    const client = clients.get(account) ?? new RetryingClient(url, account.apiKey, options.language, signal)
    clients.set(account, client)
    return client
  }
  try {
    await server.ready()
    say(`\nPlaying ${cases.length} cases of ${found.length} services at ${url}`)
    const world = await HttpWorld.open(accounts, clientOf, BEGIN)
    const results = await playCases(cases, world, ZONE)
    const differing = await world.differing(results.flatMap(({ receiptNo }) => receiptNo ?? []))
    await world.close()
    const faults = results.flatMap(({ service, id, faults: wrong }) => wrong.map((fault) => `${service}/${id}: ${fault}`))
    faults.push(...differing.map((receiptNo) => `${receiptNo}: its history folded again differs from its stored state`))
    const played = (service: string) => cases.filter((each) => each.played.service === service).length
    const services = found.map(({ service }) => toServiceResult(service, played(service), results))
    for (const { service, ends } of services)
      for (const [end, times] of Object.entries(ends)) if (times === 0) faults.push(`${service}: no case ended at ${end}`)
    return { services, cases: results, faults, elapsedMs: Date.now() - startedAt }
  } finally {
    await server.stop()
  }
}

function toServiceResult(service: string, cases: number, results: readonly CaseResult[]): ServiceResult {
  const { ends } = JSON.parse(readFileSync(join(projectRoot(), 'processes', service, 'service.json'), 'utf8')) as {
    ends: Record<string, unknown>
  }
  const own = results.filter((result) => result.service === service)
  const reached = (end: string) => own.filter((result) => result.end === end || result.completed.includes(end)).length
  return { service, cases, ends: Object.fromEntries(Object.keys(ends).map((end) => [end, reached(end)])) }
}

async function startServer(
  folder: string,
  accounts: readonly DemoAccount[],
  options: DemoOptions,
): Promise<{ server: ServerProcess; url: string }> {
  const port = await findFreePort()
  const url = `http://127.0.0.1:${port}`
  const accountsFile = join(folder, 'case-accounts.json')
  writeFileSync(accountsFile, JSON.stringify(accounts), { mode: 0o600 })
  const server = new ServerProcess({
    command: process.execPath,
    args: [
      ...nodeArgs('engine/main'),
      '--port',
      String(port),
      '--data',
      join(folder, 'case-data'),
      '--clock-pinned',
      String(BEGIN),
      '--rate-limit',
      '0',
    ],
    env: { SINGLE_WINDOW_DEMO: '1', SINGLE_WINDOW_DEMO_ACCOUNTS: accountsFile },
    cwd: projectRoot(),
    url,
    readyPath: '/health/ready',
    logFile: join(folder, 'case-server.log'),
    ...(options.verbose ? { onOutput: (line: string) => void process.stderr.write(`case server: ${line}\n`) } : {}),
  })
  server.spawn()
  return { server, url }
}
