import { actorOf } from '../actor.ts'
import type { Api, ApiParts } from '../api-parts.ts'
import { ProblemError } from '../problem.ts'
import { answers, closed, Key, Nothing } from '../schema.ts'
import { IncidentKey, OperationReference, Row } from './engine-schema.ts'
import type { SearchFields } from './search-query.ts'
import { searchAnswerSchema, searchBodySchema, searchTable } from './search-query.ts'
import { incidentShape } from './shapes.ts'

const FIELDS: SearchFields = {
  incidentKey: { column: 'key', kind: 'text' },
  errorType: { column: 'incidentType', kind: 'enum' },
  errorMessage: { column: 'message', kind: 'text' },
  state: { column: 'state', kind: 'enum' },
  creationTime: { column: 'createdAt', kind: 'time' },
  elementId: { column: 'elementId', kind: 'text' },
  elementInstanceKey: { column: 'elementInstanceKey', kind: 'text' },
  processInstanceKey: { column: 'processInstanceKey', kind: 'text' },
  processDefinitionKey: { column: 'processDefinitionKey', kind: 'text' },
  processDefinitionId: { column: 'bpmnProcessId', kind: 'text' },
  jobKey: { column: 'jobKey', kind: 'text' },
  tenantId: { column: 'tenantId', kind: 'text' },
}

export function addIncidentRoutes(app: Api, { engine }: ApiParts): void {
  app.post(
    '/incidents/search',
    {
      config: { guard: 'engine.incident.read' },
      schema: { summary: 'Search incidents', body: searchBodySchema(FIELDS), response: answers({ 200: searchAnswerSchema(Row) }) },
    },
    async (request) => {
      const { items, page } = await searchTable(engine.store, 'incident', FIELDS, request.body)
      return { items: items.map(incidentShape), page }
    },
  )

  for (const [path, name] of [
    ['/process-instances/:key/incidents/search', 'processInstanceKey'],
    ['/element-instances/:key/incidents/search', 'elementInstanceKey'],
  ] as const)
    app.post(
      path,
      {
        config: { guard: 'engine.incident.read' },
        schema: {
          summary: `Search incidents of one ${name === 'processInstanceKey' ? 'process' : 'element'} instance`,
          params: closed({ key: Key }),
          body: searchBodySchema(FIELDS),
          response: answers({ 200: searchAnswerSchema(Row) }),
        },
      },
      async (request) => {
        const filter = { ...(request.body.filter as object | undefined), [name]: request.params.key }
        const { items, page } = await searchTable(engine.store, 'incident', FIELDS, { ...request.body, filter })
        return { items: items.map(incidentShape), page }
      },
    )

  app.get(
    '/incidents/:incidentKey',
    {
      config: { guard: 'engine.incident.read' },
      schema: { summary: 'One incident', params: IncidentKey, response: answers({ 200: Row }) },
    },
    async (request) => {
      const { incidentKey } = request.params
      const row = await engine.store.find('incident', incidentKey)
      if (!row) throw new ProblemError('NOT_FOUND', `Expected an incident ${incidentKey}, but there is none`)
      return incidentShape(row)
    },
  )

  app.post(
    '/incidents/:incidentKey/resolution',
    {
      config: { guard: 'engine.incident.resolve' },
      schema: {
        summary: 'Resolve an incident: the element tries again',
        params: IncidentKey,
        body: closed({ operationReference: OperationReference }),
        response: answers({ 204: Nothing }),
      },
    },
    async (request, reply) => {
      await engine.resolveIncident(request.params.incidentKey, actorOf(request.principal))
      return reply.code(204).send()
    },
  )
}
