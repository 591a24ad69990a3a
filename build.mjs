// Bundles the programs for production into dist/, at the same paths as their sources. Packages stay in node_modules.
import { existsSync, renameSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { build } from 'esbuild'

const { resolve } = createRequire(import.meta.url)

// Built beside and swapped in, so that a program that restarts meanwhile never finds half a build.
const fresh = `dist.new-${process.pid}`
const old = `dist.old-${process.pid}`
await build({
  entryPoints: [
    'engine/main.ts',
    'engine/store/sqlite/worker.ts',
    'engine/window/document/render-worker.ts',
    'engine/window/import/read-worker.ts',
    'engine/verify/verify-worker.ts',
    'test/agencies/main.ts',
    'test/demo/main.ts',
  ],
  outdir: fresh,
  outbase: '.',
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  packages: 'external',
  // JSON of a package is data: bundled, so that Node need not import JSON.
  plugins: [
    { name: 'bundle-json', setup: ({ onResolve }) => onResolve({ filter: /^[a-z@].*\.json$/ }, ({ path }) => ({ path: resolve(path) })) },
  ],
  sourcemap: true,
  logLevel: 'warning',
})
if (existsSync('dist')) renameSync('dist', old)
renameSync(fresh, 'dist')
rmSync(old, { recursive: true, force: true })
