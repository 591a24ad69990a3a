import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { completingWorker, type EngineHarness, openEngineHarness, TENANT, TESTER } from '../helpers/engine-harness.ts'
import { process } from '../helpers/process-builder.ts'

let house: EngineHarness
beforeEach(async () => {
  house = await openEngineHarness()
  await house.deploy(
    process('ship')
      .start()
      .serviceTask('weigh', { type: 'scale', headers: { unit: 'kg' }, retries: '3' })
      .end(),
  )
})
afterEach(async () => house.remove())

async function takeOne(type = 'scale') {
  const [job] = await house.take(type, 1)
  if (!job) throw new Error(`Expected a job of type ${type}`)
  return job
}

describe('a job', () => {
  test('carries what its worker needs', async () => {
    const key = await house.start('ship', { weight: 12, port: 'Fuzhou' })

    const job = await takeOne()

    expect(job).toMatchObject({
      processInstanceKey: key,
      elementId: 'weigh',
      type: 'scale',
      kind: 'BPMN_ELEMENT',
      retries: 3,
      worker: 'test',
    })
    expect(job.customHeaders).toEqual({ unit: 'kg' })
    expect(job.variables).toEqual({ weight: 12, port: 'Fuzhou' })
    expect(job.deadline).toBe(house.clock.now() + 60_000)
  })

  test('carries only the variables asked for', async () => {
    await house.start('ship', { weight: 12, port: 'Fuzhou' })

    const [job] = await house.engine.activateJobs({
      ...{ type: 'scale', worker: 'w', maxJobs: 1, timeoutMs: 1_000, requestTimeoutMs: 0, tenantIds: [] },
      fetchVariables: ['port', 'none'],
    })

    expect(job?.variables).toEqual({ port: 'Fuzhou' })
  })

  test('ends the instance when it is completed', async () => {
    const key = await house.start('ship')
    const job = await takeOne()

    await house.engine.completeJob(job.jobKey, { variables: { weight: 7 }, leaseToken: job.leaseToken }, TESTER)

    expect(await house.stateOf(key)).toBe('COMPLETED')
    expect(await house.engine.getVariables(key)).toEqual({ weight: 7 })
    await expect(house.engine.completeJob(job.jobKey, { variables: {} }, TESTER)).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })

  test('is not handed out twice while its lease runs, and again when it ran out', async () => {
    await house.start('ship')
    const first = await takeOne()
    expect(await house.take('scale')).toEqual([])

    house.clock.advance(60_000)
    const second = await takeOne()

    expect(second.jobKey).toBe(first.jobKey)
    expect(second.leaseToken).not.toBe(first.leaseToken)
  })

  test('refuses the late answer of an old lease and takes that of the new one', async () => {
    const key = await house.start('ship')
    const late = await takeOne()
    house.clock.advance(60_000)
    const current = await takeOne()

    await expect(house.engine.completeJob(late.jobKey, { variables: {}, leaseToken: late.leaseToken }, TESTER)).rejects.toMatchObject({
      code: 'INVALID_STATE',
    })
    await house.engine.completeJob(current.jobKey, { variables: {}, leaseToken: current.leaseToken }, TESTER)

    expect(await house.stateOf(key)).toBe('COMPLETED')
  })

  test('takes a late answer when nobody else took the job', async () => {
    const key = await house.start('ship')
    const job = await takeOne()
    house.clock.advance(3_600_000)

    await house.engine.completeJob(job.jobKey, { variables: {}, leaseToken: job.leaseToken }, TESTER)

    expect(await house.stateOf(key)).toBe('COMPLETED')
  })

  test('waits for its back-off after a failure', async () => {
    await house.start('ship')
    const job = await takeOne()

    await house.engine.failJob(
      job.jobKey,
      { retries: 2, errorMessage: 'scale is wet', retryBackOffMs: 5_000, leaseToken: job.leaseToken },
      TESTER,
    )

    expect(await house.take('scale')).toEqual([])
    house.clock.advance(5_000)
    expect((await takeOne()).retries).toBe(2)
  })

  test('is never handed out once its retries are used up, until they are raised and the incident is resolved', async () => {
    const key = await house.start('ship')
    const job = await takeOne()
    await house.engine.failJob(job.jobKey, { retries: 0, errorMessage: 'scale is broken' }, TESTER)
    const { items } = await house.temp.store.search('incident', { filter: { processInstanceKey: key, state: 'ACTIVE' } })
    const incidentKey = items[0]?.key ?? ''
    house.clock.advance(86_400_000)

    expect(await house.take('scale')).toEqual([])
    await expect(house.engine.resolveIncident(incidentKey, TESTER)).rejects.toMatchObject({ code: 'INVALID_STATE' })
    await house.engine.updateJob(job.jobKey, { retries: 1 }, TESTER)
    expect(await house.take('scale')).toEqual([])
    await house.engine.resolveIncident(incidentKey, TESTER)

    expect((await takeOne()).retries).toBe(1)
    expect(await house.engine.getInstance(key)).toMatchObject({ hasIncident: false })
  })

  test('of a cancelled instance is gone', async () => {
    const key = await house.start('ship')
    const job = await takeOne()

    await house.engine.cancelInstance(key, TESTER)

    house.clock.advance(60_000)
    expect(await house.take('scale')).toEqual([])
    await expect(house.engine.completeJob(job.jobKey, { variables: {}, leaseToken: job.leaseToken }, TESTER)).rejects.toMatchObject({
      code: 'NOT_FOUND',
    })
    expect((await house.temp.store.search('job', {})).total).toBe(0)
  })

  test('with an error nobody catches is held by an incident', async () => {
    const key = await house.start('ship')
    const job = await takeOne()

    await house.engine.throwJobError(job.jobKey, { errorCode: 'OVERWEIGHT', leaseToken: job.leaseToken }, TESTER)

    expect(await house.engine.getInstance(key)).toMatchObject({ state: 'ACTIVE', hasIncident: true })
    house.clock.advance(60_000)
    expect(await house.take('scale')).toEqual([])
  })

  test('keeps its lease longer when its timeout is raised', async () => {
    await house.start('ship')
    const job = await takeOne()

    await house.engine.updateJob(job.jobKey, { timeoutMs: 120_000 }, TESTER)

    house.clock.advance(119_999)
    expect(await house.take('scale')).toEqual([])
    house.clock.advance(1)
    expect(await house.take('scale')).toHaveLength(1)
  })

  test('that nobody holds has no timeout to change', async () => {
    const key = await house.start('ship')
    const { items } = await house.temp.store.search('job', { filter: { processInstanceKey: key } })

    await expect(house.engine.updateJob(items[0]?.key ?? '', { timeoutMs: 1 }, TESTER)).rejects.toMatchObject({ code: 'INVALID_STATE' })
  })

  test('whose row outlived it in the store is dropped, not handed out', async () => {
    const key = await house.start('ship')
    const { items } = await house.temp.store.search('job', { filter: { processInstanceKey: key } })
    const [row] = items
    if (!row) throw new Error('Expected a job row')
    await house.engine.cancelInstance(key, TESTER)
    const stored = await house.temp.store.loadInstance(key as never)
    if (!stored) throw new Error('Expected the instance')
    const history = {
      processInstanceKey: key as never,
      revision: stored.revision + 1,
      at: 0,
      command: 'updateJob' as const,
      actor: TESTER,
      events: [],
    }
    await house.temp.store.commit({
      ...{ key: key as never, expectedRevision: stored.revision, state: stored.state, history, outbox: [] },
      changes: [{ table: 'job', op: 'put', row }],
    })

    expect(await house.take('scale')).toEqual([])
    expect(await house.temp.store.find('job', row.key)).toBeUndefined()
  })
})

