import { execFileSync } from 'node:child_process'
import { join } from 'node:path'

export const HOW_TO_INSTALL_FERRETDB = 'run .ci/install-ferretdb, which builds one with Go into $(go env GOPATH)/bin'

/**
 * A FerretDB (MongoDB's protocol over SQLite) that starts: on PATH, or where Go installs programs.
 * One that was built without its version panics at once, so each candidate is tried.
 */
export function findFerretDb(candidates: () => Iterable<string> = installedFerretDbs): string | undefined {
  for (const candidate of candidates()) {
    try {
      execFileSync(candidate, ['--version'], { stdio: 'ignore' })
      return candidate
    } catch {
      // The next one may work.
    }
  }
  return undefined
}

/** Lazily: Go is asked for its folder only when PATH has none that works. */
function* installedFerretDbs(): Iterable<string> {
  yield 'ferretdb'
  try {
    const goPath = execFileSync('go', ['env', 'GOPATH'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()
    yield join(goPath, 'bin', 'ferretdb')
  } catch {
    // Without Go nothing was installed by it.
  }
}
