import { parentPort, workerData } from 'node:worker_threads'
import type { PageRequest } from './page-request.ts'
import { type FontFiles, pdfMaker } from './render-pdf.ts'

/** What the worker is sent and what it answers. */
export interface RenderTask extends PageRequest {
  readonly id: number
}
export type RenderAnswer = { readonly id: number; readonly content: Uint8Array } | { readonly id: number; readonly error: string }

const make = pdfMaker(workerData as FontFiles)

parentPort?.on('message', async ({ id, ...request }: RenderTask) => {
  const answer: RenderAnswer = await make(request).then(
    (content) => ({ id, content }),
    (error: unknown) => ({ id, error: error instanceof Error ? error.message : String(error) }),
  )
  parentPort?.postMessage(answer)
})
