import type { EpochMs } from '../kernel/index.ts'
import type { Store } from '../store/index.ts'
import { afterRealMs } from './clock.ts'
import type { ActivatedJob, ActivateJobsRequest, Clock } from './contract.ts'
import type { Jobs } from './jobs.ts'

/** Real time after which a waiting poll looks for jobs that other nodes made. */
const SLOW_POLL_MS = 1_000

export interface PollParts {
  readonly store: Store
  readonly clock: Clock
  readonly jobs: Jobs
}

interface Poll {
  readonly request: ActivateJobsRequest
  isDone: boolean
  finish(jobs: readonly ActivatedJob[]): void
  fail(error: unknown): void
}
interface TypeQueue {
  readonly polls: Set<Poll>
  isPumping: boolean
  again: boolean
  disarm: () => void
}

/** Callers that wait for jobs of a type, served in the order they came. */
export class JobPolls {
  private readonly parts: PollParts
  private readonly queues = new Map<string, TypeQueue>()

  constructor(parts: PollParts) {
    this.parts = parts
  }

  get waiting(): number {
    let waiting = 0
    for (const queue of this.queues.values()) waiting += queue.polls.size
    return waiting
  }

  /** Types whose jobs are being looked for right now. */
  get looking(): number {
    return [...this.queues.values()].filter(({ isPumping }) => isPumping).length
  }

  activate(request: ActivateJobsRequest): Promise<readonly ActivatedJob[]> {
    if (request.signal?.aborted || request.maxJobs < 1) return Promise.resolve([])
    return new Promise((resolve, reject) => {
      const queue = this.queue(request.type)
      const end = (): boolean => {
        if (poll.isDone) return false
        poll.isDone = true
        queue.polls.delete(poll)
        stopWaiting()
        request.signal?.removeEventListener('abort', giveUp)
        return true
      }
      const poll: Poll = {
        request,
        isDone: false,
        finish: (jobs) => end() && resolve(jobs),
        fail: (error) => end() && reject(error),
      }
      const giveUp = (): void => poll.finish([])
      const stopWaiting = request.requestTimeoutMs > 0 ? afterRealMs(request.requestTimeoutMs, giveUp) : () => undefined
      request.signal?.addEventListener('abort', giveUp)
      queue.polls.add(poll)
      void this.pump(request.type)
    })
  }

  /** A job of the type may have become free. */
  wake(type: string): void {
    if (this.queues.has(type)) void this.pump(type)
  }

  close(): void {
    for (const queue of this.queues.values()) {
      queue.disarm()
      for (const poll of [...queue.polls]) poll.finish([])
    }
    this.queues.clear()
  }

  private queue(type: string): TypeQueue {
    const queue = this.queues.get(type) ?? { polls: new Set<Poll>(), isPumping: false, again: false, disarm: () => undefined }
    this.queues.set(type, queue)
    return queue
  }

  private async pump(type: string): Promise<void> {
    const queue = this.queue(type)
    queue.again = true
    if (queue.isPumping) return
    queue.isPumping = true
    queue.disarm()
    while (queue.again && queue.polls.size > 0) {
      queue.again = false
      const lookedAt = this.parts.clock.now()
      await this.serve(queue)
      if (!queue.again && queue.polls.size > 0) await this.arm(type, queue, lookedAt)
    }
    queue.isPumping = false
    if (queue.polls.size > 0) return
    queue.disarm()
    this.queues.delete(type)
  }

  /** One round over the waiting polls; polls of tenants that have nothing are not asked again. */
  private async serve(queue: TypeQueue): Promise<void> {
    const dry = new Set<string>()
    for (const poll of [...queue.polls]) {
      const tenants = JSON.stringify(poll.request.tenantIds)
      if (!poll.isDone && !dry.has(tenants) && !(await this.serveOne(poll))) dry.add(tenants)
      if (poll.request.requestTimeoutMs <= 0) poll.finish([])
    }
  }

  private async serveOne(poll: Poll): Promise<boolean> {
    try {
      const jobs = await this.parts.jobs.lease({ ...poll.request, limit: poll.request.maxJobs })
      if (jobs.length === 0) return false
      if (!poll.isDone) poll.finish(jobs)
      else {
        await this.parts.jobs.release(jobs)
        this.queue(poll.request.type).again = true
      }
      return true
    } catch (error) {
      poll.fail(error)
      return true
    }
  }

  private async arm(type: string, queue: TypeQueue, lookedAt: EpochMs): Promise<void> {
    const nextAt = await this.parts.store.nextJobAt(type).catch(() => undefined)
    if (!queue.again && queue.polls.size > 0)
      queue.disarm = wakeLater(this.parts.clock, { at: nextAt, lookedAt }, () => void this.pump(type))
  }
}

/**
 * When the next job is due, or after the slow poll, whatever is first. What was due already when the caller looked and
 * was still not handed out is not for this caller; the slow poll looks again.
 */
export function wakeLater(
  clock: Clock,
  next: { readonly at: EpochMs | undefined; readonly lookedAt: EpochMs },
  wake: () => void,
): () => void {
  const cancelPoll = afterRealMs(SLOW_POLL_MS, () => {
    cancelDue()
    wake()
  })
  const cancelDue =
    next.at !== undefined && next.at > next.lookedAt
      ? clock.schedule(next.at, () => {
          cancelPoll()
          wake()
        })
      : () => undefined
  return () => {
    cancelPoll()
    cancelDue()
  }
}
