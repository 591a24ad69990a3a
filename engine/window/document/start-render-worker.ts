import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { projectRoot } from '../../root.ts'
import type { FontFiles } from './render-pdf.ts'

/** Starts the worker script: the built one, or, when the program runs from source, one bundled in memory. */
export async function startRenderWorker(): Promise<Worker> {
  const workerData = fontFiles()
  if (!import.meta.url.endsWith('.ts'))
    return new Worker(join(projectRoot(), 'dist/engine/window/document/render-worker.js'), { workerData, execArgv: [] })
  bundled ??= bundle()
  return new Worker(await bundled, { workerData, execArgv: [], eval: true })
}

let bundled: Promise<string> | undefined

/** Node 20 does not pass TypeScript loaders on to a worker's entry file, so the worker gets JavaScript. */
async function bundle(): Promise<string> {
  const { build } = await import('esbuild')
  const require = `require("node:module").createRequire(${JSON.stringify(join(projectRoot(), 'package.json'))})`
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('./render-worker.ts', import.meta.url))],
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

function fontFiles(): FontFiles {
  const { resolve } = createRequire(join(projectRoot(), 'package.json'))
  const file = (family: string, name: string, weight: string) => resolve(`@expo-google-fonts/${family}/${weight}/${name}_${weight}.ttf`)
  return {
    regular: file('noto-sans-sc', 'NotoSansSC', '400Regular'),
    bold: file('noto-sans-sc', 'NotoSansSC', '700Bold'),
    // One glyph for each letter: Noto draws the dots apart, and what is copied out of the page then has the wrong letters.
    arabic: file('vazirmatn', 'Vazirmatn', '400Regular'),
    arabicBold: file('vazirmatn', 'Vazirmatn', '700Bold'),
    hebrew: file('noto-sans-hebrew', 'NotoSansHebrew', '400Regular'),
    hebrewBold: file('noto-sans-hebrew', 'NotoSansHebrew', '700Bold'),
  }
}
