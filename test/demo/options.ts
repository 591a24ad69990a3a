import { parseArgs } from 'node:util'
import { casesOfAll } from './case-run.ts'
import { SCENARIOS, type Scenario } from './scenarios.ts'

export const USAGE = `Runs the single window with demonstration agencies on a fresh temporary store, has real declarations filed,
officers' tasks done, and shows what became of each.

  npm run demo                        runs, shows the timelines, and leaves the server up for the browser
  npm run demo -- --once --json       ends afterwards; the last line of standard output is one JSON object

  --once              end after the run instead of leaving the server up
  --json              one JSON object as the last line of standard output; all else goes to standard error
  --kill N            kill the server process (SIGKILL) N times at random moments and start it again on the same data
  --store WHERE       sqlite (default), mongodb://host/database, or ferretdb: starts a FerretDB of its own
  --clock-factor N    how many times faster than real the demonstration's clock runs (default 600: an hour takes 6 s)
  --seed TEXT         same seed, same delays, outages and kill times (default "harbour")
  --outage-rate N     share of tries at an agency that fail (default 0.05)
  --declarations N    how many declarations at least; scenarios take turns (default: one of each)
  --scenario A,B      only these scenarios (default: all)
  --service A,B       play only the cases of these services; "none" plays none (default: all)
  --lang en|zh        language of tasks and timelines (default en)
  --port N            port of the server; 0 picks a free one (default 0)
  --time-limit S      give up after S seconds, saying what was waited for (default 120; with --kill 240)
  --keep              keep the temporary folder (data, logs, accounts) and say where it is
  --verbose           show the server's log on standard error
`

export type Language = 'en' | 'zh'
export interface DemoOptions {
  readonly once: boolean
  readonly json: boolean
  readonly kills: number
  readonly store: string
  readonly clockFactor: number
  readonly seed: string
  readonly outageRate: number
  readonly declarations: number
  readonly scenarios: readonly Scenario[]
  /** Services whose cases are played; absent: all. */
  readonly services?: readonly string[]
  readonly language: Language
  readonly port: number
  readonly timeLimitMs: number
  readonly keep: boolean
  readonly verbose: boolean
}

const SWITCHES = ['help', 'once', 'json', 'keep', 'verbose'] as const
const VALUES = [
  'kill',
  'store',
  'clock-factor',
  'seed',
  'outage-rate',
  'declarations',
  'scenario',
  'service',
  'lang',
  'port',
  'time-limit',
] as const

/** Options, or `help`. @throws with what was expected and found. */
export function readOptions(args: readonly string[]): DemoOptions | 'help' {
  const { values } = parseArgs({
    args: [...args],
    options: {
      ...Object.fromEntries(SWITCHES.map((name) => [name, { type: 'boolean' as const }])),
      ...Object.fromEntries(VALUES.map((name) => [name, { type: 'string' as const }])),
    },
  })
  const given = values as Record<string, string | boolean | undefined>
  if (given.help) return 'help'
  const number = (name: (typeof VALUES)[number], otherwise: number, least: number, most: number): number => {
    const found = given[name] === undefined ? otherwise : Number(given[name])
    if (!(found >= least && found <= most)) throw new Error(`Expected --${name} between ${least} and ${most}, found "${given[name]}"`)
    return found
  }
  const kills = number('kill', 0, 0, 1000)
  return {
    once: given.once === true,
    json: given.json === true,
    kills,
    store: readStore(given.store ?? 'sqlite'),
    clockFactor: number('clock-factor', 600, 1, 100_000),
    seed: String(given.seed ?? 'harbour'),
    outageRate: number('outage-rate', 0.05, 0, 1),
    declarations: number('declarations', 0, 0, 10_000),
    scenarios: chooseScenarios(given.scenario),
    ...readServices(given.service),
    language: readLanguage(given.lang ?? 'en'),
    port: number('port', 0, 0, 65_535),
    timeLimitMs: number('time-limit', kills > 0 ? 240 : 120, 1, 86_400) * 1000,
    keep: given.keep === true,
    verbose: given.verbose === true,
  }
}

function readStore(given: string | boolean): string {
  const store = String(given)
  if (['sqlite', 'ferretdb'].includes(store) || /^mongodb(\+srv)?:\/\/[^/]/.test(store)) return store
  throw new Error(`Expected --store to be sqlite, ferretdb or mongodb://host/database, found "${store}"`)
}

function readServices(given: string | boolean | undefined): { readonly services?: readonly string[] } {
  if (typeof given !== 'string') return {}
  if (given === 'none') return { services: [] }
  const known = casesOfAll().map(({ service }) => service)
  const services = given.split(',')
  const unknown = services.find((service) => !known.includes(service))
  if (unknown !== undefined) throw new Error(`Expected --service to name some of ${known.join(', ')}, found "${unknown}"`)
  return { services }
}

function readLanguage(given: string | boolean): Language {
  if (given === 'en' || given === 'zh') return given
  throw new Error(`Expected --lang to be en or zh, found "${given}"`)
}

function chooseScenarios(given: string | boolean | undefined): readonly Scenario[] {
  if (typeof given !== 'string') return SCENARIOS
  return given.split(',').map((id) => {
    const found = SCENARIOS.find((scenario) => scenario.id === id)
    if (!found) throw new Error(`Expected --scenario to name some of ${SCENARIOS.map((each) => each.id).join(', ')}, found "${id}"`)
    return found
  })
}
