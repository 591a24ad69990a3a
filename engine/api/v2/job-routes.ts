import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import type { Principal } from '../../access/index.ts'
import { boundAgency, mayWorkOn } from '../../access/index.ts'
import type { Variables as EngineVariables } from '../../kernel/index.ts'
import type { ActivatedJob } from '../../runtime/index.ts'
import { actorOf } from '../actor.ts'
import type { Api, ApiParts } from '../api-parts.ts'
import { ProblemError } from '../problem.ts'
import { answers, closed, Nothing, nullable } from '../schema.ts'
import { DEFAULT_TENANT, JobKey, LeaseToken, long, Milliseconds, OperationReference, OptionalVariables, Row } from './engine-schema.ts'
import type { SearchFields } from './search-query.ts'
import { searchAnswerSchema, searchBodySchema, searchTable } from './search-query.ts'
import { activatedJobShape, jobShape } from './shapes.ts'

/** What clients get that do not say how long they wait (official workers send 0 or nothing, and would spin otherwise). */
const DEFAULT_POLL_MS = 10_000
const LONGEST_POLL_MS = 60_000
const RENDER_AGAIN_MS = 60_000

const FIELDS: SearchFields = {
  jobKey: { column: 'key', kind: 'text' },
  type: { column: 'type', kind: 'text' },
  kind: { column: 'kind', kind: 'enum' },
  state: { column: 'state', kind: 'enum' },
  retries: { column: 'retries', kind: 'integer' },
  worker: { column: 'worker', kind: 'text' },
  elementId: { column: 'elementId', kind: 'text' },
  elementInstanceKey: { column: 'elementInstanceKey', kind: 'text' },
  processInstanceKey: { column: 'processInstanceKey', kind: 'text' },
  processDefinitionKey: { column: 'processDefinitionKey', kind: 'text' },
  processDefinitionId: { column: 'bpmnProcessId', kind: 'text' },
  errorCode: { column: 'errorCode', kind: 'text' },
  errorMessage: { column: 'errorMessage', kind: 'text' },
  tenantId: { column: 'tenantId', kind: 'text' },
}
const Message = Type.String({ maxLength: 10_000 })

export function addJobRoutes(app: Api, { engine, window }: ApiParts): void {
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

  app.post(
    '/jobs/:jobKey/completion',
    {
      config: { guard: 'engine.job.answer', inHistory: true },
      schema: {
        summary: 'Complete a job',
        params: JobKey,
        body: closed({
          variables: OptionalVariables,
          leaseToken: LeaseToken,
          result: Type.Optional(nullable(Type.Object({ type: Type.Optional(Type.String()) }))),
          businessId: Type.Optional(nullable(Type.String())),
        }),
        response: answers({ 204: Nothing }),
      },
    },
    async (request, reply) => {
      const { jobKey } = request.params
      await checkOwn(request.principal, jobKey)
      await engine.completeJob(jobKey, { variables: variablesOf(request.body), ...lease(request.body) }, actorOf(request.principal))
      return reply.code(204).send()
    },
  )

  app.post(
    '/jobs/:jobKey/failure',
    {
      config: { guard: 'engine.job.answer', inHistory: true },
      schema: {
        summary: 'Say that a job failed; without retries left it becomes an incident',
        params: JobKey,
        body: closed({
          retries: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000_000 })),
          errorMessage: Type.Optional(nullable(Message)),
          retryBackOff: Type.Optional(long(0)),
          variables: OptionalVariables,
          leaseToken: LeaseToken,
        }),
        response: answers({ 204: Nothing }),
      },
    },
    async (request, reply) => {
      const { jobKey } = request.params
      const { retries = 0, errorMessage, retryBackOff = 0 } = request.body
      await checkOwn(request.principal, jobKey)
      const answer = {
        retries,
        errorMessage: errorMessage ?? '',
        retryBackOffMs: Number(retryBackOff),
        variables: variablesOf(request.body),
        ...lease(request.body),
      }
      await engine.failJob(jobKey, answer, actorOf(request.principal))
      return reply.code(204).send()
    },
  )

  app.post(
    '/jobs/:jobKey/error',
    {
      config: { guard: 'engine.job.answer', inHistory: true },
      schema: {
        summary: 'Throw a BPMN error',
        params: JobKey,
        body: closed({
          errorCode: Type.String({ minLength: 1, maxLength: 255 }),
          errorMessage: Type.Optional(nullable(Message)),
          variables: OptionalVariables,
          leaseToken: LeaseToken,
        }),
        response: answers({ 204: Nothing }),
      },
    },
    async (request, reply) => {
      const { jobKey } = request.params
      const { errorCode, errorMessage } = request.body
      await checkOwn(request.principal, jobKey)
      const answer = { errorCode, ...(errorMessage ? { errorMessage } : {}), variables: variablesOf(request.body), ...lease(request.body) }
      await engine.throwJobError(jobKey, answer, actorOf(request.principal))
      return reply.code(204).send()
    },
  )

  app.patch(
    '/jobs/:jobKey',
    {
      config: { guard: 'engine.job.update' },
      schema: {
        summary: 'Change retries or the time a worker has',
        params: JobKey,
        body: closed({
          changeset: closed({
            retries: Type.Optional(nullable(Type.Integer({ minimum: 1 }))),
            timeout: Type.Optional(nullable(long(0))),
          }),
          operationReference: OperationReference,
          leaseToken: LeaseToken,
        }),
        response: answers({ 204: Nothing }),
      },
    },
    async (request, reply) => {
      const { retries, timeout } = request.body.changeset
      const changes = {
        ...(retries === undefined || retries === null ? {} : { retries }),
        ...(timeout === undefined || timeout === null ? {} : { timeoutMs: Number(timeout) }),
      }
      if (Object.keys(changes).length === 0)
        throw new ProblemError('INVALID_ARGUMENT', 'Expected changeset.retries or changeset.timeout, but found neither')
      await engine.updateJob(request.params.jobKey, changes, actorOf(request.principal))
      return reply.code(204).send()
    },
  )

  app.post(
    '/jobs/search',
    {
      config: { guard: 'engine.job.read' },
      schema: {
        summary: 'Search jobs that are not done',
        body: searchBodySchema(FIELDS),
        response: answers({ 200: searchAnswerSchema(Row) }),
      },
    },
    async (request) => {
      const { items, page } = await searchTable(engine.store, 'job', FIELDS, request.body)
      return { items: items.map((row) => jobShape(row, engine.clock.now())), page }
    },
  )

  /** @throws ProblemError 404 as well for a job of another agency: its existence is not theirs to know. */
  async function checkOwn(principal: Principal, jobKey: string): Promise<void> {
    if (boundAgency(principal) === undefined) return
    const row = await engine.store.find('job', jobKey)
    if (!row || !mayWorkOn(principal, row.type))
      throw new ProblemError('NOT_FOUND', `Expected a job ${jobKey} of agency ${principal.agency}, but there is none`)
  }

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
function variablesOf(body: { readonly variables?: Record<string, unknown> | null }): EngineVariables {
  return (body.variables ?? {}) as EngineVariables
}
function lease(body: { readonly leaseToken?: string | null }): { readonly leaseToken?: string } {
  return body.leaseToken ? { leaseToken: body.leaseToken } : {}
}
