import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type JobAnswer, type JobOffer, type VirtualInstance, VirtualWorld } from '../../engine/insight/index.ts'
import { type EngineEvent, type ParsedBpmn, visibleVariables } from '../../engine/kernel/index.ts'
import { historyFault } from './history-fault.ts'
import { errorsOf, readModel } from './read-model.ts'
import type { Case, Suite, Told } from './suite.ts'

interface BetsyTest {
  readonly id: string
  readonly file: string
  readonly feelFile: string
  readonly feelJobFile: string
  readonly cases: readonly BetsyCase[]
}
interface BetsyCase {
  readonly n: number
  readonly input: { readonly test: string | null; readonly integerVariable: number | null }
  readonly startFirst: string | null
  readonly expected: readonly string[]
  readonly match: 'bag' | 'overlap'
  readonly derivedOrder:
    | { readonly kind: 'sequence'; readonly value: readonly string[] }
    | { readonly kind: 'before'; readonly value: readonly (readonly [string, string])[] }
    | null
  readonly derivedEndState: string
  readonly advanceMs: number
}
interface LogEntry {
  readonly label: string
  readonly from: number
  readonly to: number
}

const START = Date.UTC(2026, 2, 1)
const STEP_LIMIT = 2_000
/** Outcomes that the suite writes into the log instead of labels. */
const DEPLOYMENT_REFUSED = 'ERROR_deployment'
const RUNTIME_ERROR = 'ERROR_runtime'
const ANY_ERROR = 'ERROR'
const UNCAUGHT_ERROR_EVENT = 'ERROR_thrownErrorEvent'
const MARKER = 'MARKER_exists'
const MESSAGE_LIFE_MS = 3_600_000

/** The originals keep their scripts in no language at all: a bare label stands for "append this to the log". */
const ORIGINALS: Told = {
  skipped:
    'its scripts name no language (scriptFormat, BPMN 2.0.2 table 10.14), only bare labels; the same model runs in betsy-feel and betsy-feel-job',
}

export const betsy: Suite = {
  name: 'betsy',
  isFast: true,
  cases: (root) =>
    casesOf(
      root,
      ({ file }) => file,
      () => async () => ORIGINALS,
    ),
}
/** Labels are jobs. */
export const betsyFeelJob: Suite = {
  name: 'betsy-feel-job',
  isFast: true,
  cases: (root) =>
    casesOf(
      root,
      ({ feelJobFile }) => feelJobFile,
      (path, test, one) => () => runCase(path, test, one),
    ),
}
/** Labels are appended to the variable `trace`. */
export const betsyFeel: Suite = {
  name: 'betsy-feel',
  isFast: true,
  cases: (root) =>
    casesOf(
      root,
      ({ feelFile }) => feelFile,
      (path, test, one) => () => runCase(path, test, one),
    ),
}

function casesOf(
  root: string,
  fileOf: (test: BetsyTest) => string,
  runnerOf: (path: string, test: BetsyTest, one: BetsyCase) => Case['run'],
): readonly Case[] {
  const index = join(root, 'betsy.json')
  if (!existsSync(index)) return []
  return (JSON.parse(readFileSync(index, 'utf8')) as BetsyTest[]).flatMap((test) => {
    const path = join(root, fileOf(test))
    return existsSync(path) ? test.cases.map((one) => ({ id: `${test.id}#${one.n}`, run: runnerOf(path, test, one) })) : []
  })
}

async function runCase(path: string, test: BetsyTest, one: BetsyCase): Promise<string | undefined> {
  const parsed = await readModel(path)
  const errors = errorsOf(parsed)
  if (errors.length > 0) {
    const wanted = one.expected.includes(DEPLOYMENT_REFUSED) || one.expected.includes(ANY_ERROR)
    return wanted ? undefined : `refused: ${errors.join(' | ')}`
  }
  return playCase(parsed, test, one)
}

function playCase(parsed: ParsedBpmn, test: BetsyTest, one: BetsyCase): string | undefined {
  const log: LogEntry[] = []
  const traces = new TraceReader()
  const world: VirtualWorld = new VirtualWorld({
    now: START,
    zone: 'UTC',
    stepLimit: STEP_LIMIT,
    worker: (offer) => answer(world, offer, log),
    observer: (instance, events) => {
      for (const label of traces.read(instance, events)) log.push({ label, from: world.now, to: world.now })
    },
  })
  world.deploy(parsed.processes)
  const { test: text, integerVariable } = one.input
  const variables = { ...(text !== null && { test: text }), integerVariable: integerVariable ?? 0 }
  if (one.startFirst !== null) {
    world.start(one.startFirst, variables)
    world.settle()
  }
  const key = world.start(test.id, variables)
  world.settle()
  world.advance(one.advanceMs)
  for (const instance of world.instances.values()) {
    const fault = historyFault(instance)
    if (fault) return fault
  }
  const labels = [...log.map(({ label }) => label), ...troubles(world)]
  const fault = compareLabels(labels, one) ?? compareIntervals(log, one)
  return fault ?? compareEnd(world.instances.get(key)?.state.status ?? 'not started', one, labels)
}

