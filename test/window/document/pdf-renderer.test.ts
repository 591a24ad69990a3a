import { Worker } from 'node:worker_threads'
import { afterEach, describe, expect, test } from 'vitest'
import { type PdfRenderer, pdfRenderer } from '../../../engine/window/document/pdf-renderer.ts'
import { startRenderWorker } from '../../../engine/window/document/start-render-worker.ts'
import { FRAME } from './fixtures.ts'

const PAGE = { source: '<document zh="许可证" en="Licence"/>', frame: FRAME }
const threadOf = (code: string) => new Worker(code, { eval: true })

let renderer: PdfRenderer
afterEach(() => renderer.close())

describe('the thread that makes pages', () => {
  test('leaves the event loop free while it works', async () => {
    renderer = pdfRenderer()
    await renderer.render(PAGE)
    const rows = '<row><cell>松木板材</cell></row>'.repeat(300)
    let turns = 0
    const turning = setInterval(() => {
      turns += 1
    }, 1)

    await renderer.render({ ...PAGE, source: `<document zh="x" en="x"><table><column zh="a" en="a"/>${rows}</table></document>` })
    clearInterval(turning)

    expect(turns).toBeGreaterThan(20)
  })

  test('that hangs is ended, and the next document is made by another', async () => {
    let started = 0
    renderer = pdfRenderer({
      start: async () => {
        started += 1
        return started === 1
          ? threadOf('require("node:worker_threads").parentPort.on("message", () => { for (;;); })')
          : startRenderWorker()
      },
      withinMs: 5_000,
    })
    const [first, second] = await Promise.allSettled([renderer.render(PAGE), renderer.render(PAGE)])

    expect(first).toMatchObject({ status: 'rejected', reason: new Error(`Expected document ${FRAME.number} to be made in 5000 ms`) })
    expect(second.status).toBe('fulfilled')
  }, 20_000)

  test('that breaks is told to whoever waits, and the next document is made by another', async () => {
    let started = 0
    renderer = pdfRenderer({
      start: async () => {
        started += 1
        return started === 1
          ? threadOf('require("node:worker_threads").parentPort.on("message", () => { throw new Error("no memory") })')
          : startRenderWorker()
      },
      withinMs: 10_000,
    })

    await expect(renderer.render(PAGE)).rejects.toThrow('The maker of documents stopped: no memory')
    expect(
      Buffer.from(await renderer.render(PAGE))
        .subarray(0, 5)
        .toString(),
    ).toBe('%PDF-')
  }, 20_000)

  test('makes nothing after it was closed', async () => {
    renderer = pdfRenderer()
    await renderer.close()

    await expect(renderer.render(PAGE)).rejects.toThrow('closed')
  })
})
