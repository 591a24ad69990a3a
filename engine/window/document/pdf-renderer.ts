import type { Worker } from 'node:worker_threads'
import type { PageRequest } from './page-request.ts'
import type { RenderAnswer, RenderTask } from './render-worker.ts'
import { startRenderWorker } from './start-render-worker.ts'

/** Makes PDFs beside the event loop, in a worker thread that starts with the first one. */
export interface PdfRenderer {
  /** @throws Error when the page description is not of the vocabulary, or when it takes too long. */
  render(request: PageRequest): Promise<Uint8Array>
  close(): Promise<void>
}

/** Real ms for one document; one of 10,000 rows takes a tenth of it. */
const RENDER_WITHIN_MS = 60_000

interface Waiting {
  readonly resolve: (content: Uint8Array) => void
  readonly reject: (error: Error) => void
  readonly timer: NodeJS.Timeout
}

export function pdfRenderer(start: () => Promise<Worker> = startRenderWorker): PdfRenderer {
  const waiting = new Map<number, Waiting>()
  let starting: Promise<Worker> | undefined
  let tasks = 0

  function settle(id: number, act: (task: Waiting) => void): void {
    const task = waiting.get(id)
    if (!task) return
    waiting.delete(id)
    clearTimeout(task.timer)
    act(task)
  }

  /** The next document starts a fresh worker; those under way are tried again by their jobs. */
  function giveUp(why: string): void {
    const stopped = starting
    starting = undefined
    for (const id of [...waiting.keys()]) settle(id, ({ reject }) => reject(new Error(why)))
    void stopped?.then((worker) => worker.terminate()).catch(() => undefined)
  }

  async function open(): Promise<Worker> {
    const worker = await start()
    worker.on('message', (answer: RenderAnswer) =>
      settle(answer.id, (task) => ('content' in answer ? task.resolve(answer.content) : task.reject(new Error(answer.error)))),
    )
    worker.on('error', (error) => giveUp(`The maker of documents stopped: ${error.message}`))
    // It must not keep the process alive when nothing else does.
    worker.unref()
    return worker
  }

  return {
    async render(request) {
      starting ??= open()
      const worker = await starting.catch((error: unknown) => {
        starting = undefined
        throw error
      })
      tasks += 1
      const task: RenderTask = { id: tasks, ...request }
      return new Promise((resolve, reject) => {
        const timer = setTimeout(
          () => giveUp(`Expected document ${request.frame.number} to be made in ${RENDER_WITHIN_MS} ms`),
          RENDER_WITHIN_MS,
        )
        waiting.set(task.id, { resolve, reject, timer })
        worker.postMessage(task)
      })
    },
    async close() {
      const stopping = starting
      starting = undefined
      for (const id of [...waiting.keys()]) settle(id, ({ reject }) => reject(new Error('The window closes')))
      await (await stopping?.catch(() => undefined))?.terminate()
    },
  }
}
