import { startAgencies } from './agencies.ts'
import { readOptions, USAGE } from './options.ts'

const options = readOptions(process.argv.slice(2), process.env)
if (options === 'help') {
  process.stdout.write(USAGE)
} else {
  const agencies = await startAgencies(options)
  process.stdout.write(`${JSON.stringify({ listening: `http://127.0.0.1:${agencies.port}`, agencies: agencies.ids })}\n`)
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void agencies.close().then(() => process.exit(0)))
}
