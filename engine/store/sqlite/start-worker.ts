import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { projectRoot } from '../../root.ts'
import type { WorkerOptions } from './protocol.ts'

/** Starts the worker script: the built one, or, when the program runs from source, one bundled in memory. */
export async function startWorker(options: WorkerOptions): Promise<Worker> {
  if (!import.meta.url.endsWith('.ts'))
    return new Worker(join(projectRoot(), 'dist/engine/store/sqlite/worker.js'), { workerData: options, execArgv: [] })
  bundled ??= bundle()
  return new Worker(await bundled, { workerData: options, execArgv: [], eval: true })
}

let bundled: Promise<string> | undefined

/** Node 20 does not pass TypeScript loaders on to a worker's entry file, so the worker gets JavaScript. */
async function bundle(): Promise<string> {
  const { buildSync } = await import('esbuild')
  const require = `require("node:module").createRequire(${JSON.stringify(join(projectRoot(), 'package.json'))})`
  const { outputFiles } = buildSync({
    entryPoints: [fileURLToPath(new URL('./worker.ts', import.meta.url))],
    bundle: true,
    write: false,
    platform: 'node',
    format: 'cjs',
    external: ['better-sqlite3'],
    // Evaluated code would look for packages from the current directory.
    banner: { js: `require = ${require};` },
  })
  return outputFiles[0]?.text ?? ''
}