describe('a long poll', () => {
  const poll = (options: { readonly signal?: AbortSignal; readonly requestTimeoutMs?: number } = {}) =>
    house.engine.activateJobs({
      type: 'scale',
      worker: 'poller',
      maxJobs: 5,
      timeoutMs: 1_000,
      requestTimeoutMs: 20_000,
      tenantIds: [TENANT],
      ...options,
    })

  test('is answered by the next job', async () => {
    const waiting = poll()

    const key = await house.start('ship')

    expect(await waiting).toMatchObject([{ processInstanceKey: key }])
  })

  test('is answered when a back-off ends', async () => {
    await house.start('ship')
    const job = await takeOne()
    await house.engine.failJob(job.jobKey, { retries: 1, errorMessage: 'wet', retryBackOffMs: 30_000 }, TESTER)
    const waiting = poll()
    await house.settled()

    house.clock.advance(30_000)

    expect(await waiting).toMatchObject([{ jobKey: job.jobKey }])
  })

  test('is answered when another lease runs out', async () => {
    await house.start('ship')
    const job = await takeOne()
    const waiting = poll()
    await house.settled()

    house.clock.advance(60_000)

    expect(await waiting).toMatchObject([{ jobKey: job.jobKey }])
  })

  test('ends empty when its caller goes away', async () => {
    const caller = new AbortController()
    const waiting = poll({ signal: caller.signal })

    caller.abort()

    expect(await waiting).toEqual([])
    expect(house.engine.metrics()['jobs.polls']).toBe(0)
  })

  test('ends empty when its time is over', async () => {
    expect(await poll({ requestTimeoutMs: 5 })).toEqual([])
  })

  test('leaves jobs to the poll that came first, and one job to one poll', async () => {
    const first = poll()
    const second = poll()
    await house.settled()

    const one = await house.start('ship')
    expect(await first).toMatchObject([{ processInstanceKey: one }])
    const two = await house.start('ship')
    expect(await second).toMatchObject([{ processInstanceKey: two }])
  })

  test('ends empty when the engine closes', async () => {
    const waiting = poll()

    await house.engine.close()

    expect(await waiting).toEqual([])
  })
})

