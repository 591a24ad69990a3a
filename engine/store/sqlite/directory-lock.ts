import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { StoreFailure } from '../port.ts'

/** How long to wait for an owner that is just ending. */
const PATIENCE_MS = 3_000

/**
 * Makes this process the directory's only owner until the returned function is called or the process ends.
 *
 * The lock is the operating system's, on a file of its own, so it also ends with SIGKILL; the process id beside it only serves the message.
 * @throws StoreFailure `UNAVAILABLE`
 */
export function lockDirectory(directory: string, patienceMs = PATIENCE_MS): () => void {
  const lock = new Database(join(directory, 'owner.lock'), { timeout: patienceMs })
  const pidFile = join(directory, 'owner.pid')
  try {
    lock.exec('BEGIN EXCLUSIVE')
  } catch (error) {
    lock.close()
    throw new StoreFailure(
      'UNAVAILABLE',
      `${directory} is in use by another process${ownerText(pidFile)}. Stop it first, or name another data directory.`,
      { cause: error },
    )
  }
  writeFileSync(pidFile, String(process.pid))
  return () => lock.close()
}

function ownerText(pidFile: string): string {
  try {
    return ` (process id ${readFileSync(pidFile, 'utf8')})`
  } catch {
    return ''
  }
}
