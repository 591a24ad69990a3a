import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import type { ConnectOptions } from './connect.ts'

export const USAGE = `Demonstration agencies: customs, inspection, terminal, carrier, issuer, safe, tax.

  npm run agencies -- --connect http://127.0.0.1:8080 --admin NAME
  npm run agencies -- --window-url http://127.0.0.1:8080 --keys keys.json

  --port N            port to listen on; 0 picks a free one (default 8090)
  --connect URL       signs in at this single window as an administrator, makes an account and an API key for each agency
                      there, and has it send its messages here; never for one that is at work
  --admin NAME        that administrator; the password comes from AGENCIES_ADMIN_PASSWORD
  --window-url URL    a single window that was set up by hand
  --keys FILE         JSON: {"<agency>": {"apiKey": "…", "secret": "…"}}; the key opens the single window's API,
                      the secret is what it signs its messages with
  --factor N          delays are stated in minutes of the real world and divided by N (default 600)
  --seed TEXT         same seed, same delays, outages and refusals (default "harbour")
  --outage-rate N     share of tries that fail: 503, too slow, or connection broken (default 0.05; with --connect 0,
                      as there the clock is real and the next try minutes away)
  --refusal-rate N    share of messages refused for good (default 0)

Each has an environment variable of the same name: AGENCIES_PORT, AGENCIES_WINDOW_URL …
`

/** What is wrong with the options, for the person at the terminal. */
export class OptionError extends Error {}

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
  readonly connect?: ConnectOptions
}

const FLAGS = ['port', 'connect', 'admin', 'window-url', 'keys', 'factor', 'seed', 'outage-rate', 'refusal-rate'] as const
type Flag = (typeof FLAGS)[number]

/** Options, or `help`. @throws OptionError with what was expected and found. */
export function readOptions(args: readonly string[], env: NodeJS.ProcessEnv): AgenciesOptions | 'help' {
  const values = parse(args)
  if (values.help) return 'help'
  const text = (flag: Flag, otherwise: string): string => {
    const given = values[flag] ?? env[`AGENCIES_${flag.toUpperCase().replaceAll('-', '_')}`]
    return given === undefined ? otherwise : String(given)
  }
  const number = (flag: Flag, otherwise: string, least: number, most: number): number => {
    const found = Number(text(flag, otherwise))
    if (!(found >= least && found <= most))
      throw new OptionError(`Expected --${flag} between ${least} and ${most}, found "${text(flag, otherwise)}"`)
    return found
  }
  const connect = readConnect(text('connect', ''), text('admin', ''), env.AGENCIES_ADMIN_PASSWORD ?? '')
  const keysFile = text('keys', '')
  if (keysFile === '' && !connect) {
    throw new OptionError(
      'Expected --connect URL or --keys FILE: the agencies need keys to speak to the single window (npm run agencies -- --help)',
    )
  }
  return {
    port: number('port', '8090', 0, 65_535),
    windowUrl: connect?.windowUrl ?? text('window-url', 'http://127.0.0.1:8080'),
    keys: connect ? {} : readKeys(keysFile),
    factor: number('factor', '600', 0.001, 1_000_000),
    seed: text('seed', 'harbour'),
    outageRate: number('outage-rate', connect ? '0' : '0.05', 0, 1),
    refusalRate: number('refusal-rate', '0', 0, 1),
    ...(connect ? { connect } : {}),
  }
}

function parse(args: readonly string[]): Readonly<Record<string, unknown>> {
  try {
    const flags = Object.fromEntries(FLAGS.map((flag) => [flag, { type: 'string' as const }]))
    return parseArgs({ args: [...args], options: { help: { type: 'boolean' }, ...flags } }).values
  } catch (error) {
    const [found] = (error as Error).message.split('. ')
    throw new OptionError(`${found}; npm run agencies -- --help lists the options`)
  }
}

function readConnect(url: string, admin: string, password: string): ConnectOptions | undefined {
  if (url === '') return undefined
  if (!/^https?:\/\//.test(url)) throw new OptionError(`Expected --connect to be the address of a single window (http://…), found "${url}"`)
  if (admin === '') throw new OptionError('Expected --admin NAME with --connect: an administrator makes the accounts of the agencies')
  if (password === '') throw new OptionError(`Expected the password of ${admin} in the environment variable AGENCIES_ADMIN_PASSWORD`)
  return { windowUrl: url.replace(/\/$/, ''), admin, password }
}

function readKeys(file: string): Readonly<Record<string, AgencyKeys>> {
  try {
    const read: unknown = JSON.parse(readFileSync(file, 'utf8'))
    if (typeof read === 'object' && read !== null) return read as Readonly<Record<string, AgencyKeys>>
  } catch (error) {
    throw new OptionError(`Expected keys of the agencies in ${file}: ${(error as Error).message}`)
  }
  throw new OptionError(`Expected an object of agencies in ${file}`)
}
