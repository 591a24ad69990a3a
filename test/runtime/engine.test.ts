import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { foldEvents } from '../../engine/kernel/index.ts'
import { completingWorker, type EngineHarness, openEngineHarness, TENANT, TESTER } from '../helpers/engine-harness.ts'
import { process } from '../helpers/process-builder.ts'

let house: EngineHarness
beforeEach(async () => {
  house = await openEngineHarness()
  await house.deploy(
    process('ship').start().serviceTask('weigh', { type: 'scale' }).end(),
    process('approve')
      .start()
      .userTask('decide', { name: 'Decide', candidateGroups: 'customs.inspector', priority: '70', externalReference: 'release' })
      .end('released'),
  )
})
afterEach(async () => house.remove())

const request = { bpmnProcessId: 'ship', variables: {}, tenantId: TENANT, actor: TESTER }

describe('an instance', () => {
  test('created twice under one key is one instance', async () => {
    const processInstanceKey = await house.engine.newInstanceKey()

    const first = await house.engine.createInstance({ ...request, processInstanceKey, businessKey: 'R-1' })
    const second = await house.engine.createInstance({ ...request, processInstanceKey, businessKey: 'R-1' })

    expect(second).toEqual(first)
    expect((await house.temp.store.search('instance', {})).total).toBe(1)
    expect(await house.engine.getInstance(processInstanceKey)).toMatchObject({ businessKey: 'R-1', state: 'ACTIVE' })
  })

  test('can be waited for to its end, with its variables', async () => {
    house.engine.addWorker(completingWorker('scale', { weight: 3, unit: 'kg' }))

    const ended = await house.engine.createInstance({ ...request, variables: { port: 'XM' }, awaitCompletion: { timeoutMs: 5_000 } })
    const some = await house.engine.createInstance({ ...request, awaitCompletion: { timeoutMs: 5_000, fetchVariables: ['weight'] } })

    expect(ended.variables).toEqual({ port: 'XM', weight: 3, unit: 'kg' })
    expect(some.variables).toEqual({ weight: 3 })
  })

  test('that does not end in time goes on while its caller is told', async () => {
    await expect(house.engine.createInstance({ ...request, awaitCompletion: { timeoutMs: 5 } })).rejects.toMatchObject({
      code: 'DEADLINE_EXCEEDED',
    })

    expect(await house.take('scale')).toHaveLength(1)
  })

  test('keeps a stored state that its history folds to', async () => {
    const key = await house.start('ship', { a: { b: [1, 2] } })
    const [job] = await house.take('scale')
    await house.engine.failJob(job?.jobKey ?? '', { retries: 1, errorMessage: 'wet' }, TESTER)

    const stored = await house.temp.store.loadInstance(key as never)

    expect(foldEvents(await house.engine.getHistory(key))).toEqual(stored?.state)
  })

  test('survives a restart in the middle', async () => {
    const key = await house.start('ship', { port: 'FZ' })
    const [job] = await house.take('scale')

    await house.restart()
    await house.engine.completeJob(job?.jobKey ?? '', { variables: { weight: 1 }, leaseToken: job?.leaseToken ?? '' }, TESTER)

    expect(await house.stateOf(key)).toBe('COMPLETED')
    expect(await house.engine.getVariables(key)).toEqual({ port: 'FZ', weight: 1 })
  })

  test('takes commands of two nodes, none of which is lost', async () => {
    const many = process('many').start().parallel('split')
    for (let n = 0; n < 12; n++)
      many
        .at('split')
        .serviceTask(`t${n}`, { type: `t${n % 2}` })
        .end(`e${n}`)
    await house.deploy(many)
    const other = await house.another()
    await other.definitions
    house.engine.addWorker({ ...completingWorker('t0'), maxJobs: 6 })
    other.addWorker({ ...completingWorker('t1'), maxJobs: 6 })

    const key = await house.start('many')
    const foreign = await other.activateJobs({ type: 't1', worker: 'x', maxJobs: 6, timeoutMs: 60_000, requestTimeoutMs: 0, tenantIds: [] })
    await Promise.all(foreign.map(({ jobKey }) => other.completeJob(jobKey, { variables: {} }, TESTER)))
    await expect.poll(() => house.stateOf(key), { timeout: 10_000 }).toBe('COMPLETED')

    const history = await house.engine.getHistory(key)
    expect(history.flatMap(({ events }) => events).filter(({ type }) => type === 'job.completed')).toHaveLength(12)
    expect(history.map(({ revision }) => revision)).toEqual(history.map((_, index) => index + 1))
  })

  test('that two nodes change at once loses the race once and no change', async () => {
    const key = await house.start('ship')
    const other = await house.another()
    const names = Array.from({ length: 20 }, (_, n) => `v${n}`)

    await Promise.all(names.map((name, n) => (n % 2 ? house.engine : other).setVariables(key, { [name]: n }, false, TESTER)))

    await house.engine.setVariables(key, { last: true }, false, TESTER)
    expect(Object.keys(await house.engine.getVariables(key)).sort()).toEqual([...names, 'last'].sort())
    expect((house.engine.metrics()['commits.conflicts'] ?? 0) + (other.metrics()['commits.conflicts'] ?? 0)).toBeGreaterThan(0)
  })

  test('is known in its newest state by a node that remembers an older one', async () => {
    const steps = process('steps')
      .start()
      .serviceTask('one', { type: 'one' })
      .serviceTask('two', { type: 'two' })
      .catchEvent('wait', { duration: 'PT1H' })
    await house.deploy(steps.end())
    const other = await house.another()
    const key = await house.start('steps')
    await other.setVariables(key, { seen: true }, false, TESTER)
    const [one] = await house.take('one')
    await house.engine.completeJob(one?.jobKey ?? '', { variables: { weight: 5 } }, TESTER)

    const lease = { worker: 'w', maxJobs: 1, timeoutMs: 60_000, requestTimeoutMs: 0, tenantIds: [] }
    const [two] = await other.activateJobs({ ...lease, type: 'two' })
    expect(two?.variables).toEqual({ seen: true, weight: 5 })
    await house.engine.completeJob(two?.jobKey ?? '', { variables: {} }, TESTER)
    await expect(other.completeJob(two?.jobKey ?? '', { variables: {} }, TESTER)).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await house.engine.close()
    const ended = other.createInstance({
      ...request,
      bpmnProcessId: 'steps',
      processInstanceKey: key as never,
      awaitCompletion: { timeoutMs: 10_000 },
    })
    await new Promise((resolve) => setTimeout(resolve, 50))
    house.clock.advance(3_600_000)

    expect((await ended).variables).toEqual({ seen: true, weight: 5 })
  })

  test('that is waited for on one node and ends on another is told of', async () => {
    const other = await house.another()
    const ended = other.createInstance({ ...request, awaitCompletion: { timeoutMs: 10_000 } })
    await expect.poll(async () => (await house.temp.store.search('job', {})).total).toBe(1)
    house.engine.addWorker(completingWorker('scale', { weight: 4 }))

    expect((await ended).variables).toEqual({ weight: 4 })
  })

  test('that is not there is not found, whatever is asked', async () => {
    const key = '99999990000000'

    await expect(house.engine.cancelInstance(key, TESTER)).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await expect(house.engine.getVariables(key)).rejects.toMatchObject({ code: 'NOT_FOUND' })
    expect(await house.engine.getInstance(key)).toBeUndefined()
    expect(await house.engine.getHistory(key)).toEqual([])
  })

  test('with variables above the limit is refused before anything is written (F21)', async () => {
    const text = 'x'.repeat(4 * 1024 * 1024)

    await expect(house.engine.createInstance({ ...request, variables: { text } })).rejects.toThrow(
      /at most 4194304 bytes of JSON, but found 41943\d\d bytes/,
    )
    expect((await house.temp.store.search('instance', {})).total).toBe(0)
  })

  test('with variables just below the limit runs, and blocks no small one beside it (F21)', async () => {
    const fat = await house.start('ship', { text: 'x'.repeat(4 * 1024 * 1024 - 100) })
    const small = await house.start('ship', { a: 1 })

    const jobs = await house.take('scale')

    expect(jobs.map((job) => job.processInstanceKey)).toEqual([fat, small])
  })
})

