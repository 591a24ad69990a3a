import type { Worker } from 'node:worker_threads'
import { StoreFailure } from '../port.ts'
import type { FromWorker, ToWorker, WorkerCall, WorkerOptions } from './protocol.ts'
import { toStoreFailure } from './sql-failure.ts'
import { startWorker } from './start-worker.ts'

/** Bounds how long the first call of a group waits for the last. */
const MAX_GROUP = 1_000

interface Waiting {
  readonly call: WorkerCall
  readonly resolve: (value: never) => void
  readonly reject: (failure: StoreFailure) => void
}
type Calls<C> = { readonly [M in keyof C]: (...args: never[]) => unknown }

/**
 * Calls into a worker thread. One group is under way at a time; calls made meanwhile form the next,
 * which is what makes commits share an fsync.
 */
export class WorkerChannel<C extends Calls<C>> {
  readonly #worker: Worker
  #waiting: Waiting[] = []
  #underWay: readonly Waiting[] | undefined
  #isScheduled = false
  #ended: StoreFailure | undefined
  #closing: { readonly promise: Promise<void>; readonly resolve: () => void } | undefined

  private constructor(worker: Worker) {
    this.#worker = worker
    worker.on('message', (message: FromWorker) => this.#receive(message))
    worker.on('error', (error) =>
      this.#end(
        new StoreFailure('UNAVAILABLE', `The store's worker thread has died (${error.message}); restart the program`, { cause: error }),
      ),
    )
    worker.on('exit', () => this.#end(new StoreFailure('CLOSED', 'The store is closed')))
  }

  /** @throws StoreFailure what kept the worker from opening the database. */
  static async open<C extends Calls<C>>(options: WorkerOptions): Promise<WorkerChannel<C>> {
    const worker = await startWorker(options)
    await new Promise<void>((resolve, reject) => {
      worker.once('message', (first: FromWorker) => {
        if (typeof first === 'object' && 'failure' in first) reject(toStoreFailure(first.failure))
        else resolve()
      })
      worker.once('error', (error) =>
        reject(new StoreFailure('UNAVAILABLE', `The store's worker thread cannot start (${error.message})`, { cause: error })),
      )
    })
    return new WorkerChannel<C>(worker)
  }

  call<M extends keyof C & string>(method: M, ...args: Parameters<C[M]>): Promise<ReturnType<C[M]>> {
    if (this.#ended !== undefined || this.#closing !== undefined) {
      return Promise.reject(this.#ended ?? new StoreFailure('CLOSED', 'The store is closed'))
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ call: { method, args }, resolve, reject })
      this.#schedule()
    })
  }

  /** Finishes the calls made so far, then ends the worker. */
  close(): Promise<void> {
    if (this.#closing === undefined) {
      let resolve = (): void => {}
      const promise = new Promise<void>((done) => {
        resolve = done
      })
      this.#closing = { promise, resolve }
      if (this.#ended !== undefined) resolve()
      else if (this.#underWay === undefined && this.#waiting.length === 0) this.#post('close')
    }
    return this.#closing.promise
  }

  #schedule(): void {
    if (this.#underWay !== undefined || this.#isScheduled) return
    this.#isScheduled = true
    // At the end of the turn of the event loop: all calls that one arrival sets off travel together.
    setImmediate(() => {
      this.#isScheduled = false
      this.#send()
    })
  }

  #send(): void {
    if (this.#underWay !== undefined || this.#ended !== undefined) return
    if (this.#waiting.length === 0) {
      if (this.#closing !== undefined) this.#post('close')
      return
    }
    const group = this.#waiting.splice(0, MAX_GROUP)
    this.#underWay = group
    try {
      this.#post({ calls: group.map(({ call }) => call) })
    } catch (error) {
      // One of them holds something that is no data, such as a function.
      this.#underWay = undefined
      const failure = new StoreFailure('INVALID_ARGUMENT', error instanceof Error ? error.message : String(error), { cause: error })
      for (const waiting of group) waiting.reject(failure)
      this.#schedule()
    }
  }

  #post(message: ToWorker): void {
    this.#worker.postMessage(message)
  }

  #receive(message: FromWorker): void {
    if (typeof message !== 'object' || !('outcomes' in message)) return
    const group = this.#underWay ?? []
    this.#underWay = undefined
    if (this.#waiting.length > 0 || this.#closing !== undefined) this.#send()
    for (const [index, waiting] of group.entries()) {
      const outcome = message.outcomes[index]
      if (outcome === undefined || 'failure' in outcome) {
        waiting.reject(
          outcome === undefined ? new StoreFailure('UNAVAILABLE', 'The store did not answer') : toStoreFailure(outcome.failure),
        )
      } else waiting.resolve(outcome.value as never)
    }
  }

  #end(failure: StoreFailure): void {
    this.#ended ??= failure
    const left = [...(this.#underWay ?? []), ...this.#waiting]
    this.#underWay = undefined
    this.#waiting = []
    for (const waiting of left) waiting.reject(this.#ended)
    this.#closing?.resolve()
  }
}
