import { isDeepStrictEqual } from 'node:util'
import { foldEvents, type ProcessInstanceKey } from '../../engine/kernel/index.ts'
import { type Engine, type EngineOptions, type InProcessWorker, openEngine } from '../../engine/runtime/index.ts'
import type { Store } from '../../engine/store/index.ts'
import { type FakeClock, fakeClock } from './fake-clock.ts'
import type { ProcessBuilder } from './process-builder.ts'
import { openTempStore, stopMongoServer, type TempStore } from './temp-store.ts'

const STORE_KIND = process.env.TEST_STORE === 'mongo' ? 'mongo' : 'sqlite'
export const TENANT = '<default>'
export const TESTER = { id: 'tester', kind: 'user' } as const

/** An engine on a store of its own, with a clock the test moves. `TEST_STORE=mongo` takes MongoDB in place of SQLite. */
export interface EngineHarness {
  readonly engine: Engine
  readonly clock: FakeClock
  readonly temp: TempStore
  /** What the engine logged as warnings and errors. */
  readonly complaints: string[]
  deploy(...files: readonly (ProcessBuilder | { readonly name: string; readonly content: string })[]): Promise<void>
  /** Starts an instance and gives its key. */
  start(bpmnProcessId: string, variables?: Readonly<Record<string, unknown>>): Promise<string>
  publish(
    name: string,
    correlationKey: string,
    options?: { readonly timeToLiveMs?: number; readonly messageId?: string; readonly variables?: object },
  ): Promise<string>
  /** Takes jobs that are there now. */
  take(type: string, maxJobs?: number): ReturnType<Engine['activateJobs']>
  /** Ids of elements that have completed, in order. */
  completed(key: string): Promise<string[]>
  stateOf(key: string): Promise<string | undefined>
  /** Keys of those instances whose history, folded anew, differs from the stored state. */
  folding(keys: readonly string[]): Promise<string[]>
  /** Closes the engine and opens another on the same data. */
  restart(): Promise<Engine>
  /** Opens a further engine on the same store, or on a store that stands before it. */
  another(store?: Store, options?: Partial<EngineOptions>): Promise<Engine>
  /** Resolves when nothing that was asked for is left to do at this time. */
  settled(): Promise<void>
  remove(): Promise<void>
}

export async function openEngineHarness(options: Partial<EngineOptions> = {}): Promise<EngineHarness> {
  const temp = await openTempStore(STORE_KIND)
  const clock = fakeClock()
  const complaints: string[] = []
  const engines: Engine[] = []
  const open = async (store: Store, more: Partial<EngineOptions> = {}): Promise<Engine> => {
    const log: EngineOptions['log'] = (level, message, details) => {
      if (level !== 'info') complaints.push(`${level}: ${message} ${JSON.stringify(details ?? {})}`)
    }
    const opened = await openEngine({ store, clock, zone: 'Asia/Shanghai', log, ...options, ...more })
    engines.push(opened)
    return opened
  }
  let engine = await open(temp.store)
  const harness: EngineHarness = {
    get engine() {
      return engine
    },
    clock,
    temp,
    complaints,
    deploy: async (...files) => {
      const resources = files.map((file) => ('xml' in file ? { name: `${file.id}.bpmn`, content: file.xml() } : file))
      await engine.deploy({ resources, tenantId: TENANT, actor: TESTER })
    },
    start: async (bpmnProcessId, variables = {}) => {
      const created = await engine.createInstance({ bpmnProcessId, variables: variables as never, tenantId: TENANT, actor: TESTER })
      return created.processInstanceKey
    },
    publish: async (name, correlationKey, { timeToLiveMs = 0, variables = {}, ...more } = {}) => {
      const message = { name, correlationKey, timeToLiveMs, variables: variables as never, tenantId: TENANT, ...more }
      return (await engine.publishMessage(message, TESTER)).messageKey
    },
    take: (type, maxJobs = 10) =>
      engine.activateJobs({ type, worker: 'test', maxJobs, timeoutMs: 60_000, requestTimeoutMs: 0, tenantIds: [TENANT] }),
    completed: async (key) => {
      const history = await engine.getHistory(key)
      return history.flatMap(({ events }) => events.flatMap((event) => (event.type === 'element.completed' ? [event.elementId] : [])))
    },
    stateOf: async (key) => (await engine.getInstance(key))?.state,
    folding: async (keys) => {
      const differing: string[] = []
      for (const key of keys) {
        const stored = await temp.store.loadInstance(key as ProcessInstanceKey)
        const folded = foldEvents(JSON.parse(JSON.stringify(await engine.getHistory(key))))
        if (!isDeepStrictEqual(JSON.parse(JSON.stringify(folded)), JSON.parse(JSON.stringify(stored?.state)))) differing.push(key)
      }
      return differing
    },
    restart: async () => {
      await engine.close()
      engine = await open(await temp.reopen())
      return engine
    },
    another: (store = temp.store, more = {}) => open(store, more),
    settled: () => settled(temp.store, clock, engine),
    remove: async () => {
      for (const opened of engines) await opened.close()
      await temp.remove()
      if (STORE_KIND === 'mongo') await stopMongoServer()
    },
  }
  return harness
}

const BUSY_GAUGES = ['commands.pending', 'jobs.inFlight', 'jobs.looking', 'timers.firing', 'outbox.active']

/** Waits until neither timers nor outbox rows are due and no command is under way. */
async function settled(store: Store, clock: FakeClock, engine: Engine): Promise<void> {
  for (let quiet = 0, turns = 0; quiet < 3; turns++) {
    if (turns > 20_000) throw new Error(`Expected the engine to come to rest, but it goes on: ${JSON.stringify(engine.metrics())}`)
    const [outbox, timers] = await Promise.all([store.dueOutbox(clock.now(), 10), store.dueTimers(clock.now(), 10)])
    const metrics = engine.metrics()
    const isBusy = outbox.length > 0 || timers.length > 0 || BUSY_GAUGES.some((gauge) => (metrics[gauge] ?? 0) > 0)
    quiet = isBusy ? 0 : quiet + 1
    await new Promise((resolve) => setTimeout(resolve, isBusy ? 1 : 0))
  }
}

/** A worker that completes every job with the same variables and remembers what it saw. */
export function completingWorker(
  type: string,
  variables: Readonly<Record<string, unknown>> = {},
): InProcessWorker & { readonly seen: string[] } {
  const seen: string[] = []
  return {
    type,
    name: `worker of ${type}`,
    maxJobs: 10,
    timeoutMs: 60_000,
    seen,
    handle: async (job) => {
      seen.push(job.jobKey)
      return { kind: 'complete', variables: variables as never }
    },
  }
}