describe('a user task', () => {
  async function taskOf(key: string) {
    const [task] = (await house.temp.store.search('userTask', { filter: { processInstanceKey: key } })).items
    if (!task) throw new Error('Expected a user task')
    return task
  }

  test('is a row from its creation to long after its completion', async () => {
    const key = await house.start('approve')
    const task = await taskOf(key)
    expect(task).toMatchObject({
      state: 'CREATED',
      candidateGroups: ['customs.inspector'],
      priority: 70,
      externalFormReference: 'release',
      name: 'Decide',
    })

    await house.engine.assignUserTask(task.key, 'inspector-7', false, TESTER)
    expect((await taskOf(key)).assignee).toBe('inspector-7')
    await expect(house.engine.assignUserTask(task.key, 'inspector-8', false, TESTER)).rejects.toMatchObject({ code: 'INVALID_STATE' })
    await house.engine.unassignUserTask(task.key, TESTER)
    expect((await taskOf(key)).assignee).toBeUndefined()
    await house.engine.completeUserTask(task.key, { decision: 'accept' }, TESTER)

    expect(await taskOf(key)).toMatchObject({
      state: 'COMPLETED',
      completedBy: 'tester',
      submitted: { decision: 'accept' },
      endedAt: house.clock.now(),
    })
    expect(await house.engine.getInstance(key)).toMatchObject({ state: 'COMPLETED', endElementId: 'released', endedAt: house.clock.now() })
  })

  test('of a cancelled instance is marked so', async () => {
    const key = await house.start('approve')

    await house.engine.cancelInstance(key, TESTER)

    expect((await taskOf(key)).state).toBe('CANCELED')
  })
})

