import type { Actor, EpochMs, InstanceState, JobKey } from '../kernel/index.ts'
import type { JobRow, Store } from '../store/index.ts'
import { activatedJob } from './activated-job.ts'
import { type ActivatedJob, type Clock, EngineFailure, type EngineOptions, type InProcessWorker, type JobAnswer } from './contract.ts'
import { wakeLater } from './job-polls.ts'
import { errorCommand, failCommand, type Jobs } from './jobs.ts'

/** Engine-clock wait before a job whose handler threw is tried again. */
const DEFAULT_BACK_OFF_MS = 10_000

export interface WorkersParts {
  readonly store: Store
  readonly clock: Clock
  readonly jobs: Jobs
  readonly log: EngineOptions['log']
}
/** A job leased before it was written; it starts once it is durable. */
export interface PreparedJob {
  readonly row: JobRow
  settle(isDurable: boolean, state: InstanceState): void
}

/** Workers inside this node. A new job goes to a worker with room in the very commit that makes it. */
export class Workers {
  private readonly parts: WorkersParts
  private readonly byType = new Map<string, Set<RunningWorker>>()

  constructor(parts: WorkersParts) {
    this.parts = parts
  }

  get inFlight(): number {
    let inFlight = 0
    for (const workers of this.byType.values()) for (const worker of workers) inFlight += worker.inFlight
    return inFlight
  }

  /** Workers that look for jobs right now. */
  get looking(): number {
    return [...this.byType.values()].flatMap((workers) => [...workers].filter(({ isLeasing }) => isLeasing)).length
  }

  add(worker: InProcessWorker): () => Promise<void> {
    const running = new RunningWorker(worker, this.parts)
    const workers = this.byType.get(worker.type) ?? new Set()
    workers.add(running)
    this.byType.set(worker.type, workers)
    running.wake()
    return async () => {
      workers.delete(running)
      await running.close()
    }
  }

  prepare(row: JobRow): PreparedJob | undefined {
    for (const worker of this.byType.get(row.type) ?? []) {
      const prepared = worker.prepare(row)
      if (prepared) return prepared
    }
    return undefined
  }

  /** A job of the type may have become free. */
  wake(type: string): void {
    for (const worker of this.byType.get(type) ?? []) worker.wake()
  }

  async close(): Promise<void> {
    const running = [...this.byType.values()].flatMap((workers) => [...workers])
    this.byType.clear()
    await Promise.all(running.map((worker) => worker.close()))
  }
}

class RunningWorker {
  /** Handlers that run, and rooms that are kept for leases under way. */
  inFlight = 0
  private readonly worker: InProcessWorker
  private readonly parts: WorkersParts
  private readonly actor: Actor
  /** Jobs may wait in the store; while they do, new ones queue up behind them. */
  private hasBacklog = true
  isLeasing = false
  private again = false
  private isClosed = false
  private disarm: () => void = () => undefined
  private whenIdle: (() => void)[] = []

  constructor(worker: InProcessWorker, parts: WorkersParts) {
    this.worker = worker
    this.parts = parts
    this.actor = { id: worker.name, kind: 'system' }
  }

  prepare(row: JobRow): PreparedJob | undefined {
    if (this.isClosed || this.hasBacklog || row.retries < 1) return undefined
    if (this.inFlight >= this.worker.maxJobs) {
      this.hasBacklog = true
      return undefined
    }
    this.inFlight++
    const leased = this.parts.jobs.leaseUnborn(row, this.worker.name, this.worker.timeoutMs)
    return {
      row: leased,
      settle: (isDurable, state) => {
        const job = isDurable ? activatedJob(leased, state, this.worker.fetchVariables) : undefined
        if (job) void this.run(job)
        else this.leave()
      },
    }
  }

  wake(): void {
    this.hasBacklog = true
    this.again = true
    void this.fill()
  }

  async close(): Promise<void> {
    this.isClosed = true
    this.disarm()
    if (this.inFlight > 0) await new Promise<void>((resolve) => this.whenIdle.push(resolve))
  }

