import { readFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { destination, type Logger, pino } from 'pino'
import { type Access, AccessFailure, type DemoAccount, openAccess } from './access/index.ts'
import { type Api, buildApi } from './api/index.ts'
import { type Configuration, ConfigurationError, readConfiguration, USAGE } from './configuration.ts'
import { createAdmin, HOW_TO_CREATE_ADMIN } from './create-admin.ts'
import { type EngineOptions, openEngine, PUBLIC_CALENDAR, pinnedClock, scaledClock, systemClock } from './runtime/index.ts'
import { openStore, type Store, StoreFailure } from './store/index.ts'
import { Verifier } from './verify/index.ts'
import { loadForms } from './window/forms/index.ts'
import { openWindow } from './window/index.ts'

/** A stop that takes longer is cut: the store's commits are whole at any moment. */
const STOP_WITHIN_MS = 15_000

async function main(): Promise<void> {
  const configuration = readConfiguration(process.argv.slice(2), process.env)
  if (configuration === 'help') {
    process.stdout.write(USAGE)
    return
  }
  const logger = pino({ level: configuration.logLevel }, destination({ dest: 2, sync: true }))
  const store = await openStore({ dataDir: configuration.dataDir, url: configuration.storeUrl })
  const access = openAccess({ store, now: () => Date.now() })
  if (configuration.createAdmin !== undefined) {
    try {
      process.stdout.write(`${await createAdmin(access, configuration.createAdmin, process.env)}\n`)
    } finally {
      await store.close()
    }
    return
  }
  exitOnFaults(logger)
  await prepareAccounts(access, configuration, logger)
  await serve(configuration, store, access, logger)
}

async function prepareAccounts(access: Access, { demoAccountsFile }: Configuration, logger: Logger): Promise<void> {
  if (demoAccountsFile !== undefined) {
    const accounts = JSON.parse(readFileSync(demoAccountsFile, 'utf8')) as readonly DemoAccount[]
    await access.installDemoAccounts(accounts)
    logger.warn({ accounts: accounts.length }, 'demonstration accounts are installed; this is no production server')
  } else if (!(await access.hasAdministrator())) process.stderr.write(`${HOW_TO_CREATE_ADMIN}\n`)
}

/** Opens the rooms from the store upwards and listens; a signal closes them in the other direction. */
async function serve(configuration: Configuration, store: Store, access: Access, logger: Logger): Promise<void> {
  const { zone, clock } = configuration
  const log: EngineOptions['log'] = (level, message, details) => logger[level](details ?? {}, message)
  const pinned = configuration.pinnedAt === undefined ? undefined : pinnedClock(configuration.pinnedAt)
  const engine = await openEngine({
    store,
    clock: pinned ?? (clock ? scaledClock(clock) : systemClock()),
    zone,
    calendar: PUBLIC_CALENDAR,
    log,
  })
  const forms = await loadForms()
  // Known for sure only once the server listens; documents are issued later, but for those a restart finds under way.
  let address = `http://${bracketed(configuration.host)}:${configuration.port}`
  const publicUrl = (): string => configuration.publicUrl ?? address
  const window = await openWindow({ engine, store, forms, log, zone, allowPrivateWebhooks: configuration.isDemo, publicUrl })
  const settings = { ...configuration, openApi: configuration.openApi, ...(pinned && { pinClock: pinned.pin }) }
  const verifier = new Verifier()
  const api = await buildApi({ engine, window, access, verifier, settings }, logger)

  closeOnSignal(logger, async () => {
    // What waits for a verification is refused, so that the requests can end.
    await verifier.close()
    await api.close()
    await window.close()
    await engine.close()
    await store.close()
  })
  if (configuration.openApi) logger.warn('/v2 takes requests without credentials (--open-api)')
  await listen(api, configuration)
  address = addressOf(api, configuration.host)
  if (!configuration.publicUrl) logger.info({ address }, 'QR codes of documents carry this address; PUBLIC_URL sets another')
  process.stdout.write(`Single Window is ready at ${addressOf(api, configuration.host)} (store ${store.location})\n`)
}

/** @throws ConfigurationError when the address cannot be had: an everyday mistake of the person who starts the server. */
async function listen(api: Api, { host, port }: Configuration): Promise<void> {
  try {
    await api.listen({ host, port })
  } catch (error) {
    const why = LISTEN_FAILURES[(error as NodeJS.ErrnoException).code ?? '']
    if (why === undefined) throw error
    throw new ConfigurationError(`Expected to listen on ${host} port ${port}, but ${why}`, { cause: error })
  }
}
const LISTEN_FAILURES: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another program listens there; stop it, or choose another port with --port',
  EACCES: 'this user may not; choose a port above 1023 with --port',
  EADDRNOTAVAIL: 'this machine has no such address; choose another one with --host',
  ENOTFOUND: 'no machine has that name; choose another one with --host',
}

function addressOf(api: Api, host: string): string {
  const { port } = api.server.address() as AddressInfo
  return `http://${bracketed(host)}:${port}`
}
function bracketed(host: string): string {
  return host.includes(':') ? `[${host}]` : host
}

function closeOnSignal(logger: Logger, close: () => Promise<void>): void {
  let closing = false
  const stop = (signal: NodeJS.Signals): void => {
    if (closing) {
      logger.warn({ signal }, 'stopped at once by a second signal')
      process.exit(130)
    }
    closing = true
    logger.info({ signal }, 'stopping: finishing what is under way')
    setTimeout(() => {
      logger.error('the stop took too long and is cut')
      process.exit(1)
    }, STOP_WITHIN_MS).unref()
    close().then(
      () => process.exit(0),
      (error: unknown) => {
        logger.error({ err: error }, 'the stop failed')
        process.exit(1)
      },
    )
  }
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)
}

/** A programmer's mistake outside a request leaves the process in an unknown state; what is stored is whole, so a restart is safe. */
function exitOnFaults(logger: Logger): void {
  const exit = (error: unknown): void => {
    logger.fatal({ err: error }, 'a fault outside any request: the process ends, stored data is safe')
    process.exit(1)
  }
  process.on('unhandledRejection', exit)
  process.on('uncaughtException', exit)
}

main().catch((error: unknown) => {
  const told = error instanceof ConfigurationError || error instanceof AccessFailure || error instanceof StoreFailure
  process.stderr.write(`${told ? (error as Error).message : ((error as Error).stack ?? String(error))}\n`)
  process.exit(1)
})
