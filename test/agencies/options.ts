import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'

export const USAGE = `Demonstration agencies: customs, inspection, terminal, carrier, issuer, safe, tax.

  npm run agencies -- --window-url http://127.0.0.1:8080 --keys keys.json

  --port N            port to listen on; 0 picks a free one (default 8090)
  --window-url URL    the single window
  --keys FILE         JSON: {"<agency>": {"apiKey": "…", "secret": "…"}}; the key opens the single window's API,
                      the secret is what it signs its messages with
  --factor N          delays are stated in minutes of the real world and divided by N (default 600)
  --seed TEXT         same seed, same delays, outages and refusals (default "harbour")
  --outage-rate N     share of tries that fail: 503, too slow, or connection broken (default 0.05)
  --refusal-rate N    share of messages refused for good (default 0)

Each has an environment variable of the same name: AGENCIES_PORT, AGENCIES_WINDOW_URL …
`

export interface AgencyKeys {
  readonly apiKey: string
  readonly secret: string
}
export interface AgenciesOptions {
  readonly port: number
  readonly windowUrl: string
  readonly keys: Readonly<Record<string, AgencyKeys>>
  readonly factor: number
  readonly seed: string
  readonly outageRate: number
  readonly refusalRate: number
}

const FLAGS = ['port', 'window-url', 'keys', 'factor', 'seed', 'outage-rate', 'refusal-rate'] as const
type Flag = (typeof FLAGS)[number]

/** Options, or `help`. @throws with what was expected and found. */
export function readOptions(args: readonly string[], env: NodeJS.ProcessEnv): AgenciesOptions | 'help' {
  const { values } = parseArgs({
    args: [...args],
    options: { help: { type: 'boolean' }, ...Object.fromEntries(FLAGS.map((flag) => [flag, { type: 'string' as const }])) },
  })
  if (values.help) return 'help'
  const text = (flag: Flag, otherwise: string): string => {
    const given = (values as Record<string, unknown>)[flag] ?? env[`AGENCIES_${flag.toUpperCase().replaceAll('-', '_')}`]
    return given === undefined ? otherwise : String(given)
  }
  const number = (flag: Flag, otherwise: string, least: number, most: number): number => {
    const found = Number(text(flag, otherwise))
    if (!(found >= least && found <= most))
      throw new Error(`Expected --${flag} between ${least} and ${most}, found "${text(flag, otherwise)}"`)
    return found
  }
  const keysFile = text('keys', '')
  if (keysFile === '') throw new Error('Expected --keys FILE: the agencies cannot speak to the single window without their keys')
  return {
    port: number('port', '8090', 0, 65_535),
    windowUrl: text('window-url', 'http://127.0.0.1:8080'),
    keys: readKeys(keysFile),
    factor: number('factor', '600', 0.001, 1_000_000),
    seed: text('seed', 'harbour'),
    outageRate: number('outage-rate', '0.05', 0, 1),
    refusalRate: number('refusal-rate', '0', 0, 1),
  }
}

function readKeys(file: string): Readonly<Record<string, AgencyKeys>> {
  const read: unknown = JSON.parse(readFileSync(file, 'utf8'))
  if (typeof read !== 'object' || read === null) throw new Error(`Expected an object of agencies in ${file}`)
  return read as Readonly<Record<string, AgencyKeys>>
}
