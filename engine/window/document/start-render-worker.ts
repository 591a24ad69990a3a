import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { Worker } from 'node:worker_threads'
import { projectRoot } from '../../root.ts'
import { startWorker } from '../start-worker.ts'
import type { FontFiles } from './render-pdf.ts'

/** Starts the worker that makes PDFs. */
export function startRenderWorker(): Promise<Worker> {
  return startWorker('engine/window/document/render-worker', { workerData: fontFiles() })
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