  /** Takes jobs from the store while there is room for a fair batch. */
  private async fill(): Promise<void> {
    const { maxJobs } = this.worker
    if (this.isLeasing) return
    this.isLeasing = true
    this.disarm()
    while (!this.isClosed && this.hasBacklog && this.inFlight <= maxJobs - Math.ceil(maxJobs / 3)) {
      this.again = false
      const lookedAt = this.parts.clock.now()
      const room = maxJobs - this.inFlight
      const jobs = await this.lease(room)
      if (jobs.length < room && !this.again) this.hasBacklog = false
      if (!this.hasBacklog) await this.arm(lookedAt)
    }
    this.isLeasing = false
  }

  private async lease(room: number): Promise<readonly ActivatedJob[]> {
    const { type, name, timeoutMs, fetchVariables } = this.worker
    this.inFlight += room
    let jobs: readonly ActivatedJob[] = []
    try {
      jobs = await this.parts.jobs.lease({
        type,
        worker: name,
        timeoutMs,
        limit: room,
        tenantIds: [],
        ...(fetchVariables && { fetchVariables }),
      })
    } catch (error) {
      this.parts.log('warn', `Worker ${name} could not take jobs; it tries again`, { type, error: String(error) })
      this.again = false
    }
    for (const job of jobs) void this.run(job)
    for (let unused = jobs.length; unused < room; unused++) this.leave()
    return jobs
  }

  private async arm(lookedAt: EpochMs): Promise<void> {
    const nextAt = await this.parts.store.nextJobAt(this.worker.type).catch(() => undefined)
    if (!this.isClosed && !this.hasBacklog) this.disarm = wakeLater(this.parts.clock, { at: nextAt, lookedAt }, () => this.wake())
  }

  private async run(job: ActivatedJob): Promise<void> {
    try {
      await this.answer(job, await this.handle(job))
    } catch (error) {
      // Refused: the job was cancelled or went to another worker meanwhile. Anything else: the lease runs out and it is handed out again.
      const isRefusal = error instanceof EngineFailure && (error.code === 'NOT_FOUND' || error.code === 'INVALID_STATE')
      if (!isRefusal)
        this.parts.log('warn', `The answer of worker ${this.worker.name} was not taken`, { jobKey: job.jobKey, error: String(error) })
    }
    this.leave()
  }

  private async answer(job: ActivatedJob, answer: JobAnswer): Promise<void> {
    try {
      await this.parts.jobs.answer(this.command(job, answer), job.leaseToken, this.actor)
    } catch (error) {
      if (!(error instanceof EngineFailure) || error.code !== 'INVALID_ARGUMENT') throw error
      // What the worker said cannot be taken as it is; that is its failure.
      await this.parts.jobs.answer(this.command(job, { kind: 'fail', errorMessage: error.message }), job.leaseToken, this.actor)
    }
  }

  private async handle(job: ActivatedJob): Promise<JobAnswer> {
    try {
      return await this.worker.handle(job)
    } catch (error) {
      this.parts.log('warn', `Worker ${this.worker.name} failed`, { jobKey: job.jobKey, type: job.type, error: String(error) })
      return { kind: 'fail', errorMessage: error instanceof Error ? error.message : String(error) }
    }
  }

  private command(job: ActivatedJob, answer: JobAnswer) {
    if (answer.kind === 'complete') return { type: 'completeJob' as const, jobKey: job.jobKey as JobKey, variables: answer.variables }
    if (answer.kind === 'error') return errorCommand(job.jobKey, answer)
    const { retries = Math.max(0, job.retries - 1), retryBackOffMs = DEFAULT_BACK_OFF_MS } = answer
    return failCommand(job.jobKey, { ...answer, retries, retryBackOffMs })
  }

  private leave(): void {
    this.inFlight--
    if (this.hasBacklog && !this.isClosed) void this.fill()
    if (this.inFlight > 0) return
    const waiting = this.whenIdle
    this.whenIdle = []
    for (const resolve of waiting) resolve()
  }
}
