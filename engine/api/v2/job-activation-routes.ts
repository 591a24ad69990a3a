import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import type { Principal } from '../../access/index.ts'
import { boundAgency, mayWorkOn } from '../../access/index.ts'
import type { ActivatedJob } from '../../runtime/index.ts'
import { actorOf } from '../actor.ts'
import type { Api, ApiParts } from '../api-parts.ts'
import { ProblemError } from '../problem.ts'
import { answers, closed, nullable } from '../schema.ts'
import { DEFAULT_TENANT, long, Milliseconds, Row } from './engine-schema.ts'
import { activatedJobShape } from './shapes.ts'

/** What clients get that do not say how long they wait (official workers send 0 or nothing, and would spin otherwise). */
const DEFAULT_POLL_MS = 10_000
const LONGEST_POLL_MS = 60_000
const RENDER_AGAIN_MS = 60_000

export function addJobActivationRoutes(app: Api, { engine, window }: ApiParts): void {
  const polls = new Set<AbortController>()
  app.addHook('preClose', async () => {
    for (const poll of polls) poll.abort()
  })

  app.post(
    '/jobs/activation',
    {
      config: { guard: 'engine.job.activate', inHistory: true },
      schema: {
        summary: 'Take jobs; waits for one when there is none',
        description:
          'requestTimeout: 0 or absent waits 10 s, negative does not wait. An agency gets the jobs of its own type only, and of each only its own rendered message.',
        body: closed({
          type: Type.String({ minLength: 1, maxLength: 255 }),
          worker: Type.Optional(Type.String({ maxLength: 255 })),
          timeout: long(1),
          maxJobsToActivate: Type.Integer({ minimum: 1, maximum: 1_000 }),
          requestTimeout: Type.Optional(Milliseconds),
          fetchVariable: Type.Optional(Type.Array(Type.String())),
          tenantIds: Type.Optional(Type.Array(Type.String())),
          tenantFilter: Type.Optional(Type.String()),
          withLease: Type.Optional(nullable(Type.Boolean())),
        }),
        response: answers({ 200: Type.Object({ jobs: Type.Array(Row) }) }),
      },
    },
    async (request) => {
      const { principal, body } = request
      if (!mayWorkOn(principal, body.type)) {
        throw new ProblemError(
          'FORBIDDEN',
          `Expected jobs of type agency.${principal.agency}, but ${principal.name} asked for ${body.type}`,
        )
      }
      const jobs = await whileConnected(request, (signal) =>
        engine.activateJobs({
          type: body.type,
          worker: body.worker || principal.name,
          maxJobs: body.maxJobsToActivate,
          timeoutMs: Number(body.timeout),
          requestTimeoutMs: pollTime(Number(body.requestTimeout ?? 0)),
          tenantIds: body.tenantIds?.length ? body.tenantIds : [DEFAULT_TENANT],
          ...(body.fetchVariable?.length ? { fetchVariables: body.fetchVariable } : {}),
          signal,
        }),
      )
      const shown = boundAgency(principal) === undefined ? jobs : await Promise.all(jobs.map((job) => renderedFor(principal, job)))
      return { jobs: shown.flatMap((job) => (job ? [activatedJobShape(job)] : [])) }
    },
  )

  /** A message that cannot be rendered is the modeller's mistake: the job fails, and nobody else's job with it. */
  async function renderedFor(principal: Principal, job: ActivatedJob): Promise<ActivatedJob | undefined> {
    try {
      return await window.jobForAgency(job)
    } catch (error) {
      const errorMessage = error instanceof Error ? error.message : String(error)
      const { leaseToken } = job
      await engine.failJob(
        job.jobKey,
        { retries: Math.max(0, job.retries - 1), errorMessage, retryBackOffMs: RENDER_AGAIN_MS, leaseToken },
        actorOf(principal),
      )
      return undefined
    }
  }

  /** Ends the wait when the client hangs up or the server stops, so that no lease is given to nobody. */
  async function whileConnected<T>(request: FastifyRequest, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const poll = new AbortController()
    const hangUp = (): void => poll.abort()
    polls.add(poll)
    request.raw.socket.once('close', hangUp)
    try {
      return await work(poll.signal)
    } finally {
      polls.delete(poll)
      request.raw.socket.off('close', hangUp)
    }
  }
}

function pollTime(requestTimeout: number): number {
  if (requestTimeout === 0) return DEFAULT_POLL_MS
  return requestTimeout < 0 ? 0 : Math.min(requestTimeout, LONGEST_POLL_MS)
}
