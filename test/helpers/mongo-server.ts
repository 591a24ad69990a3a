import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findFerretDb, HOW_TO_INSTALL_FERRETDB } from './ferretdb.ts'

export type MongoServer = { readonly url: string; readonly stop: () => Promise<void> } | { readonly skip: string }

/**
 * A MongoDB-protocol server for tests: the one TEST_MONGODB_URL names, else a FerretDB of our own on a fresh directory,
 * else the reason why there is none. `withDatabase` names a database on it.
 */
export async function startMongoServer(): Promise<MongoServer> {
  const given = process.env.TEST_MONGODB_URL
  if (given !== undefined && given !== '') return { url: given, stop: async () => {} }
  const binary = findFerretDb()
  if (binary === undefined)
    return { skip: `no MongoDB server: TEST_MONGODB_URL is not set and no "ferretdb" that works was found; ${HOW_TO_INSTALL_FERRETDB}` }
  return startFerret(binary)
}

export function withDatabase(url: string, database: string): string {
  const [, server, query = ''] = /^(mongodb(?:\+srv)?:\/\/[^/?]+)(?:\/[^?]*)?(\?.*)?$/.exec(url) ?? []
  return `${server}/${database}${query}`
}

async function startFerret(binary: string): Promise<MongoServer> {
  const directory = mkdtempSync(join(tmpdir(), 'single-window-ferretdb-'))
  const server = spawn(
    binary,
    [
      ...['--handler=sqlite', `--sqlite-url=file:${directory}/`, `--state-dir=${directory}`],
      ...['--listen-addr=127.0.0.1:0', '--debug-addr=-', '--telemetry=disable', '--log-level=INFO'],
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  )
  const kill = (): void => {
    server.kill('SIGKILL')
    rmSync(directory, { recursive: true, force: true })
  }
  process.once('exit', kill)
  const address = await listeningAddress(server)
  return {
    url: `mongodb://${address}`,
    stop: async () => {
      process.off('exit', kill)
      const ended = new Promise((resolve) => server.once('exit', resolve))
      server.kill('SIGKILL')
      await ended
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

function listeningAddress(server: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = ''
    server.stderr?.on('data', (chunk: Buffer) => {
      if (output === 'found') return
      output += chunk.toString()
      const address = /Listening on TCP[^0-9]*(127\.0\.0\.1:\d+)/i.exec(output)?.[1]
      if (address === undefined) return
      output = 'found'
      resolve(address)
    })
    server.once('exit', (code) => reject(new Error(`ferretdb ended with code ${code}: ${output}`)))
  })
}
