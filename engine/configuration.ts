import { readFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { projectRoot } from './root.ts'

export const USAGE = `Single Window

  npm start -- [options]

  --port N                 port to listen on (default 8080; 0: any free one)       env PORT
  --host ADDRESS           address to listen on (default 127.0.0.1)                 env HOST
  --public-url URL         address people reach the server by, in the QR codes of documents
                           (default http://HOST:PORT)                               env PUBLIC_URL
  --data DIR               directory of the SQLite store (default ./data)           env DATA_DIR
  STORE_URL=mongodb://…    keep everything in MongoDB instead                       env only: it may hold a password
  --zone ZONE              IANA zone of human times (default Asia/Shanghai)         env ZONE
  --body-limit BYTES       largest JSON body (default 4194304)
  --upload-limit BYTES     largest deployment (default 16777216)
  --rate-limit N           requests a minute for each account (default 60000; 0: none)
  --trust-proxy LIST       addresses of reverse proxies whose X-Forwarded-For counts  env TRUST_PROXY
  --log-level LEVEL        trace, debug, info, warn, error, silent (default info)   env LOG_LEVEL
  --open-api               /v2 takes requests without credentials; for local development only
  --create-admin NAME      make an administrator and end; the password comes from the prompt
                           or from SINGLE_WINDOW_ADMIN_PASSWORD
  --help                   this text

Demonstration only (with SINGLE_WINDOW_DEMO=1):
  --demo-accounts FILE     JSON list of accounts with generated passwords and keys  env SINGLE_WINDOW_DEMO_ACCOUNTS
  --clock-factor N --clock-origin-real MS --clock-origin MS
                           the engine's clock runs N times as fast as the real one: it says clock-origin when the real
                           one says clock-origin-real (epoch ms)
  --clock-pinned MS        the engine's clock stands still at this time (epoch ms); PUT /v2/clock moves it on
`

export interface Configuration {
  readonly port: number
  readonly host: string
  /** Without a slash at its end. */
  readonly publicUrl: string | undefined
  readonly dataDir: string
  readonly storeUrl: string | undefined
  readonly zone: string
  readonly bodyLimitBytes: number
  readonly uploadLimitBytes: number
  readonly requestsPerMinute: number
  readonly trustProxy: readonly string[] | false
  readonly logLevel: string
  readonly openApi: boolean
  readonly createAdmin: string | undefined
  readonly isDemo: boolean
  readonly demoAccountsFile: string | undefined
  readonly clock: { readonly factor: number; readonly realOrigin: number; readonly origin: number } | undefined
  /** Where the clock stands still. */
  readonly pinnedAt: number | undefined
  readonly version: string
}

/** What is wrong with the configuration, for the person at the terminal. */
export class ConfigurationError extends Error {}

const OPTIONS = {
  port: { type: 'string' },
  host: { type: 'string' },
  'public-url': { type: 'string' },
  data: { type: 'string' },
  zone: { type: 'string' },
  'body-limit': { type: 'string' },
  'upload-limit': { type: 'string' },
  'rate-limit': { type: 'string' },
  'trust-proxy': { type: 'string' },
  'log-level': { type: 'string' },
  'open-api': { type: 'boolean' },
  'create-admin': { type: 'string' },
  'demo-accounts': { type: 'string' },
  'clock-factor': { type: 'string' },
  'clock-pinned': { type: 'string' },
  'clock-origin-real': { type: 'string' },
  'clock-origin': { type: 'string' },
  help: { type: 'boolean' },
} as const

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'silent']
const MEBIBYTE = 1_048_576

/**
 * The configuration from flags, then environment, then defaults.
 * @throws ConfigurationError naming the option, what was expected and what was found.
 */
export function readConfiguration(args: readonly string[], env: NodeJS.ProcessEnv): Configuration | 'help' {
  const flags = parseFlags(args)
  if (flags.help) return 'help'
  const isDemo = env.SINGLE_WINDOW_DEMO === '1'
  const demoAccountsFile = flags['demo-accounts'] ?? env.SINGLE_WINDOW_DEMO_ACCOUNTS
  if (demoAccountsFile !== undefined && !isDemo) {
    throw new ConfigurationError(
      'Expected SINGLE_WINDOW_DEMO=1 beside --demo-accounts: demonstration accounts are refused elsewhere. Use --create-admin NAME',
    )
  }
  return {
    port: number('--port', flags.port ?? env.PORT, { otherwise: 8080, min: 0, max: 65_535 }),
    host: flags.host ?? env.HOST ?? '127.0.0.1',
    publicUrl: publicUrl(flags['public-url'] ?? env.PUBLIC_URL),
    dataDir: flags.data ?? env.DATA_DIR ?? './data',
    storeUrl: env.STORE_URL || undefined,
    zone: zone(flags.zone ?? env.ZONE ?? 'Asia/Shanghai'),
    bodyLimitBytes: number('--body-limit', flags['body-limit'], { otherwise: 4 * MEBIBYTE, min: 1_024, max: 1_024 * MEBIBYTE }),
    uploadLimitBytes: number('--upload-limit', flags['upload-limit'], { otherwise: 16 * MEBIBYTE, min: 1_024, max: 1_024 * MEBIBYTE }),
    requestsPerMinute: number('--rate-limit', flags['rate-limit'], { otherwise: 60_000, min: 0, max: Number.MAX_SAFE_INTEGER }),
    trustProxy: addresses(flags['trust-proxy'] ?? env.TRUST_PROXY),
    logLevel: oneOf('--log-level', flags['log-level'] ?? env.LOG_LEVEL ?? 'info', LOG_LEVELS),
    openApi: flags['open-api'] ?? false,
    createAdmin: flags['create-admin'],
    isDemo,
    demoAccountsFile,
    clock: clock(flags, isDemo),
    pinnedAt: pinnedAt(flags['clock-pinned'], isDemo),
    version: packageVersion(),
  }
}

