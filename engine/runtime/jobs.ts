import { randomUUID } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import { type Actor, type Command, type EpochMs, HELD_UNTIL_RESOLVED, instanceOf, type JobKey, type Variables } from '../kernel/index.ts'
import type { JobRow, Store } from '../store/index.ts'
import { activatedJob } from './activated-job.ts'
import { type ActivatedJob, type Clock, type Engine, EngineFailure } from './contract.ts'
import type { Counters } from './counters.ts'
import type { InstanceLoop } from './instance-loop.ts'
import { checkPayload } from './payload-limit.ts'

const KNOWN_LEASES = 100_000
const ENGINE: Actor = { id: 'engine', kind: 'system' }

export interface LeaseWish {
  readonly type: string
  readonly worker: string
  readonly limit: number
  readonly timeoutMs: number
  readonly tenantIds: readonly string[]
  readonly fetchVariables?: readonly string[]
}
export interface JobsParts {
  readonly store: Store
  readonly clock: Clock
  readonly loop: InstanceLoop
  readonly counters: Counters
  readonly maxPayloadBytes: number
}
type Answer = Extract<Command, { readonly type: 'completeJob' | 'failJob' | 'throwJobError' }>

/** Hands jobs out on leases and takes the answers. */
export class Jobs {
  private readonly parts: JobsParts
  /** Leases this node gave: until the deadline nobody else can hold the job, so an answer needs no look at its row. */
  private readonly leases = new LRUCache<string, { readonly token: string; readonly deadline: EpochMs }>({ max: KNOWN_LEASES })

  constructor(parts: JobsParts) {
    this.parts = parts
  }

  async lease(wish: LeaseWish): Promise<ActivatedJob[]> {
    const { store, clock, counters } = this.parts
    const { type, worker, limit, timeoutMs, tenantIds } = wish
    const rows = await store.leaseJobs({ type, worker, limit, timeoutMs, tenantIds, leaseToken: randomUUID(), now: clock.now() })
    const jobs = (await Promise.all(rows.map((row) => this.open(row, wish.fetchVariables)))).filter((job) => job !== undefined)
    counters.add('jobs.activated', jobs.length)
    return jobs
  }

  /** Puts a lease on a job that is about to be written, so that it needs no second write. */
  leaseUnborn(row: JobRow, worker: string, timeoutMs: number): JobRow {
    const leased = { ...row, worker, leaseToken: randomUUID(), availableAt: this.parts.clock.now() + timeoutMs }
    this.remember(leased)
    this.parts.counters.add('jobs.activated')
    return leased
  }

  async release(jobs: readonly Pick<ActivatedJob, 'jobKey' | 'leaseToken'>[]): Promise<void> {
    if (jobs.length === 0) return
    for (const { jobKey } of jobs) this.leases.delete(jobKey)
    await this.parts.store.releaseJobs(
      jobs.map(({ jobKey, leaseToken }) => ({ key: jobKey, leaseToken })),
      this.parts.clock.now(),
    )
  }

  async answer(command: Answer, leaseToken: string | undefined, actor: Actor): Promise<void> {
    if (command.variables) checkPayload(command.variables, this.parts.maxPayloadBytes)
    if (leaseToken !== undefined) await this.checkLease(command.jobKey, leaseToken)
    await this.parts.loop.submit({ key: instanceOf(command.jobKey), command, actor })
    this.leases.delete(command.jobKey)
    this.parts.counters.add(COUNTED[command.type])
  }

