import { randomUUID } from 'node:crypto'
import mongoose from 'mongoose'
import { afterAll, describe, expect, it } from 'vitest'
import { openStore } from '../../engine/store/index.ts'
import { aCommit, aJob, anOutboxRow, instanceKey } from '../helpers/store-rows.ts'
import { mongoSkipReason, openTempStore, stopMongoServer } from '../helpers/temp-store.ts'
import { crashContract } from './crash-contract.ts'

const skipReason = await mongoSkipReason()
if (skipReason !== undefined) console.warn(`The MongoDB store's faults are not tested: ${skipReason}`)

const KEY = instanceKey(1)
const [OLD_JOB, NEW_JOB] = [aJob(KEY, 1), aJob(KEY, 2)]

/** An instance at revision 1 whose second commit was inserted by a node that died before it wrote what follows. */
async function withDeadCommit() {
  const temp = await openTempStore('mongo')
  await temp.store.commit(aCommit(KEY, 0, { changes: [{ table: 'job', op: 'put', row: OLD_JOB }] }))
  const { state, history, changes, outbox } = aCommit(KEY, 1, {
    note: 'second',
    changes: [
      { table: 'job', op: 'delete', key: OLD_JOB.key },
      { table: 'job', op: 'put', row: NEW_JOB },
    ],
    outbox: [anOutboxRow('1-2-0', 5)],
  })
  const connection = await mongoose.createConnection(temp.options.url ?? '').asPromise()
  await connection.collection<{ _id: string }>('history').insertOne({
    ...{ _id: `${KEY}-2`, processInstanceKey: KEY, revision: 2, commitId: randomUUID() },
    ...{ entry: JSON.stringify(history), isPending: true, pending: JSON.stringify({ state, changes, outbox }) },
  })
  await connection.close()
  return temp
}

describe.skipIf(skipReason !== undefined)('the MongoDB store', () => {
  afterAll(stopMongoServer)
  crashContract(() => openTempStore('mongo'), 60)

  it('finishes, when it opens, what a node that died has left', async () => {
    const temp = await withDeadCommit()

    const store = await temp.reopen()

    expect((await store.search('job', {})).items).toEqual([NEW_JOB])
    expect(await store.dueOutbox(10, 10)).toEqual([anOutboxRow('1-2-0', 5)])
    expect(await store.loadInstance(KEY)).toMatchObject({ revision: 2, state: { note: 'second' } })
    expect(await store.loadHistory(KEY)).toHaveLength(2)
    await temp.remove()
  })

  it('finishes what another node has left before it loads the instance or commits to it', async () => {
    const temp = await withDeadCommit()

    await expect(temp.store.commit(aCommit(KEY, 1, { note: 'late' }))).rejects.toMatchObject({ code: 'REVISION_CONFLICT' })
    expect(await temp.store.loadInstance(KEY)).toMatchObject({ revision: 2, state: { note: 'second' } })
    expect((await temp.store.search('job', {})).items).toEqual([NEW_JOB])
    await temp.store.commit(aCommit(KEY, 2))

    expect(await temp.store.loadInstance(KEY)).toMatchObject({ revision: 3 })
    await temp.remove()
  })

  it('repeats unfinished work without taking a lease back or adding a row twice', async () => {
    const temp = await withDeadCommit()
    await temp.store.loadInstance(KEY)
    await temp.store.leaseJobs({ type: 'weigh', worker: 'w', leaseToken: 't', now: 1_000, timeoutMs: 500, limit: 1, tenantIds: [] })
    await temp.store.removeOutbox(['1-2-0'])

    const store = await temp.reopen()

    expect(await store.find('job', NEW_JOB.key)).toMatchObject({ leaseToken: 't' })
    expect(await store.nextOutboxAt()).toBeUndefined()
    await temp.remove()
  })

  it('lets one of two nodes win a revision, and each lease keys of its own', async () => {
    const temp = await openTempStore('mongo')
    const other = await openStore(temp.options)
    await temp.store.commit(aCommit(KEY, 0))
    await other.loadInstance(KEY)

    const rivals = await Promise.allSettled([
      temp.store.commit(aCommit(KEY, 1, { note: 'a' })),
      other.commit(aCommit(KEY, 1, { note: 'b' })),
    ])
    const leases = await Promise.all([temp.store, other, temp.store, other].map((store) => store.leaseKeys(10)))

    expect(rivals.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect(await temp.store.loadInstance(KEY)).toEqual(await other.loadInstance(KEY))
    expect([...leases].sort()).toEqual([1_000_001, 1_000_011, 1_000_021, 1_000_031])
    await other.close()
    await temp.remove()
  })

  it('refuses an address where no server answers, without showing the password', async () => {
    const url = 'mongodb://user:secret@127.0.0.1:9/x?serverSelectionTimeoutMS=200'
    const failure = await openStore({ url }).catch((error: Error) => error)

    expect(failure).toMatchObject({ code: 'UNAVAILABLE' })
    expect((failure as Error).message).not.toContain('secret')
    await expect(openStore({ url: 'postgres://x' })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' })
  })
})
