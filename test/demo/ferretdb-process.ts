import type { ChildProcess } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { findFerretDb, HOW_TO_INSTALL_FERRETDB } from '../helpers/ferretdb.ts'
import { lastLines, startProgram } from './child-process.ts'
import { findFreePort } from './free-port.ts'

const READY_TAKES_AT_MOST_MS = 15_000

/** A FerretDB (MongoDB's protocol over SQLite) of the demonstration's own, in a temporary folder. */
export async function startFerretDb(folder: string): Promise<{ readonly url: string; readonly child: ChildProcess }> {
  const command = findFerretDb()
  if (command === undefined) {
    throw new Error(
      `Expected a "ferretdb" that works on PATH or in $(go env GOPATH)/bin for --store ferretdb, found none: ${HOW_TO_INSTALL_FERRETDB}`,
    )
  }
  const port = await findFreePort()
  const data = join(folder, 'ferretdb')
  mkdirSync(data)
  const logFile = join(folder, 'ferretdb.log')
  const child = startProgram({
    name: 'ferretdb',
    command,
    args: [
      '--handler=sqlite',
      `--sqlite-url=file:${data}/`,
      `--state-dir=${folder}`,
      `--listen-addr=127.0.0.1:${port}`,
      '--debug-addr=-',
      '--telemetry=disable',
      '--log-level=WARN',
    ],
    cwd: folder,
    logFile,
  })
  const until = Date.now() + READY_TAKES_AT_MOST_MS
  while (Date.now() < until && child.exitCode === null) {
    if (await takesConnections(port)) return { url: `mongodb://127.0.0.1:${port}`, child }
    await sleep(50)
  }
  throw new Error(`Expected FerretDB (${command}) to start. Its last words:\n${lastLines(logFile, 10)}`)
}

function takesConnections(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' })
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })
}
