import { Type } from 'typebox'
import type { Principal } from '../../access/index.ts'
import { boundAgency, mayWorkOn } from '../../access/index.ts'
import type { Variables as EngineVariables } from '../../kernel/index.ts'
import { actorOf } from '../actor.ts'
import type { Api, ApiParts } from '../api-parts.ts'
import { ProblemError } from '../problem.ts'
import { answers, closed, Nothing, nullable } from '../schema.ts'
import { JobKey, LeaseToken, long, OptionalVariables } from './engine-schema.ts'
import { JobResult, resultOf } from './job-result.ts'

const Message = Type.String({ maxLength: 10_000 })

/** What a worker says of a job it took. */
export function addJobAnswerRoutes(app: Api, { engine }: ApiParts): void {
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
          result: Type.Optional(nullable(JobResult)),
          businessId: Type.Optional(nullable(Type.String())),
        }),
        response: answers({ 204: Nothing }),
      },
    },
    async (request, reply) => {
      const { jobKey } = request.params
      await checkOwn(request.principal, jobKey)
      const answer = { variables: variablesOf(request.body), ...resultOf(request.body.result), ...lease(request.body) }
      await engine.completeJob(jobKey, answer, actorOf(request.principal))
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

  /** @throws ProblemError 404 as well for a job of another agency: its existence is not theirs to know. */
  async function checkOwn(principal: Principal, jobKey: string): Promise<void> {
    if (boundAgency(principal) === undefined) return
    const row = await engine.store.find('job', jobKey)
    if (!row || !mayWorkOn(principal, row.type))
      throw new ProblemError('NOT_FOUND', `Expected a job ${jobKey} of agency ${principal.agency}, but there is none`)
  }
}

function variablesOf(body: { readonly variables?: Record<string, unknown> | null }): EngineVariables {
  return (body.variables ?? {}) as EngineVariables
}
function lease(body: { readonly leaseToken?: string | null }): { readonly leaseToken?: string } {
  return body.leaseToken ? { leaseToken: body.leaseToken } : {}
}
