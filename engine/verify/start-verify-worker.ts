import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { projectRoot } from '../root.ts'

/** A definition whose states do not fit kills its thread, not the server. */
const RESOURCES = { maxOldGenerationSizeMb: 1_024 }

/** Starts the worker script: the built one, or, when the program runs from source, one bundled in memory. */
export async function startVerifyWorker(): Promise<Worker> {
  const options = { execArgv: [], resourceLimits: RESOURCES }
  if (!import.meta.url.endsWith('.ts')) return new Worker(join(projectRoot(), 'dist/engine/verify/verify-worker.js'), options)
  bundled ??= bundle()
  return new Worker(await bundled, { ...options, eval: true })
}

let bundled: Promise<string> | undefined

/** Node 20 does not pass TypeScript loaders on to a worker's entry file, so the worker gets JavaScript, packages and all. */
async function bundle(): Promise<string> {
  const { build } = await import('esbuild')
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('./verify-worker.ts', import.meta.url))],
    bundle: true,
    write: false,
    platform: 'node',
    format: 'cjs',
    logLevel: 'error',
    // It reads files beside itself.
    external: ['bpmn-engine'],
    // Evaluated code would look for packages from the current directory.
    banner: { js: `require = require("node:module").createRequire(${JSON.stringify(join(projectRoot(), 'package.json'))});` },
  })
  return outputFiles[0]?.text ?? ''
}
