import { join } from 'node:path'
import { Worker, type WorkerOptions } from 'node:worker_threads'
import { projectRoot } from '../root.ts'

/** Starts a worker by the path of its script in the project, without its ending: the built one, or, from source, one bundled in memory. */
export async function startWorker(script: string, options: WorkerOptions = {}): Promise<Worker> {
  if (!import.meta.url.endsWith('.ts')) return new Worker(join(projectRoot(), 'dist', `${script}.js`), { ...options, execArgv: [] })
  const known = bundles.get(script) ?? bundle(script)
  bundles.set(script, known)
  return new Worker(await known, { ...options, execArgv: [], eval: true })
}

const bundles = new Map<string, Promise<string>>()

/** Node 20 does not pass TypeScript loaders on to a worker's entry file, so the worker gets JavaScript. */
async function bundle(script: string): Promise<string> {
  const { build } = await import('esbuild')
  const require = `require("node:module").createRequire(${JSON.stringify(join(projectRoot(), 'package.json'))})`
  const { outputFiles } = await build({
    entryPoints: [join(projectRoot(), `${script}.ts`)],
    bundle: true,
    write: false,
    platform: 'node',
    format: 'cjs',
    packages: 'external',
    // Evaluated code would look for packages from the current directory.
    banner: { js: `require = ${require};` },
  })
  return outputFiles[0]?.text ?? ''
}
