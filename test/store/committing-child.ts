/** A process that commits until it is killed; prints each commit once it is acknowledged. Argument: the options of `openStore`. */
import { openStore } from '../../engine/store/index.ts'
import { aCommit, aJob, anOutboxRow, instanceKey } from '../helpers/store-rows.ts'

const INSTANCES = 8

async function commitForEver(number: number): Promise<void> {
  const key = instanceKey(number)
  for (let revision = (await store.loadInstance(key))?.revision ?? 0; ; revision += 1) {
    const row = aJob(key, 1 + revision)
    const changes = [
      { table: 'job', op: 'put', row },
      { table: 'job', op: 'delete', key: aJob(key, revision).key },
    ] as const
    await store.commit(aCommit(key, revision, { note: revision + 1, changes, outbox: [anOutboxRow(`${key}-${revision + 1}-0`, revision)] }))
    process.stdout.write(`${key} ${revision + 1}\n`)
  }
}

const store = await openStore(JSON.parse(process.argv[2] ?? '{}'))
await Promise.all(Array.from({ length: INSTANCES }, (_, number) => commitForEver(number)))
