import { expect, it } from 'vitest'
import { aCommit, aJob, anOutboxRow, aUserTask, instanceKey } from '../helpers/store-rows.ts'
import type { Bench } from './contract.ts'

const K1 = instanceKey(1)
const K2 = instanceKey(2)

export function instanceContract(bench: Bench): void {
  it('leases key prefixes from 1,000,001 on, none twice, also after it was opened again', async () => {
    const leases = await Promise.all([bench.store.leaseKeys(10), bench.store.leaseKeys(5), bench.store.leaseKeys(1)])
    expect([...leases].sort((a, b) => a - b)[0]).toBe(1_000_001)
    const store = await bench.reopen()

    const next = await store.leaseKeys(100)

    expect(next).toBe(1_000_017)
    expect(new Set([...leases, next]).size).toBe(4)
  })

  it('refuses to lease no keys', async () => {
    await expect(bench.store.leaseKeys(0)).rejects.toMatchObject({ name: 'StoreFailure', code: 'INVALID_ARGUMENT' })
  })

  it('gives back what was committed, with its revision and its history in order, after it was opened again', async () => {
    await bench.store.commit(aCommit(K1, 0, { note: 'first' }))
    await bench.store.commit(aCommit(K1, 1, { note: { 'a.b': [1, null, { $set: '数' }] } }))

    const store = await bench.reopen()

    expect(await store.loadInstance(K1)).toEqual({
      revision: 2,
      state: aCommit(K1, 1, { note: { 'a.b': [1, null, { $set: '数' }] } }).state,
    })
    expect((await store.loadHistory(K1)).map(({ revision, events }) => [revision, events.length])).toEqual([
      [1, 1],
      [2, 1],
    ])
    expect(await store.loadInstance(K2)).toBeUndefined()
    expect(await store.loadHistory(K2)).toEqual([])
  })

  it('refuses a commit on another revision and changes nothing by it', async () => {
    await bench.store.commit(aCommit(K1, 0, { note: 'kept' }))
    const changes = [{ table: 'job', op: 'put', row: aJob(K1, 5) }] as const

    for (const wrong of [0, 2, 7]) {
      await expect(bench.store.commit(aCommit(K1, wrong, { note: 'lost', changes, outbox: [anOutboxRow('x', 1)] }))).rejects.toMatchObject({
        code: 'REVISION_CONFLICT',
      })
    }

    expect(await bench.store.loadInstance(K1)).toMatchObject({ revision: 1, state: { note: 'kept' } })
    expect(await bench.store.loadHistory(K1)).toHaveLength(1)
    expect(await bench.store.find('job', aJob(K1, 5).key)).toBeUndefined()
    expect(await bench.store.nextOutboxAt()).toBeUndefined()
  })

  it('refuses a later revision of an instance that does not exist', async () => {
    await expect(bench.store.commit(aCommit(K1, 3))).rejects.toMatchObject({ code: 'REVISION_CONFLICT' })
    expect(await bench.store.loadInstance(K1)).toBeUndefined()
  })

  it('lets exactly one of many rivals win a revision', async () => {
    await bench.store.commit(aCommit(K1, 0))

    const rivals = await Promise.allSettled(Array.from({ length: 10 }, (_, note) => bench.store.commit(aCommit(K1, 1, { note }))))

    expect(rivals.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect((await bench.store.loadHistory(K1)).map(({ revision }) => revision)).toEqual([1, 2])
  })

  it('keeps the good commits of a group in which others fail', async () => {
    await bench.store.commit(aCommit(instanceKey(3), 0))
    const tries = Array.from({ length: 20 }, (_, n) => bench.store.commit(aCommit(instanceKey(n), 0, { note: n })))

    const outcomes = await Promise.allSettled(tries)

    expect(outcomes.flatMap(({ status }, n) => (status === 'rejected' ? [n] : []))).toEqual([3])
    const loaded = await Promise.all(outcomes.map((_, n) => bench.store.loadInstance(instanceKey(n))))
    expect(loaded.every((instance) => instance?.revision === 1)).toBe(true)
  })

  it('puts, patches, clears and deletes rows in the order of the changes', async () => {
    const { store } = bench
    const task = aUserTask(K1, 3, { assignee: 'li', candidateGroups: ['customs.officer'], submitted: { 'a.b': { $x: 1 } } })
    await store.commit(
      aCommit(K1, 0, {
        changes: [
          { table: 'userTask', op: 'put', row: task },
          { table: 'job', op: 'put', row: aJob(K1, 4) },
          { table: 'job', op: 'patch', key: aJob(K1, 4).key, fields: { retries: 1, errorMessage: 'no scales' } },
          { table: 'job', op: 'put', row: aJob(K1, 5) },
          { table: 'job', op: 'delete', key: aJob(K1, 5).key },
        ],
      }),
    )
    expect(await store.find('userTask', task.key)).toEqual(task)
    expect(await store.find('job', aJob(K1, 4).key)).toEqual(aJob(K1, 4, { retries: 1, errorMessage: 'no scales' }))
    expect(await store.find('job', aJob(K1, 5).key)).toBeUndefined()

    await store.commit(
      aCommit(K1, 1, {
        changes: [
          { table: 'userTask', op: 'patch', key: task.key, fields: { assignee: null, state: 'COMPLETED' } },
          { table: 'job', op: 'patch', key: 'gone', fields: { retries: 9 } },
          { table: 'job', op: 'delete', key: aJob(K1, 4).key },
        ],
      }),
    )

    const { assignee: _, ...rest } = task
    expect(await store.find('userTask', task.key)).toEqual({ ...rest, state: 'COMPLETED' })
    expect((await store.search('job', {})).total).toBe(0)
  })

  it('finds rows by every operator, by contained list elements and by any of several filters', async () => {
    const { store } = bench
    const rows = [
      aUserTask(K1, 1, { candidateGroups: ['customs.officer', 'customs.chief'], priority: 10, assignee: 'li', businessKey: 'GE-1[x]' }),
      aUserTask(K1, 2, { candidateGroups: ['inspection.officer'], priority: 20, businessKey: 'GE-22' }),
      aUserTask(K1, 3, { candidateUsers: ['li'], priority: 30, state: 'COMPLETED' }),
    ]
    await store.commit(aCommit(K1, 0, { changes: rows.map((row) => ({ table: 'userTask', op: 'put', row }) as const) }))
    const priorities = async (query: Parameters<typeof store.search<'userTask'>>[1]) =>
      (await store.search('userTask', { sort: [{ field: 'priority', order: 'asc' }], ...query })).items.map(({ priority }) => priority)

    expect(await priorities({ filter: { candidateGroups: 'customs.chief' } })).toEqual([10])
    expect(await priorities({ filter: { candidateGroups: { in: ['customs.chief', 'inspection.officer'] } } })).toEqual([10, 20])
    expect(await priorities({ filter: { candidateGroups: { neq: 'customs.chief' } } })).toEqual([20, 30])
    expect(await priorities({ filter: { candidateGroups: { in: [] } } })).toEqual([])
    expect(await priorities({ filter: { priority: { gt: 10, lte: 30 }, state: { neq: 'COMPLETED' } } })).toEqual([20])
    expect(await priorities({ filter: { priority: { gte: 20, lt: 30 } } })).toEqual([20])
    expect(await priorities({ filter: { assignee: { exists: false } } })).toEqual([20, 30])
    expect(await priorities({ filter: { assignee: { neq: 'li' } } })).toEqual([20, 30])
    expect(await priorities({ filter: { businessKey: { like: 'GE-?[x]' } } })).toEqual([10])
    expect(await priorities({ filter: { businessKey: { like: 'ge-*' } } })).toEqual([])
    expect(await priorities({ filter: { businessKey: { like: '*2' } } })).toEqual([20])
    expect(await priorities({ anyOf: [{ assignee: 'li' }, { candidateUsers: 'li', state: 'COMPLETED' }] })).toEqual([10, 30])
    expect(await priorities({ anyOf: [] })).toEqual([])
    expect(await priorities({ anyOf: [{}] })).toEqual([10, 20, 30])
    expect(await priorities({ filter: { processInstanceKey: K1, key: rows[1]?.key ?? '' } })).toEqual([20])
    expect(await store.search('userTask', { sort: [{ field: 'priority', order: 'desc' }], from: 1, limit: 1 })).toEqual({
      items: [rows[1]],
      total: 3,
    })
    expect(await store.search('userTask', { limit: 0 })).toEqual({ items: [], total: 3 })
    expect(await store.search('userTask', { from: 9 })).toEqual({ items: [], total: 3 })
  })

  it('refuses a query it cannot carry out and names the field', async () => {
    const { store } = bench
    const refusals: readonly [Parameters<typeof store.search>[1], RegExp][] = [
      [{ filter: { nonsense: 1 } }, /"nonsense".*businessKey/],
      [{ filter: { 'state"; DROP TABLE job': 'x' } }, /DROP TABLE/],
      [{ filter: { submitted: 'x' } }, /"submitted"/],
      [{ filter: { priority: 'high' } }, /"priority"/],
      [{ filter: { state: { near: 1 } as never } }, /"near"/],
      [{ sort: [{ field: 'customHeaders', order: 'asc' }] }, /"customHeaders"/],
      [{ limit: 1_001 }, /limit/],
      [{ from: -1 }, /from/],
    ]
    for (const [query, text] of refusals) {
      await expect(store.search('userTask', query)).rejects.toMatchObject({
        code: 'INVALID_ARGUMENT',
        message: expect.stringMatching(text),
      })
    }
  })

  it('drops a row that its instance no longer knows', async () => {
    const task = aUserTask(K1, 3, { candidateGroups: ['customs.officer'] })
    await bench.store.commit(aCommit(K1, 0, { changes: [{ table: 'userTask', op: 'put', row: task }] }))

    await bench.store.dropRow('userTask', task.key)
    await bench.store.dropRow('userTask', task.key)

    expect((await bench.store.search('userTask', { filter: { candidateGroups: 'customs.officer' } })).total).toBe(0)
  })

  it('finishes what was asked for before it closes, and refuses what comes after', async () => {
    const commits = Array.from({ length: 10 }, (_, n) => bench.store.commit(aCommit(instanceKey(n), 0)))
    const closed = bench.store

    const store = await bench.reopen()

    await expect(Promise.all(commits)).resolves.toHaveLength(10)
    expect(await store.loadInstance(instanceKey(9))).toBeDefined()
    await expect(closed.commit(aCommit(instanceKey(20), 0))).rejects.toMatchObject({ code: 'CLOSED' })
    await expect(closed.find('job', '1')).rejects.toMatchObject({ code: 'CLOSED' })
  })
}