type Flags = { readonly [F in keyof typeof OPTIONS]?: (typeof OPTIONS)[F]['type'] extends 'boolean' ? boolean : string }

function parseFlags(args: readonly string[]): Flags {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: false }).values
  } catch (error) {
    throw new ConfigurationError(`${(error as Error).message}; --help lists the options`)
  }
}

function clock(flags: Flags, isDemo: boolean): Configuration['clock'] {
  const given = [flags['clock-factor'], flags['clock-origin-real'], flags['clock-origin']]
  if (given.every((value) => value === undefined)) return undefined
  if (!isDemo) throw new ConfigurationError('Expected SINGLE_WINDOW_DEMO=1 beside --clock-factor: a compressed clock is for demonstrations')
  if (given.some((value) => value === undefined)) {
    throw new ConfigurationError(
      'Expected --clock-factor, --clock-origin-real and --clock-origin together: a restarted server must go on where the clock was',
    )
  }
  return {
    factor: number('--clock-factor', given[0], { otherwise: 1, min: 0.001, max: 1_000_000, fraction: true }),
    realOrigin: number('--clock-origin-real', given[1], { otherwise: 0, min: 0, max: Number.MAX_SAFE_INTEGER }),
    origin: number('--clock-origin', given[2], { otherwise: 0, min: 0, max: Number.MAX_SAFE_INTEGER }),
  }
}

function pinnedAt(text: string | undefined, isDemo: boolean): number | undefined {
  if (text === undefined) return undefined
  if (!isDemo)
    throw new ConfigurationError('Expected SINGLE_WINDOW_DEMO=1 beside --clock-pinned: a clock that stands still is for demonstrations')
  return number('--clock-pinned', text, { otherwise: 0, min: 0, max: Number.MAX_SAFE_INTEGER })
}

function number(
  name: string,
  text: string | undefined,
  rule: { readonly otherwise: number; readonly min: number; readonly max: number; readonly fraction?: boolean },
): number {
  if (text === undefined || text === '') return rule.otherwise
  const value = Number(text)
  if (!Number.isFinite(value) || (!rule.fraction && !Number.isInteger(value)) || value < rule.min || value > rule.max) {
    throw new ConfigurationError(`Expected ${name} to be a number from ${rule.min} to ${rule.max}, but found ${JSON.stringify(text)}`)
  }
  return value
}
function publicUrl(text: string | undefined): string | undefined {
  if (text === undefined || text === '') return undefined
  if (/^https?:\/\/[^\s?#]+$/.test(text) && URL.canParse(text)) return text.replace(/\/+$/, '')
  throw new ConfigurationError(
    `Expected --public-url to be an address such as https://window.example.cn, but found ${JSON.stringify(text)}`,
  )
}
function oneOf(name: string, text: string, allowed: readonly string[]): string {
  if (allowed.includes(text)) return text
  throw new ConfigurationError(`Expected ${name} to be one of ${allowed.join(', ')}, but found ${JSON.stringify(text)}`)
}
function addresses(text: string | undefined): readonly string[] | false {
  const list = (text ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
  const wrong = list.find((part) => isIP(part.replace(/\/\d{1,3}$/, '')) === 0)
  if (wrong !== undefined)
    throw new ConfigurationError(`Expected --trust-proxy to list IP addresses or ranges, but found ${JSON.stringify(wrong)}`)
  return list.length > 0 && list
}
function zone(text: string): string {
  try {
    new Intl.DateTimeFormat('en', { timeZone: text })
    return text
  } catch {
    throw new ConfigurationError(`Expected --zone to be an IANA zone such as Asia/Shanghai, but found ${JSON.stringify(text)}`)
  }
}
function packageVersion(): string {
  const text = readFileSync(join(projectRoot(), 'package.json'), 'utf8')
  return (JSON.parse(text) as { version: string }).version
}
