import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Engine, openEngine } from '../../engine/runtime/index.ts'
import type { Store } from '../../engine/store/index.ts'
import { crashingStore } from '../helpers/crashing-store.ts'
import { TENANT, TESTER } from '../helpers/engine-harness.ts'
import { fakeClock } from '../helpers/fake-clock.ts'
import { process } from '../helpers/process-builder.ts'
import { openTempStore, type TempStore } from '../helpers/temp-store.ts'

const MOST_WRITES = 60

let temp: TempStore
let clock: ReturnType<typeof fakeClock>
beforeEach(async () => {
  temp = await openTempStore()
  clock = fakeClock()
})
afterEach(async () => temp.remove())

const open = (store: Store): Promise<Engine> => openEngine({ store, clock, zone: 'Asia/Shanghai', log: () => undefined })
const deploy = (engine: Engine, ...files: readonly { readonly id: string; xml(): string }[]) =>
  engine.deploy({ resources: files.map((file) => ({ name: `${file.id}.bpmn`, content: file.xml() })), tenantId: TENANT, actor: TESTER })
const turn = () => new Promise((resolve) => setTimeout(resolve, 1))
const rest = async (turns = 30) => {
  for (let n = 0; n < turns; n++) await turn()
}
/** Lets the engine work until the store shows what is expected. */
async function until(isDone: () => Promise<boolean>): Promise<void> {
  for (let n = 0; n < 3_000; n++) {
    if (await isDone()) return
    await turn()
  }
}
const instances = async (filter: Record<string, string>) => (await temp.store.search('instance', { filter })).items

/**
 * Runs a scenario once for every write it makes, killing the node there, and hands over to a new node each time.
 * Gives the number of crashes that were tried.
 */
async function atEveryWrite(
  scenario: (engine: Engine, crash: number) => Promise<void>,
  carryOn: (engine: Engine, crash: number) => Promise<void>,
): Promise<number> {
  for (let crash = 1; crash <= MOST_WRITES; crash++) {
    const node = crashingStore(temp.store, Math.ceil(crash / 2), crash % 2 === 1 ? 'before' : 'after')
    // The calls of a dead node never come back, so the scenario is not awaited beyond its death.
    const run = open(node.store).then((engine) => scenario(engine, crash))
    let isOver = false
    run.then(
      () => {
        isOver = true
      },
      () => {
        isOver = true
      },
    )
    await until(async () => node.isDead || isOver)
    await rest(10)
    if (!node.isDead) {
      // It came through without reaching that write: every write was tried. Let the last node go.
      await run
      return crash - 1
    }
    const engine = await open(temp.store)
    await carryOn(engine, crash)
    await engine.close()
  }
  throw new Error(`Expected the scenario to make fewer than ${MOST_WRITES / 2} writes`)
}

