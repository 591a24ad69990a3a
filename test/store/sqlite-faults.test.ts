import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openStore } from '../../engine/store/index.ts'
import { lockDirectory } from '../../engine/store/sqlite/directory-lock.ts'
import { SqliteStore } from '../../engine/store/sqlite/sqlite-store.ts'
import { aCommit, aJob, instanceKey } from '../helpers/store-rows.ts'
import { openTempStore } from '../helpers/temp-store.ts'
import { crashContract } from './crash-contract.ts'

let dataDir: string
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'single-window-faults-'))
})
afterEach(() => rmSync(dataDir, { recursive: true, force: true }))

describe('the SQLite store', () => {
  crashContract(() => openTempStore('sqlite'), 400)

  it('makes its directory and keeps everything inside', async () => {
    const deep = join(dataDir, 'a/b')

    const store = await openStore({ dataDir: deep })
    await store.close()

    expect(store.location).toBe(`sqlite:${join(deep, 'single-window.db')}`)
    expect(readdirSync(deep).sort()).toEqual(['owner.lock', 'owner.pid', 'single-window.db'])
  })

  it('refuses a directory that is in use, naming the process, and takes it once it is free', async () => {
    const store = await openStore({ dataDir })

    expect(() => lockDirectory(dataDir, 0)).toThrow(
      expect.objectContaining({ code: 'UNAVAILABLE', message: expect.stringContaining(String(process.pid)) }),
    )
    await expect(openStore({ dataDir })).rejects.toMatchObject({ code: 'UNAVAILABLE', message: expect.stringContaining('in use') })
    await store.close()

    await (await openStore({ dataDir })).close()
  })

  it('refuses a directory it cannot make, a file that is no database, and a file of a newer program', async () => {
    writeFileSync(join(dataDir, 'file'), '')
    await expect(openStore({ dataDir: join(dataDir, 'file/below') })).rejects.toMatchObject({ code: 'UNAVAILABLE' })

    writeFileSync(join(dataDir, 'single-window.db'), 'no database, but long enough to look like one to SQLite'.repeat(99))
    await expect(openStore({ dataDir })).rejects.toMatchObject({ code: 'UNAVAILABLE' })
    rmSync(join(dataDir, 'single-window.db'))

    await (await openStore({ dataDir })).close()
    const db = new Database(join(dataDir, 'single-window.db'))
    db.exec("INSERT INTO schema_migration (number, name) VALUES (99, 'from the future')")
    db.close()
    await expect(openStore({ dataDir })).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      message: expect.stringMatching(/schema 99.*newer program/),
    })
  })

  it('keeps small commits and refuses the large one beside them whole when the disk is full, and goes on when there is space', async () => {
    const full = await SqliteStore.open(dataDir, { maxPages: 300 })
    const large = aCommit(instanceKey(1), 0, {
      note: 'x'.repeat(2_000_000),
      changes: [{ table: 'job', op: 'put', row: aJob(instanceKey(1), 1) }],
    })

    const outcomes = await Promise.allSettled([
      full.commit(aCommit(instanceKey(2), 0)),
      full.commit(large),
      full.commit(aCommit(instanceKey(3), 0)),
    ])

    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    expect(outcomes[1]).toMatchObject({ reason: { code: 'UNAVAILABLE' } })
    expect(await full.loadInstance(instanceKey(1))).toBeUndefined()
    expect((await full.search('job', {})).total).toBe(0)
    expect(await full.loadInstance(instanceKey(3))).toMatchObject({ revision: 1 })
    await full.close()

    const store = await openStore({ dataDir })
    await store.commit(large)
    expect(await store.loadInstance(instanceKey(1))).toMatchObject({ revision: 1 })
    await store.close()
  })

  it('bounds its log under constant writing', async () => {
    const store = await openStore({ dataDir })
    const note = 'x'.repeat(20_000)
    let largest = 0
    for (let round = 0; round < 60; round += 1) {
      await Promise.all(Array.from({ length: 100 }, (_, n) => store.commit(aCommit(instanceKey(n), round, { note }))))
      largest = Math.max(largest, statSync(join(dataDir, 'single-window.db-wal')).size)
    }
    await store.close()

    expect(largest).toBeLessThan(200 * 1024 * 1024)
    expect(existsSync(join(dataDir, 'single-window.db-wal'))).toBe(false)
  })
})
