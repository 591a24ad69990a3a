import type { ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { projectRoot } from '../../engine/root.ts'
import { accountNamed, type DemoAccount, makeAccounts, newSecret } from './accounts.ts'
import { exited, lastLines, startProgram, stopProgram } from './child-process.ts'
import { DemoClock } from './demo-clock.ts'
import { startFerretDb } from './ferretdb-process.ts'
import { findFreePort } from './free-port.ts'
import { nodeArgs } from './node-program.ts'
import type { DemoOptions, Language } from './options.ts'
import type { AgencyCounts } from './report.ts'
import { RetryingClient } from './retrying-client.ts'
import { ENTERPRISES } from './scenarios.ts'
import { ServerProcess } from './server-process.ts'

const HTTP_AGENCIES = ['customs', 'terminal', 'carrier', 'issuer', 'safe', 'tax']
const WORKER_AGENCIES = ['inspection']
const AGENCIES_START_WITHIN_MS = 15_000

/** Everything the demonstration runs on: a fresh store, the server, the agencies, and the accounts of its people. */
export class DemoStage {
  readonly folder: string
  readonly url: string
  readonly store: string
  readonly accounts: readonly DemoAccount[]
  readonly server: ServerProcess
  #clock: DemoClock
  readonly #port: number
  readonly #agenciesUrl: string
  readonly #children: readonly ChildProcess[]
  readonly #signal: AbortSignal
  readonly #keep: boolean
  readonly #language: Language

  private constructor(parts: {
    folder: string
    url: string
    port: number
    store: string
    clock: DemoClock
    accounts: readonly DemoAccount[]
    server: ServerProcess
    agenciesUrl: string
    children: readonly ChildProcess[]
    signal: AbortSignal
    keep: boolean
    language: Language
  }) {
    this.folder = parts.folder
    this.url = parts.url
    this.store = parts.store
    this.#clock = parts.clock
    this.#port = parts.port
    this.accounts = parts.accounts
    this.server = parts.server
    this.#agenciesUrl = parts.agenciesUrl
    this.#children = parts.children
    this.#signal = parts.signal
    this.#keep = parts.keep
    this.#language = parts.language
  }

  static async open(options: DemoOptions, signal: AbortSignal): Promise<DemoStage> {
    const folder = mkdtempSync(join(tmpdir(), 'single-window-demo-'))
    if (options.keep) process.stderr.write(`Everything of this run stays in ${folder}\n`)
    else cleanUpAtExit(folder)
    const children: ChildProcess[] = []
    const accounts = makeAccounts([...HTTP_AGENCIES, ...WORKER_AGENCIES], ENTERPRISES)
    const clock = new DemoClock(options.clockFactor)
    const port = options.port === 0 ? await findFreePort() : options.port
    const url = `http://127.0.0.1:${port}`
    let storeUrl: string | undefined
    if (options.store === 'ferretdb') {
      const ferretDb = await startFerretDb(folder)
      children.push(ferretDb.child)
      storeUrl = `${ferretDb.url}/single_window_demo`
    } else if (options.store.startsWith('mongodb')) {
      storeUrl = withFreshDatabase(options.store)
    }
    const server = new ServerProcess(serverSetting({ folder, url, port, clock, accounts, storeUrl, verbose: options.verbose }))
    server.spawn()
    const secrets = Object.fromEntries(HTTP_AGENCIES.map((agency) => [agency, newSecret()]))
    const agencies = await startAgencies({ folder, url, accounts, secrets, options })
    children.push(agencies.child)
    await server.ready()
    const stage = new DemoStage({
      folder,
      url,
      port,
      store: storeUrl === undefined ? 'sqlite' : withoutCredentials(storeUrl),
      clock,
      accounts,
      server,
      agenciesUrl: agencies.url,
      children,
      signal,
      keep: options.keep,
      language: options.language,
    })
    await stage.#connectAgencies(secrets)
    return stage
  }

  client(accountName: string, signal = this.#signal): RetryingClient {
    return new RetryingClient(this.url, accountNamed(this.accounts, accountName).apiKey, this.#language, signal)
  }

  enterpriseAccount(enterprise: string): DemoAccount {
    const found = this.accounts.find((each) => each.enterprise === enterprise)
    if (!found) throw new Error(`Expected an account of the enterprise ${enterprise}`)
    return found
  }

  enterpriseClient(enterprise: string, signal = this.#signal): RetryingClient {
    return this.client(this.enterpriseAccount(enterprise).name, signal)
  }

  /** For people who look at it: at the demonstration's pace an open task would be overdue before they have found it. */
  async slowDown(): Promise<void> {
    await this.server.restartWith(() => {
      this.#clock = this.#clock.atRealPace()
      return serverArgs(this.folder, this.#port, this.#clock)
    })
  }

  async agencyCounts(): Promise<Readonly<Record<string, AgencyCounts>>> {
    const response = await fetch(`${this.#agenciesUrl}/stats`)
    return ((await response.json()) as { agencies: Record<string, AgencyCounts> }).agencies
  }

  async close(): Promise<void> {
    await this.server.stop()
    await Promise.all(this.#children.map((child) => stopProgram(child)))
    if (!this.#keep) rmSync(this.folder, { recursive: true, force: true })
  }

  async #connectAgencies(secrets: Readonly<Record<string, string>>): Promise<void> {
    const operator = this.client('operator')
    const { items } = await operator.get<{
      items: readonly { agencyId: string; name: unknown; validFrom: string; validTo: string | null }[]
    }>('/ops/v1/agencies')
    for (const { agencyId, name, validFrom, validTo } of items) {
      const secret = secrets[agencyId]
      const transport =
        secret !== undefined
          ? { kind: 'http', url: `${this.#agenciesUrl}/${agencyId}/messages`, secret }
          : { kind: WORKER_AGENCIES.includes(agencyId) ? 'worker' : 'none' }
      await operator.expect({ method: 'PUT', path: `/ops/v1/agencies/${agencyId}`, body: { name, validFrom, validTo, transport } })
    }
    for (const enterprise of ENTERPRISES) {
      await operator.expect({ method: 'PUT', path: `/ops/v1/enterprises/${enterprise}/credit`, body: { creditClass: 'AEO-advanced' } })
    }
  }
}

function serverArgs(folder: string, port: number, clock: DemoClock): readonly string[] {
  return [...nodeArgs('engine/main'), '--port', String(port), '--data', join(folder, 'data'), ...clock.serverFlags()]
}

function serverSetting(of: {
  readonly folder: string
  readonly url: string
  readonly port: number
  readonly clock: DemoClock
  readonly accounts: readonly DemoAccount[]
  readonly storeUrl: string | undefined
  readonly verbose: boolean
}) {
  const accountsFile = join(of.folder, 'accounts.json')
  writeFileSync(accountsFile, JSON.stringify(of.accounts, null, 2), { mode: 0o600 })
  return {
    command: process.execPath,
    args: serverArgs(of.folder, of.port, of.clock),
    env: {
      SINGLE_WINDOW_DEMO: '1',
      SINGLE_WINDOW_DEMO_ACCOUNTS: accountsFile,
      ...(of.storeUrl === undefined ? {} : { STORE_URL: of.storeUrl }),
    },
    cwd: projectRoot(),
    url: of.url,
    readyPath: '/health/ready',
    logFile: join(of.folder, 'server.log'),
    ...(of.verbose ? { onOutput: (line: string) => void process.stderr.write(`server: ${line}\n`) } : {}),
  }
}

async function startAgencies(of: {
  readonly folder: string
  readonly url: string
  readonly accounts: readonly DemoAccount[]
  readonly secrets: Readonly<Record<string, string>>
  readonly options: DemoOptions
}): Promise<{ readonly child: ChildProcess; readonly url: string }> {
  const keysFile = join(of.folder, 'agency-keys.json')
  const keys = [...HTTP_AGENCIES, ...WORKER_AGENCIES].map((agency) => [
    agency,
    { apiKey: accountNamed(of.accounts, `${agency}-system`).apiKey, secret: of.secrets[agency] ?? newSecret() },
  ])
  writeFileSync(keysFile, JSON.stringify(Object.fromEntries(keys)), { mode: 0o600 })
  const logFile = join(of.folder, 'agencies.log')
  const { clockFactor, seed, outageRate } = of.options
  const flags = { port: 0, 'window-url': of.url, keys: keysFile, factor: clockFactor, seed, 'outage-rate': outageRate }
  return new Promise((resolve, reject) => {
    const child = startProgram({
      name: 'agencies',
      command: process.execPath,
      args: [...nodeArgs('test/agencies/main'), ...Object.entries(flags).map(([flag, value]) => `--${flag}=${value}`)],
      cwd: projectRoot(),
      logFile,
      onOutput(line) {
        const listening = line.startsWith('{') ? (JSON.parse(line) as { listening?: string }).listening : undefined
        if (listening !== undefined) resolve({ child, url: listening })
      },
    })
    const fail = (why: string) =>
      reject(new Error(`Expected the demonstration agencies to start, but ${why}. Their last words:\n${lastLines(logFile, 15)}`))
    void exited(child).then(() => fail('they ended'))
    setTimeout(() => fail(`they did not within ${AGENCIES_START_WITHIN_MS / 1000} s`), AGENCIES_START_WITHIN_MS).unref()
  })
}

/** The named database may hold someone's data; a demonstration gets one of its own beside it. */
function withFreshDatabase(store: string): string {
  const url = new URL(store)
  url.pathname = `/${url.pathname.replaceAll('/', '') || 'single_window'}_demo_${randomBytes(4).toString('hex')}`
  return url.toString()
}

function withoutCredentials(storeUrl: string): string {
  const url = new URL(storeUrl)
  url.username = ''
  url.password = ''
  return url.toString()
}

function cleanUpAtExit(folder: string): void {
  process.once('exit', () => {
    if (existsSync(folder)) rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  })
}
