import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Engine, openEngine, systemClock } from '../../engine/runtime/index.ts'
import { openStore } from '../../engine/store/index.ts'
import { JOBS, nineElements, VARIABLES } from './nine-elements.ts'

const BENCH = { id: 'bench', kind: 'system' } as const

export interface DurableFigures {
  /** Whole instances a second, every commit on disk before it is answered. */
  readonly perSecond: number
  /** Instances that wait on disk when memory is measured. */
  readonly waitingInstances: number
  /** How long one of those takes to be found on disk and completed, ms. */
  readonly wakeMs: number
}

/** The engine on a fresh SQLite file, jobs completed by workers inside the process. */
export async function benchDurable(forMs: number, waitingInstances: number): Promise<DurableFigures> {
  const dataDir = mkdtempSync(join(tmpdir(), 'single-window-bench-'))
  const store = await openStore({ dataDir })
  const engine = await openEngine({ store, clock: systemClock(), zone: 'Asia/Shanghai', log: () => undefined })
  try {
    await engine.deploy({ resources: [{ name: 'nine.bpmn', content: nineElements() }], tenantId: '<default>', actor: BENCH })
    const stopWorkers = addWorkers(engine)
    await runInstances(engine, 1_000)
    const perSecond = await runInstances(engine, forMs)
    await Promise.all(stopWorkers.map((stop) => stop()))
    const wakeMs = await wait(engine, waitingInstances)
    return { perSecond, waitingInstances, wakeMs }
  } finally {
    await engine.close()
    await store.close()
    rmSync(dataDir, { recursive: true, force: true })
  }
}

function addWorkers(engine: Engine): (() => Promise<void>)[] {
  return JOBS.map((type) =>
    engine.addWorker({
      type,
      name: 'bench',
      maxJobs: 200,
      timeoutMs: 60_000,
      handle: () => Promise.resolve({ kind: 'complete', variables: {} }),
    }),
  )
}

/** Keeps many instances under way for a while; returns how many ended in a second. */
async function runInstances(engine: Engine, forMs: number): Promise<number> {
  const started = performance.now()
  let done = 0
  const lane = async () => {
    while (performance.now() - started < forMs) {
      await engine.createInstance({
        bpmnProcessId: 'nine',
        variables: VARIABLES,
        tenantId: '<default>',
        actor: BENCH,
        awaitCompletion: { timeoutMs: 60_000 },
      })
      done++
    }
  }
  await Promise.all(Array.from({ length: 256 }, lane))
  return (done * 1000) / (performance.now() - started)
}

/** Starts instances that wait, then wakes the first of them, which no cache remembers. */
async function wait(engine: Engine, count: number): Promise<number> {
  const keys: string[] = []
  let begun = 0
  const lane = async () => {
    while (begun++ < count) {
      const { processInstanceKey } = await engine.createInstance({
        bpmnProcessId: 'nine',
        variables: VARIABLES,
        tenantId: '<default>',
        actor: BENCH,
      })
      keys.push(processInstanceKey)
    }
  }
  await Promise.all(Array.from({ length: 256 }, lane))
  const started = performance.now()
  await engine.cancelInstance(keys[0] ?? '', BENCH)
  return performance.now() - started
}
