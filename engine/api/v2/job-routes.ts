import { Type } from 'typebox'
import { actorOf } from '../actor.ts'
import type { Api, ApiParts } from '../api-parts.ts'
import { ProblemError } from '../problem.ts'
import { answers, closed, Nothing, nullable } from '../schema.ts'
import { JobKey, LeaseToken, long, OperationReference, Row } from './engine-schema.ts'
import type { SearchFields } from './search-query.ts'
import { searchAnswerSchema, searchBodySchema, searchTable } from './search-query.ts'
import { jobShape } from './shapes.ts'

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

/** Jobs as operators see them. */
export function addJobRoutes(app: Api, { engine }: ApiParts): void {
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
}