describe('after a crash at any write', () => {
  test('a call activity runs its child once and its parent to the end', async () => {
    const parent = process('parent').start().callActivity('call', { processId: 'child' }).end()
    const child = process('child').start().scriptTask('add', { expression: '=n + 1', resultVariable: 'n' }).end()
    const first = await open(temp.store)
    await deploy(first, parent, child)
    await first.close()
    const keyOf = (crash: number) => `${9_000_000 + crash}0000000`
    const create = (engine: Engine, crash: number) =>
      engine.createInstance({
        ...{ bpmnProcessId: 'parent', tenantId: TENANT, actor: TESTER, variables: { n: 1 } },
        processInstanceKey: keyOf(crash) as never,
      })
    const isEnded = async (crash: number) => (await temp.store.find('instance', keyOf(crash)))?.state === 'COMPLETED'

    const crashes = await atEveryWrite(
      async (engine, crash) => {
        await create(engine, crash)
        await until(async () => (await isEnded(crash)) && (await temp.store.dueOutbox(clock.now(), 1)).length === 0)
      },
      async (engine, crash) => {
        // The caller had no answer, so it asks again under the same key.
        await create(engine, crash)
        await until(() => isEnded(crash))
        const children = await instances({ parentProcessInstanceKey: keyOf(crash) })
        expect(children.map(({ state }) => state)).toEqual(['COMPLETED'])
        expect(await engine.getVariables(keyOf(crash))).toEqual({ n: 2 })
        await until(async () => (await temp.store.dueOutbox(clock.now(), 1)).length === 0)
        expect(await temp.store.dueOutbox(clock.now(), 1)).toEqual([])
      },
    )

    expect(crashes).toBeGreaterThanOrEqual(8)
  }, 120_000)

  test('a published message starts one instance and reaches one waiting instance', async () => {
    const starter = process('starter').start('received', { message: 'cargo' }).serviceTask('work', { type: 'work' }).end()
    const waiter = process('waiter').start().serviceTask('work2', { type: 'work' }).end()
    waiter.boundary('work2', 'heard', { message: 'cargo', correlationKey: '=k', interrupting: false }).end('noted')
    const first = await open(temp.store)
    await deploy(first, starter, waiter)
    await first.close()
    const keyOf = (crash: number) => `${9_000_000 + crash}0000000`
    const publish = (engine: Engine, crash: number) =>
      engine.publishMessage(
        {
          name: 'cargo',
          correlationKey: `K${crash}`,
          timeToLiveMs: 3_600_000,
          variables: { k: `K${crash}` },
          tenantId: TENANT,
          messageId: 'once',
        },
        TESTER,
      )
    const startedBy = async (crash: number) => {
      const { items } = await temp.store
        .documents({ name: 'start_lock', indexes: ['processInstanceKey'], unique: [] })
        .find({ limit: 1_000 })
      return items.filter(({ body }) => body.correlationKey === `K${crash}`)
    }
    const noted = async (engine: Engine, crash: number) =>
      (await engine.getHistory(keyOf(crash)))
        .flatMap(({ events }) => events)
        .filter((event) => event.type === 'element.completed' && event.elementId === 'noted').length

    const crashes = await atEveryWrite(
      async (engine, crash) => {
        await engine.createInstance({
          ...{ bpmnProcessId: 'waiter', tenantId: TENANT, actor: TESTER, variables: { k: `K${crash}` } },
          processInstanceKey: keyOf(crash) as never,
        })
        await publish(engine, crash)
        await rest()
      },
      async (engine, crash) => {
        const isWaiting = (await engine.getInstance(keyOf(crash))) !== undefined
        if (!isWaiting) return
        await rest()
        // The publisher had no answer; with the same id it may safely ask again.
        await publish(engine, crash).catch((error) => expect(error).toMatchObject({ code: 'ALREADY_EXISTS' }))
        await until(async () => (await noted(engine, crash)) === 1 && (await temp.store.dueOutbox(clock.now(), 1)).length === 0)
        await rest()
        expect(await noted(engine, crash), `noted after crash ${crash}`).toBe(1)
        const locks = await startedBy(crash)
        expect(locks).toHaveLength(1)
        const started = (await instances({ bpmnProcessId: 'starter' })).map(({ key }) => key)
        const own = (
          await Promise.all(started.map(async (key) => ((await engine.getVariables(key)).k === `K${crash}` ? [key] : [])))
        ).flat()
        expect(own, `started after crash ${crash}`).toEqual([locks[0]?.body.processInstanceKey])
      },
    )

    expect(crashes).toBeGreaterThanOrEqual(12)
  }, 120_000)

  test('a worker does every job, and no answer is taken twice', async () => {
    const two = process('two').start().serviceTask('a', { type: 'a' }).serviceTask('b', { type: 'b' }).end()
    const first = await open(temp.store)
    await deploy(first, two)
    await first.close()
    const keyOf = (crash: number) => `${9_000_000 + crash}0000000`
    const work = (engine: Engine) => {
      for (const type of ['a', 'b']) {
        engine.addWorker({
          type,
          name: type,
          maxJobs: 4,
          timeoutMs: 1_000,
          handle: async () => ({ kind: 'complete', variables: { [type]: 1 } }),
        })
      }
    }
    const create = (engine: Engine, crash: number) =>
      engine.createInstance({
        ...{ bpmnProcessId: 'two', tenantId: TENANT, actor: TESTER, variables: {} },
        processInstanceKey: keyOf(crash) as never,
      })
    const isEnded = async (crash: number) => (await temp.store.find('instance', keyOf(crash)))?.state === 'COMPLETED'

    const crashes = await atEveryWrite(
      async (engine, crash) => {
        work(engine)
        await create(engine, crash)
        await until(() => isEnded(crash))
      },
      async (engine, crash) => {
        await create(engine, crash)
        // Leases of the dead node run out.
        clock.advance(1_000)
        work(engine)
        await until(() => isEnded(crash))
        const events = (await engine.getHistory(keyOf(crash))).flatMap((entry) => entry.events)
        expect(events.filter(({ type }) => type === 'job.completed')).toHaveLength(2)
        expect(events.at(-1)?.type).toBe('instance.completed')
      },
    )

    expect(crashes).toBeGreaterThanOrEqual(6)
  }, 120_000)
})
