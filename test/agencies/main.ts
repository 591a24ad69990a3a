import { type RunningAgencies, startAgencies } from './agencies.ts'
import { BEHAVIORS } from './behavior/index.ts'
import { type Transports, WindowSetup } from './connect.ts'
import { type AgenciesOptions, OptionError, readOptions, USAGE } from './options.ts'
import { SeededChance } from './seeded-chance.ts'

/** With --connect, the single window and the agencies are made known to each other first. */
async function start(options: AgenciesOptions): Promise<RunningAgencies> {
  if (!options.connect) return startAgencies(options)
  const behaviors = BEHAVIORS.map((make) => make(new SeededChance(options.seed)))
  const transports: Transports = Object.fromEntries(behaviors.map(({ agencyId, transport }) => [agencyId, transport]))
  const setup = await WindowSetup.signIn(options.connect)
  const keys = await setup.makeKeys(Object.keys(transports))
  const agencies = await startAgencies({ ...options, keys })
  await setup.setTransports(transports, `http://127.0.0.1:${agencies.port}`, keys)
  await setup.signOut()
  return agencies
}

/** What the person at the terminal can mend needs no stack trace. */
function isMendable(error: unknown): error is Error {
  return error instanceof OptionError || (error instanceof Error && 'syscall' in error)
}

try {
  const options = readOptions(process.argv.slice(2), process.env)
  if (options === 'help') process.stdout.write(USAGE)
  else {
    const agencies = await start(options)
    process.stdout.write(`${JSON.stringify({ listening: `http://127.0.0.1:${agencies.port}`, agencies: agencies.ids })}\n`)
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void agencies.close().then(() => process.exit(0)))
  }
} catch (error) {
  if (!isMendable(error)) throw error
  process.stderr.write(`${error.message}\n`)
  process.exit(1)
}