function answer(world: VirtualWorld, { jobType, headers, instance, elementInstanceKey }: JobOffer, log: LogEntry[]): JobAnswer | undefined {
  const label = String(headers.label ?? visibleVariables(instance.state, elementInstanceKey).label)
  const durationMs = Number(headers.durationMs ?? 0)
  switch (jobType) {
    case 'trace':
      log.push({ label, from: world.now, to: world.now })
      return { kind: 'complete' }
    case 'overlap':
      log.push({ label, from: world.now, to: world.now + durationMs })
      return { kind: 'complete', afterMs: durationMs }
    case 'wait':
      return { kind: 'complete', afterMs: durationMs }
    case 'throw-error':
      return { kind: 'throwError', errorCode: headers.errorCode ?? '' }
    case 'publish-message': {
      const { messageName: name = '', correlationKey = '' } = headers
      world.publish({ name, correlationKey, variables: {}, timeToLiveMs: MESSAGE_LIFE_MS })
      return { kind: 'complete' }
    }
    default:
      return { kind: 'complete' }
  }
}

/** Reads what elements append to the variable `trace`: not what an instance starts with, nor what a called process hands up. */
class TraceReader {
  private readonly known = new Map<string, number>()

  read({ key }: VirtualInstance, events: readonly EngineEvent[]): string[] {
    const labels: string[] = []
    let isHandedOver = false
    for (const event of events) {
      if (event.type === 'instance.created' || event.type === 'child.ended') isHandedOver = true
      else if (event.type === 'element.activating' || event.type === 'element.completed') isHandedOver = false
      else if (event.type === 'variables.set' && Array.isArray(event.variables.trace)) {
        const { trace } = event.variables
        const known = this.known.get(key) ?? 0
        if (!isHandedOver) labels.push(...trace.slice(known).map(String))
        this.known.set(key, Math.max(known, trace.length))
      }
    }
    return labels
  }
}

/** Incidents and uncaught errors, in the suite's words. */
function troubles(world: VirtualWorld): string[] {
  const incidents = [...world.instances.values()].flatMap(({ state }) => Object.values(state.incidents))
  return incidents.map(({ incidentType }) => (incidentType === 'UNHANDLED_ERROR_EVENT' ? UNCAUGHT_ERROR_EVENT : RUNTIME_ERROR))
}

function compareLabels(found: readonly string[], { expected, derivedOrder }: BetsyCase): string | undefined {
  const told = `expected ${expected.join(', ') || 'nothing'}; found ${found.join(', ') || 'nothing'}`
  if (expected.includes(ANY_ERROR)) return found.some((label) => label.startsWith('ERROR_')) ? undefined : told
  // A marker counts only where it is expected.
  const counted = found.filter((label) => label !== MARKER || expected.includes(MARKER))
  if ([...counted].sort().join() !== [...expected].sort().join()) return told
  if (derivedOrder?.kind === 'sequence' && derivedOrder.value.join() !== counted.join()) return `in another order: ${told}`
  if (derivedOrder?.kind === 'before') {
    const broken = derivedOrder.value.find(([first, then]) => counted.indexOf(first) > counted.lastIndexOf(then))
    if (broken) return `expected ${broken[0]} before ${broken[1]}; found ${counted.join(', ')}`
  }
  return undefined
}

function compareIntervals(log: readonly LogEntry[], one: BetsyCase): string | undefined {
  if (one.match !== 'overlap') return undefined
  const [a, b] = log
  const overlap = a && b && a.from < b.to && b.from < a.to
  return overlap ? undefined : `expected two intervals that overlap; found ${JSON.stringify(log)}`
}

function compareEnd(status: string, { derivedEndState }: BetsyCase, labels: readonly string[]): string | undefined {
  if (derivedEndState === 'completed' && status !== 'completed') return `expected it to complete; it is ${status} (${labels.join(', ')})`
  if (derivedEndState === 'waiting' && status !== 'active') return `expected it to wait; it is ${status}`
  return undefined
}
