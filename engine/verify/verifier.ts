import { createHash } from 'node:crypto'
import type { Worker } from 'node:worker_threads'
import { LRUCache } from 'lru-cache'
import type { Verification } from './contract.ts'
import { startVerifyWorker } from './start-verify-worker.ts'
import type { VerifyOptions } from './verify-definition.ts'
import type { FromVerifyWorker } from './verify-protocol.ts'

const THREADS = 1
const LIMIT_MS = 120_000
const IDLE_MS = 30_000
const MOST_WAITING = 50
const MOST_REMEMBERED = 200

export interface VerifierOptions {
  /** Files verified at the same time. */
  readonly threads?: number
  /** How long one file may take, real ms. */
  readonly limitMs?: number
  /** How long a thread without work is kept, real ms. */
  readonly idleMs?: number
  readonly startWorker?: () => Promise<Worker>
}

/** Why there is no verification: the thread died, it took too long, or too many files wait. */
export class VerifyFailure extends Error {
  readonly code: 'UNAVAILABLE' | 'DEADLINE_EXCEEDED' | 'RESOURCE_EXHAUSTED'
  readonly zh: string
  constructor(code: VerifyFailure['code'], en: string, zh: string, cause?: unknown) {
    super(en, { cause })
    this.name = 'VerifyFailure'
    this.code = code
    this.zh = zh
  }
}

interface Waiting {
  readonly xml: string
  readonly options: VerifyOptions
  readonly resolve: (verification: Verification) => void
  readonly reject: (error: Error) => void
}
interface Thread {
  readonly worker: Worker
  work?: Waiting | undefined
  timer?: NodeJS.Timeout | undefined
}

/** Verifies files in threads of their own, so that an exploration never holds up the event loop. Same content, same answer: told from memory. */
export class Verifier {
  private readonly options: Required<VerifierOptions>
  private readonly remembered = new LRUCache<string, Promise<Verification>>({ max: MOST_REMEMBERED })
  private readonly threads = new Set<Thread>()
  private waiting: Waiting[] = []
  private starting = 0
  private closed = false

  constructor(options: VerifierOptions = {}) {
    this.options = { threads: THREADS, limitMs: LIMIT_MS, idleMs: IDLE_MS, startWorker: startVerifyWorker, ...options }
  }

  /** @throws VerifyFailure */
  verify(xml: string, options: VerifyOptions = {}): Promise<Verification> {
    const key = createHash('sha256')
      .update(JSON.stringify([xml, options.budget, [...(options.called ?? [])].sort()]))
      .digest('hex')
    const known = this.remembered.get(key)
    if (known) return known
    const verification = this.enqueue(xml, options)
    this.remembered.set(key, verification)
    // What failed may succeed the next time.
    verification.catch(() => this.remembered.delete(key))
    return verification
  }

  async close(): Promise<void> {
    this.closed = true
    for (const { reject } of this.waiting.splice(0)) reject(died('the server stops'))
    await Promise.all([...this.threads].map((thread) => this.end(thread, died('the server stops'))))
  }

  private enqueue(xml: string, options: VerifyOptions): Promise<Verification> {
    if (this.closed) return Promise.reject(died('the server stops'))
    if (this.waiting.length >= MOST_WAITING) {
      const [en, zh] = [
        `Expected at most ${MOST_WAITING} files that wait to be verified; try again in a moment`,
        '等待验证的文件过多，请稍后重试',
      ]
      return Promise.reject(new VerifyFailure('RESOURCE_EXHAUSTED', en, zh))
    }
    return new Promise((resolve, reject) => {
      this.waiting.push({ xml, options, resolve, reject })
      this.assign()
    })
  }

  private assign(): void {
    for (const thread of this.threads) if (!thread.work) this.give(thread)
    if (this.waiting.length === 0 || this.closed || this.threads.size + this.starting >= this.options.threads) return
    this.starting++
    this.options.startWorker().then(
      (worker) => {
        this.starting--
        this.add(worker)
        this.assign()
      },
      (error: Error) => {
        this.starting--
        this.waiting.shift()?.reject(died(error.message, error))
        this.assign()
      },
    )
  }

  private add(worker: Worker): void {
    const thread: Thread = { worker }
    this.threads.add(thread)
    worker.on('message', (message: FromVerifyWorker) => {
      const { work } = thread
      thread.work = undefined
      if ('verification' in message) work?.resolve(message.verification)
      else work?.reject(new Error(`A verification failed inside: ${message.fault}`))
      this.give(thread)
    })
    worker.on('error', (error) => void this.end(thread, died(error.message, error)))
    worker.on('exit', (code) => void this.end(thread, died(`exit code ${code}`)))
    if (this.closed) void this.end(thread, died('the server stops'))
  }

  /** The next file, or the end after a while without one. */
  private give(thread: Thread): void {
    clearTimeout(thread.timer)
    const { limitMs, idleMs } = this.options
    const work = this.waiting.shift()
    if (work) {
      thread.work = work
      thread.worker.ref()
      thread.timer = setTimeout(() => void this.end(thread, tooLong(limitMs)), limitMs)
      thread.worker.postMessage({ xml: work.xml, options: work.options })
    } else {
      thread.worker.unref()
      thread.timer = setTimeout(() => void this.end(thread, died('it was idle')), idleMs).unref()
    }
  }

  private async end(thread: Thread, why: VerifyFailure): Promise<void> {
    if (!this.threads.delete(thread)) return
    clearTimeout(thread.timer)
    thread.work?.reject(why)
    this.assign()
    await thread.worker.terminate()
  }
}

const died = (why: string, cause?: unknown) =>
  new VerifyFailure(
    'UNAVAILABLE',
    `Expected the thread that verifies to answer, but it ended (${why}); try again, or make the process smaller with call activities`,
    `验证线程已终止（${why}）；请重试，或用调用活动拆分流程`,
    cause,
  )
const tooLong = (limitMs: number) =>
  new VerifyFailure(
    'DEADLINE_EXCEEDED',
    `Expected the exploration to finish within ${limitMs / 1_000} s, but it did not; make the process smaller with call activities`,
    `验证未能在 ${limitMs / 1_000} 秒内完成；请用调用活动拆分流程`,
  )
