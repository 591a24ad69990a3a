import type { Worker } from 'node:worker_threads'
import type { PageRequest } from './page-request.ts'
import type { RenderAnswer, RenderTask } from './render-worker.ts'
import { startRenderWorker } from './start-render-worker.ts'

/** Makes PDFs beside the event loop, one after the other, in a worker thread that starts with the first one. */
export interface PdfRenderer {
  /** @throws Error when the page description is not of the vocabulary, or when it takes too long. */
  render(request: PageRequest): Promise<Uint8Array>
  close(): Promise<void>
}

/** Real ms for one document; one of 2,500 rows takes a third of it on a busy machine. */
const RENDER_WITHIN_MS = 60_000

interface UnderWay {
  readonly id: number
  readonly resolve: (content: Uint8Array) => void
  readonly reject: (error: Error) => void
  readonly timer: NodeJS.Timeout
}

export function pdfRenderer(
  { start, withinMs }: { readonly start: () => Promise<Worker>; readonly withinMs: number } = {
    start: startRenderWorker,
    withinMs: RENDER_WITHIN_MS,
  },
): PdfRenderer {
  let starting: Promise<Worker> | undefined
  let underWay: UnderWay | undefined
  let last: Promise<unknown> = Promise.resolve()
  let tasks = 0
  let closed = false

  function settle(act: (task: UnderWay) => void): void {
    const task = underWay
    if (!task) return
    underWay = undefined
    clearTimeout(task.timer)
    act(task)
  }

  /** The next document starts a fresh thread; the one under way is tried again by its job. */
  function giveUp(why: string): void {
    const stopped = starting
    starting = undefined
    settle(({ reject }) => reject(new Error(why)))
    void stopped?.then((worker) => worker.terminate()).catch(() => undefined)
  }

  async function open(): Promise<Worker> {
    const worker = await start()
    worker.on('message', (answer: RenderAnswer) => {
      if (answer.id === underWay?.id)
        settle((task) => ('content' in answer ? task.resolve(answer.content) : task.reject(new Error(answer.error))))
    })
    worker.on('error', (error) => giveUp(`The maker of documents stopped: ${error.message}`))
    // It must not keep the process alive when nothing else does.
    worker.unref()
    return worker
  }

  async function renderNow(request: PageRequest): Promise<Uint8Array> {
    if (closed) throw new Error('The window is closed')
    starting ??= open()
    const worker = await starting.catch((error: unknown) => {
      starting = undefined
      throw error
    })
    tasks += 1
    const task: RenderTask = { id: tasks, ...request }
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => giveUp(`Expected document ${request.frame.number} to be made in ${withinMs} ms`), withinMs)
      underWay = { id: task.id, resolve, reject, timer }
      worker.postMessage(task)
    })
  }

  return {
    render(request) {
      const made = last.then(() => renderNow(request))
      last = made.catch(() => undefined)
      return made
    },
    async close() {
      closed = true
      const stopping = starting
      starting = undefined
      settle(({ reject }) => reject(new Error('The window closes')))
      await (await stopping?.catch(() => undefined))?.terminate()
    },
  }
}