describe('the outbox', () => {
  test('carries out what a source adds to a commit, again after a failure, later each time', async () => {
    const tries: number[] = []
    house.engine.addOutboxSource((entry, row) =>
      entry.events.some(({ type }) => type === 'instance.completed')
        ? [{ kind: 'tell', payload: { key: row.key, state: row.state }, availableAt: entry.at }]
        : [],
    )
    house.engine.addOutboxHandler('tell', async (row) => {
      expect(row.payload).toMatchObject({ state: 'COMPLETED' })
      tries.push(house.clock.now())
      if (tries.length < 4) throw new Error('nobody home')
    })
    house.engine.addWorker(completingWorker('scale'))
    const startedAt = house.clock.now()

    await house.start('ship')
    await house.settled()
    for (let second = 0; second < 10; second++) {
      house.clock.advance(1_000)
      await house.settled()
    }

    expect(tries.map((at) => at - startedAt)).toEqual([0, 1_000, 3_000, 7_000])
    expect(await house.temp.store.nextOutboxAt()).toBeUndefined()
  })

  test('keeps rows of a kind until somebody handles it, across a restart', async () => {
    await house.temp.store.addOutbox([{ key: 'test-1', kind: 'later', payload: 7, availableAt: house.clock.now(), attempts: 0 }])
    await house.restart()
    await new Promise((resolve) => setTimeout(resolve, 20))

    const handled = new Promise((resolve) => house.engine.addOutboxHandler('later', async (row) => resolve(row.payload)))

    expect(await handled).toBe(7)
  })
})

describe('an engine', () => {
  test('tells listeners of commits, and goes on when one of them throws', async () => {
    const seen: string[] = []
    house.engine.onCommitted(() => {
      throw new Error('broken listener')
    })
    const stop = house.engine.onCommitted(({ command }) => seen.push(command))

    await house.start('ship')
    stop()
    await house.start('ship')

    expect(seen).toEqual(['createInstance'])
    expect(house.complaints).toHaveLength(2)
  })

  test('counts what it does', async () => {
    house.engine.addWorker(completingWorker('scale'))
    await house.start('ship')
    await house.settled()
    await house.engine.cancelInstance('1', TESTER).catch(() => undefined)

    expect(house.engine.metrics()).toMatchObject({
      'instances.created': 1,
      'instances.completed': 1,
      'jobs.activated': 1,
      'jobs.completed': 1,
      commits: 2,
      'jobs.inFlight': 0,
    })
  })

  test('that is closed takes no more commands', async () => {
    await house.engine.close()

    await expect(house.start('ship')).rejects.toMatchObject({ code: 'UNAVAILABLE' })
  })
})
