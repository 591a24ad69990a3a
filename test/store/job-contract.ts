import { expect, it } from 'vitest'
import type { JobRow } from '../../engine/store/index.ts'
import { aCommit, aJob, anOutboxRow, aTimer, instanceKey } from '../helpers/store-rows.ts'
import type { Bench } from './contract.ts'

const K1 = instanceKey(1)
const LEASE = { type: 'weigh', worker: 'w1', leaseToken: 't1', now: 1_000, timeoutMs: 500, limit: 10, tenantIds: [] }

export function jobContract(bench: Bench): void {
  const putJobs = (...jobs: readonly JobRow[]) =>
    bench.store.commit(aCommit(K1, 0, { changes: jobs.map((row) => ({ table: 'job', op: 'put', row }) as const) }))

  it('hands out due jobs of a type by priority, then age, and none that is held', async () => {
    const [urgent, old, young] = [
      aJob(K1, 1, { priority: 90, createdAt: 300 }),
      aJob(K1, 2, { createdAt: 100 }),
      aJob(K1, 3, { createdAt: 200 }),
    ]
    await putJobs(
      ...[young, old, urgent],
      aJob(K1, 4, { type: 'other' }),
      aJob(K1, 5, { retries: 0 }),
      aJob(K1, 6, { availableAt: 1_001 }),
      aJob(K1, 7, { state: 'ERROR_THROWN' }),
      aJob(K1, 8, { tenantId: 'elsewhere' }),
    )

    const leased = await bench.store.leaseJobs({ ...LEASE, tenantIds: ['<default>'] })

    const lease = { worker: 'w1', leaseToken: 't1', availableAt: 1_500 }
    expect(leased).toEqual([urgent, old, young].map((job) => ({ ...job, ...lease })))
    expect(await bench.store.find('job', old.key)).toEqual({ ...old, ...lease })
    expect((await bench.store.leaseJobs({ ...LEASE, leaseToken: 't2' })).map(({ tenantId }) => tenantId)).toEqual(['elsewhere'])
    expect(await bench.store.nextJobAt('weigh')).toBe(1_001)
    expect(await bench.store.nextJobAt('unknown')).toBeUndefined()
  })

  it('hands out a job again when its lease ran out', async () => {
    await putJobs(aJob(K1, 1))
    await bench.store.leaseJobs(LEASE)

    expect(await bench.store.leaseJobs({ ...LEASE, leaseToken: 't2', now: 1_499 })).toEqual([])
    expect(await bench.store.leaseJobs({ ...LEASE, leaseToken: 't2', now: 1_500 })).toMatchObject([{ leaseToken: 't2' }])
  })

  it('never hands a job to two callers at once', async () => {
    await putJobs(...Array.from({ length: 30 }, (_, n) => aJob(K1, n + 1)))

    const leases = await Promise.all(
      Array.from({ length: 6 }, (_, n) => bench.store.leaseJobs({ ...LEASE, leaseToken: `t${n}`, limit: 7 })),
    )

    const keys = leases.flat().map(({ key }) => key)
    expect(new Set(keys).size).toBe(keys.length)
    expect(keys).toHaveLength(30)
    expect(leases.every(({ length }) => length <= 7)).toBe(true)
  })

  it('takes a lease back only with its own token', async () => {
    const job = aJob(K1, 1)
    await putJobs(job)
    await bench.store.leaseJobs(LEASE)

    await bench.store.releaseJobs([{ key: job.key, leaseToken: 'foreign' }], 1_100)
    expect(await bench.store.find('job', job.key)).toMatchObject({ availableAt: 1_500 })
    await bench.store.releaseJobs([{ key: job.key, leaseToken: 't1' }], 1_100)

    expect(await bench.store.find('job', job.key)).toEqual({ ...job, availableAt: 1_100 })
  })

  it('tells due timers, earliest first, and when the next is due', async () => {
    const timers = [aTimer(K1, 1, 300), aTimer(K1, 2, 100), aTimer(K1, 3, 9_000_000_000_000)]
    await bench.store.commit(aCommit(K1, 0, { changes: timers.map((row) => ({ table: 'timer', op: 'put', row }) as const) }))

    expect((await bench.store.dueTimers(300, 10)).map(({ dueAt }) => dueAt)).toEqual([100, 300])
    expect((await bench.store.dueTimers(300, 1)).map(({ dueAt }) => dueAt)).toEqual([100])
    expect(await bench.store.nextTimerAt()).toBe(100)
    await bench.store.dropRow('timer', timers[1]?.key ?? '')
    await bench.store.dropRow('timer', timers[0]?.key ?? '')
    expect(await bench.store.nextTimerAt()).toBe(9_000_000_000_000)
  })

  it('keeps outbox rows until they are removed, and adds none twice', async () => {
    const { store } = bench
    const [later, now] = [anOutboxRow('1-1-0', 200), anOutboxRow('1-1-1', 100, { lastError: 'refused' })]
    await store.commit(aCommit(K1, 0, { outbox: [later, now] }))
    await store.addOutbox([anOutboxRow('1-1-0', 1, { kind: 'again' }), anOutboxRow('free', 300)])

    expect(await store.dueOutbox(200, 10)).toEqual([now, later])
    expect(await store.dueOutbox(1_000, 1)).toEqual([now])
    expect(await store.nextOutboxAt()).toBe(100)
    await store.postponeOutbox('1-1-1', 500, 2, 'no answer')
    await store.removeOutbox(['1-1-0', 'unknown'])

    expect(await store.dueOutbox(1_000, 10)).toEqual([
      anOutboxRow('free', 300),
      { ...now, availableAt: 500, attempts: 2, lastError: 'no answer' },
    ])
    await store.removeOutbox(['free', '1-1-1'])
    expect(await store.nextOutboxAt()).toBeUndefined()
  })
}
