import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import type { ProcessInstanceKey } from '../../engine/kernel/index.ts'
import { openStore, type Store } from '../../engine/store/index.ts'
import { aCommit, aJob } from '../helpers/store-rows.ts'
import type { TempStore } from '../helpers/temp-store.ts'

const CHILD = fileURLToPath(new URL('./committing-child.ts', import.meta.url))
const KILLS = 3

/** What holds after SIGKILL. `openTemp` makes an empty place; its store is closed before the child uses it. */
export function crashContract(openTemp: () => Promise<TempStore>, acknowledgedPerLife: number): void {
  it('has every acknowledged commit whole, and no half one, after SIGKILL at any moment', async () => {
    const temp = await openTemp()
    await temp.store.close()
    const acknowledged = new Map<string, number>()

    for (let kill = 0; kill < KILLS; kill += 1) await commitUntilKilled(temp.options, acknowledgedPerLife + kill, acknowledged)

    const store = await openStore(temp.options)
    try {
      expect(acknowledged.size).toBeGreaterThan(0)
      for (const [key, revision] of acknowledged) await expectWhole(store, key as ProcessInstanceKey, revision)
    } finally {
      await store.close()
      await temp.remove()
    }
  })
}

function commitUntilKilled(options: TempStore['options'], lines: number, acknowledged: Map<string, number>): Promise<void> {
  const child = spawn(process.execPath, ['--import', 'tsx', CHILD, JSON.stringify(options)], { stdio: ['ignore', 'pipe', 'pipe'] })
  let errors = ''
  child.stderr.on('data', (chunk: Buffer) => {
    errors += chunk.toString()
  })
  let left = lines
  const output = createInterface({ input: child.stdout })
  output.on('line', (line) => {
    const [key, revision] = line.split(' ')
    if (key !== undefined) acknowledged.set(key, Number(revision))
    left -= 1
    if (left === 0) child.kill('SIGKILL')
  })
  return new Promise((resolve, reject) => {
    child.once('close', (_, signal) =>
      signal === 'SIGKILL' ? resolve() : reject(new Error(`The committing process ended by itself: ${errors}`)),
    )
  })
}

async function expectWhole(store: Store, key: ProcessInstanceKey, acknowledged: number): Promise<void> {
  const instance = await store.loadInstance(key)
  const revision = instance?.revision ?? 0
  expect(revision).toBeGreaterThanOrEqual(acknowledged)
  expect(instance?.state).toMatchObject({ note: revision })
  expect((await store.loadHistory(key)).map((entry) => entry.revision)).toEqual(Array.from({ length: revision }, (_, n) => n + 1))
  const { items } = await store.search('job', { filter: { processInstanceKey: key } })
  expect(items.map((job) => job.key)).toEqual([aJob(key, revision).key])
  const outbox = (await store.dueOutbox(1e9, 100_000)).filter((row) => row.key.startsWith(`${key}-`))
  expect(outbox).toHaveLength(revision)
  await store.commit(aCommit(key, revision))
}