describe('a worker inside the node', () => {
  test('completes jobs that were there before it and those that come', async () => {
    const before = await house.start('ship')
    const worker = completingWorker('scale', { weight: 3 })

    house.engine.addWorker(worker)
    const after = await house.start('ship')
    await house.settled()

    expect(await house.stateOf(before)).toBe('COMPLETED')
    expect(await house.stateOf(after)).toBe('COMPLETED')
    expect(worker.seen).toHaveLength(2)
  })

  test('never has more jobs in hand than it can take', async () => {
    let inHand = 0
    let most = 0
    house.engine.addWorker({
      ...{ type: 'scale', name: 'busy', maxJobs: 3, timeoutMs: 60_000 },
      handle: async () => {
        most = Math.max(most, ++inHand)
        await new Promise((resolve) => setImmediate(resolve))
        inHand--
        return { kind: 'complete', variables: {} }
      },
    })

    await Promise.all(Array.from({ length: 40 }, () => house.start('ship')))
    await house.settled()

    expect(most).toBeLessThanOrEqual(3)
    expect(house.engine.metrics()['instances.completed']).toBe(40)
  })

  test('that throws costs the job one retry and a back-off', async () => {
    const key = await house.start('ship')
    let tries = 0
    house.engine.addWorker({
      ...{ type: 'scale', name: 'clumsy', maxJobs: 1, timeoutMs: 60_000 },
      handle: async () => {
        tries++
        throw new Error('dropped it')
      },
    })
    await house.settled()
    expect(tries).toBe(1)
    expect((await house.temp.store.search('job', {})).items[0]).toMatchObject({ retries: 2, state: 'FAILED', errorMessage: 'dropped it' })

    for (let round = 0; round < 4; round++) {
      house.clock.advance(10_000)
      await house.settled()
    }

    expect(tries).toBe(3)
    expect(await house.engine.getInstance(key)).toMatchObject({ hasIncident: true })
  })

  test('fails with a clear text when its answer is larger than the limit', async () => {
    const small = await openEngineHarness({ maxPayloadBytes: 1_000 })
    await small.deploy(process('fat').start().serviceTask('a', { type: 'fat', retries: '1' }).end())
    await small.start('fat')

    small.engine.addWorker(completingWorker('fat', { text: 'x'.repeat(2_000) }))
    await small.settled()

    const { items } = await small.temp.store.search('incident', {})
    expect(items[0]?.message).toContain('at most 1000 bytes')
    await small.remove()
  })

  test('finishes its jobs when it is stopped, and takes no more', async () => {
    let finish: () => void = () => undefined
    const began = new Promise<void>((resolve) => {
      house.engine.addWorker({
        ...{ type: 'scale', name: 'slow', maxJobs: 1, timeoutMs: 60_000 },
        handle: async () => {
          resolve()
          await new Promise<void>((done) => {
            finish = done
          })
          return { kind: 'complete', variables: {} }
        },
      })
    })
    const key = await house.start('ship')
    await began

    const closing = house.engine.close()
    finish()
    await closing

    const next = await house.another()
    expect((await next.getInstance(key))?.state).toBe('COMPLETED')
  })
})
