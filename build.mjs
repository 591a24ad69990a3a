// Bundles the programs for production into dist/, at the same paths as their sources. Packages stay in node_modules.
import { rmSync } from 'node:fs'
import { build } from 'esbuild'

rmSync('dist', { recursive: true, force: true })
await build({
  entryPoints: ['engine/main.ts', 'engine/store/sqlite/worker.ts', 'test/agencies/main.ts', 'test/demo/main.ts'],
  outdir: 'dist',
  outbase: '.',
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  packages: 'external',
  // The dialect's descriptor is data: bundled, so that Node need not import JSON.
  plugins: [
    {
      name: 'bundle-json',
      setup({ onResolve, resolve }) {
        onResolve({ filter: /\.json$/ }, ({ path, resolveDir, pluginData }) =>
          pluginData === 'inner' || path.startsWith('.') ? undefined : resolve(path, { resolveDir, kind: 'import-statement', pluginData: 'inner' }).then(({ path: file }) => ({ path: file, external: false })),
        )
      },
    },
  ],
  sourcemap: true,
  logLevel: 'warning',
})
