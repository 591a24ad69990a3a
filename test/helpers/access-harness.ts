import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Access, openAccess } from '../../engine/access/index.ts'
import { openStore, type Store } from '../../engine/store/index.ts'

export const PASSWORD = 'harbour light 4711'
export const USCC = '91350100M000100Y43'

/** Access on a real store, with a clock that is moved by hand. */
export interface AccessHarness {
  readonly access: Access
  readonly store: Store
  /** Moves the clock forward. */
  advance(ms: number): void
  /** A second node on the same store. */
  otherNode(): Access
  close(): Promise<void>
}

export async function openAccessHarness(): Promise<AccessHarness> {
  const dataDir = mkdtempSync(join(tmpdir(), 'access-'))
  const store = await openStore({ dataDir })
  let now = Date.UTC(2026, 2, 1)
  const open = (): Access => openAccess({ store, now: () => now })
  return {
    access: open(),
    store,
    advance(ms) {
      now += ms
    },
    otherNode: open,
    async close() {
      await store.close()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}