  async update(jobKey: string, changes: { readonly retries?: number; readonly timeoutMs?: number }, actor: Actor): Promise<void> {
    const { store, clock, loop } = this.parts
    const { retries, timeoutMs } = changes
    if (retries === undefined && timeoutMs === undefined)
      throw new EngineFailure('INVALID_ARGUMENT', `Expected retries or a timeout to set on job ${jobKey}, but found neither`)
    if (retries !== undefined && !(Number.isInteger(retries) && retries > 0))
      throw new EngineFailure('INVALID_ARGUMENT', `Expected at least 1 retry for job ${jobKey}, but found ${retries}`)
    const command = { type: 'updateJob' as const, jobKey: jobKey as JobKey, retries: retries ?? 0 }
    const key = instanceOf(jobKey)
    if (timeoutMs === undefined) {
      await loop.submit({ key, command, actor })
      return
    }
    const row = await store.find('job', jobKey)
    if (!row)
      throw new EngineFailure(
        'NOT_FOUND',
        `Expected an open job ${jobKey}, but there is none; it was completed, cancelled or its element ended`,
      )
    if (row.leaseToken === undefined || row.availableAt <= clock.now()) {
      throw new EngineFailure(
        'INVALID_STATE',
        `Expected job ${jobKey} to be with a worker, but it is not; a timeout can only be changed on an activated job`,
      )
    }
    const availableAt = clock.now() + timeoutMs
    await loop.submit({ key, command, actor, changes: [{ table: 'job', op: 'patch', key: jobKey, fields: { availableAt } }] })
    this.remember({ key: jobKey, leaseToken: row.leaseToken, availableAt })
  }

  private async open(row: JobRow, fetchVariables: readonly string[] | undefined): Promise<ActivatedJob | undefined> {
    const job = await this.parts.loop.read(row.processInstanceKey, (state) =>
      state?.suspended ? 'suspended' : activatedJob(row, state, fetchVariables),
    )
    if (job === 'suspended') {
      await this.hold(row)
      return undefined
    }
    if (job) this.remember(row)
    else await this.parts.store.dropRow('job', row.key)
    return job
  }

  /** A lease that was given back, or taken at the same moment, made the job of a suspended instance free. */
  private async hold({ key, processInstanceKey }: JobRow): Promise<void> {
    const fields = { availableAt: HELD_UNTIL_RESOLVED, worker: null, leaseToken: null }
    await this.parts.loop.submit({
      key: processInstanceKey,
      command: { type: 'updateJob', jobKey: key as JobKey, retries: 0 },
      actor: ENGINE,
      changes: [{ table: 'job', op: 'patch', key, fields }],
    })
  }

  private remember({ key, leaseToken, availableAt }: Pick<JobRow, 'key' | 'leaseToken' | 'availableAt'>): void {
    if (leaseToken !== undefined) this.leases.set(key, { token: leaseToken, deadline: availableAt })
  }

  private async checkLease(jobKey: string, leaseToken: string): Promise<void> {
    const known = this.leases.get(jobKey)
    if (known?.token === leaseToken && this.parts.clock.now() < known.deadline) return
    const row = await this.parts.store.find('job', jobKey)
    // A job that is gone is refused by the kernel, which can say why.
    if (!row || row.leaseToken === leaseToken) return
    throw new EngineFailure(
      'INVALID_STATE',
      `Expected the current lease of job ${jobKey}, but found an older one; it timed out or was given back, and the job is open to others`,
    )
  }
}

const COUNTED: Readonly<Record<Answer['type'], string>> = {
  completeJob: 'jobs.completed',
  failJob: 'jobs.failed',
  throwJobError: 'jobs.errors',
}

/** What `completeJob`, `failJob` and `throwJobError` make of a caller's answer. */
export function completeCommand(jobKey: string, answer: Parameters<Engine['completeJob']>[1]): Answer {
  const { variables, result, adHoc } = answer
  return { type: 'completeJob', jobKey: jobKey as JobKey, variables, ...(result && { result }), ...(adHoc && { adHoc }) }
}

export function failCommand(
  jobKey: string,
  answer: { readonly retries: number; readonly errorMessage: string; readonly retryBackOffMs?: number; readonly variables?: Variables },
): Answer {
  const { retries, errorMessage, retryBackOffMs, variables } = answer
  return {
    type: 'failJob',
    jobKey: jobKey as JobKey,
    retries,
    errorMessage,
    ...(retryBackOffMs !== undefined && { retryBackOffMs }),
    ...(variables !== undefined && { variables }),
  }
}
export function errorCommand(
  jobKey: string,
  answer: { readonly errorCode: string; readonly errorMessage?: string; readonly variables?: Variables },
): Answer {
  const { errorCode, errorMessage, variables } = answer
  return {
    type: 'throwJobError',
    jobKey: jobKey as JobKey,
    errorCode,
    ...(errorMessage !== undefined && { errorMessage }),
    ...(variables !== undefined && { variables }),
  }
}
