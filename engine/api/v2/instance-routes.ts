import { Type } from 'typebox'
import type { Variables as EngineVariables } from '../../kernel/index.ts'
import type { InstanceRow } from '../../store/index.ts'
import { actorOf } from '../actor.ts'
import type { Api, ApiParts } from '../api-parts.ts'
import { ProblemError } from '../problem.ts'
import { answers, closed, Key, Nothing, Variables } from '../schema.ts'
import { DEFAULT_TENANT, InstanceKey, Milliseconds, OperationReference, Row, TenantId } from './engine-schema.ts'
import type { SearchFields } from './search-query.ts'
import { searchAnswerSchema, searchBodySchema, searchTable } from './search-query.ts'
import { processInstanceShape } from './shapes.ts'
import { StartInstructions } from './surgery-schema.ts'

const DEFAULT_AWAIT_MS = 15_000
const FIELDS: SearchFields = {
  processInstanceKey: { column: 'key', kind: 'text' },
  processDefinitionKey: { column: 'processDefinitionKey', kind: 'text' },
  processDefinitionId: { column: 'bpmnProcessId', kind: 'text' },
  processDefinitionVersion: { column: 'version', kind: 'integer' },
  parentProcessInstanceKey: { column: 'parentProcessInstanceKey', kind: 'text' },
  parentElementInstanceKey: { column: 'parentElementInstanceKey', kind: 'text' },
  startDate: { column: 'startedAt', kind: 'time' },
  endDate: { column: 'endedAt', kind: 'time' },
  suspendedDate: { column: 'suspendedAt', kind: 'time' },
  state: { column: 'state', kind: 'enum' },
  hasIncident: { column: 'hasIncident', kind: 'boolean' },
  tenantId: { column: 'tenantId', kind: 'text' },
  businessId: { column: 'businessKey', kind: 'text' },
}
const CreateBody = closed(
  {
    processDefinitionId: Type.Optional(Type.String({ minLength: 1, maxLength: 255 })),
    processDefinitionKey: Type.Optional(Key),
    processDefinitionVersion: Type.Optional(Type.Integer({ minimum: -1, default: -1 })),
    variables: Type.Optional(Variables),
    tenantId: TenantId,
    operationReference: OperationReference,
    awaitCompletion: Type.Optional(Type.Boolean()),
    requestTimeout: Type.Optional(Milliseconds),
    fetchVariables: Type.Optional(Type.Array(Type.String())),
    businessId: Type.Optional(Type.String({ maxLength: 256 })),
    startInstructions: Type.Optional(StartInstructions),
    runtimeInstructions: Type.Optional(Type.Array(Type.Unknown(), { maxItems: 0, description: 'Not supported' })),
    tags: Type.Optional(Type.Array(Type.String(), { maxItems: 0, description: 'Not supported' })),
  },
  { title: 'CreateInstanceRequest' },
)

export function addInstanceRoutes(app: Api, { engine }: ApiParts): void {
  const shape = (row: InstanceRow) => processInstanceShape(row, engine.definitions.byKey(row.processDefinitionKey))

  app.post(
    '/process-instances',
    {
      config: { guard: 'engine.instance.create', inHistory: true },
      schema: { summary: 'Start a process instance', body: CreateBody, response: answers({ 200: Row }) },
    },
    async (request) => {
      const {
        processDefinitionId,
        processDefinitionKey,
        processDefinitionVersion = -1,
        variables = {},
        tenantId = DEFAULT_TENANT,
        ...rest
      } = request.body
      if ((processDefinitionId === undefined) === (processDefinitionKey === undefined)) {
        throw new ProblemError('INVALID_ARGUMENT', 'Expected either processDefinitionId or processDefinitionKey, but found both or neither')
      }
      const created = await engine.createInstance({
        ...(processDefinitionKey === undefined
          ? { bpmnProcessId: processDefinitionId ?? '', version: processDefinitionVersion }
          : { processDefinitionKey }),
        variables: variables as EngineVariables,
        tenantId,
        actor: actorOf(request.principal),
        ...(rest.businessId === undefined ? {} : { businessKey: rest.businessId }),
        ...(rest.startInstructions?.length ? { startInstructions: rest.startInstructions } : {}),
        ...(rest.awaitCompletion
          ? {
              awaitCompletion: {
                timeoutMs: Number(rest.requestTimeout ?? 0) > 0 ? Number(rest.requestTimeout) : DEFAULT_AWAIT_MS,
                ...(rest.fetchVariables?.length ? { fetchVariables: rest.fetchVariables } : {}),
              },
            }
          : {}),
      })
      return {
        processInstanceKey: created.processInstanceKey,
        processDefinitionKey: created.processDefinitionKey,
        processDefinitionId: created.bpmnProcessId,
        processDefinitionVersion: created.version,
        tenantId: created.tenantId,
        variables: created.variables ?? {},
        tags: [],
        businessId: rest.businessId ?? null,
      }
    },
  )

  app.post(
    '/process-instances/search',
    {
      config: { guard: 'engine.instance.read' },
      schema: { summary: 'Search process instances', body: searchBodySchema(FIELDS), response: answers({ 200: searchAnswerSchema(Row) }) },
    },
    async (request) => {
      const { items, page } = await searchTable(engine.store, 'instance', FIELDS, request.body)
      return { items: items.map(shape), page }
    },
  )

  app.get(
    '/process-instances/:processInstanceKey',
    {
      config: { guard: 'engine.instance.read' },
      schema: { summary: 'One process instance', params: InstanceKey, response: answers({ 200: Row }) },
    },
    async (request) => {
      const { processInstanceKey } = request.params
      const row = await engine.getInstance(processInstanceKey)
      if (!row) throw new ProblemError('NOT_FOUND', `Expected a process instance ${processInstanceKey}, but there is none`)
      return shape(row)
    },
  )

  app.post(
    '/process-instances/:processInstanceKey/cancellation',
    {
      config: { guard: 'engine.instance.cancel' },
      schema: {
        summary: 'Cancel a process instance',
        params: InstanceKey,
        body: closed({ operationReference: OperationReference }),
        response: answers({ 204: Nothing }),
      },
    },
    async (request, reply) => {
      await engine.cancelInstance(request.params.processInstanceKey, actorOf(request.principal))
      return reply.code(204).send()
    },
  )

  app.put(
    '/element-instances/:elementInstanceKey/variables',
    {
      config: { guard: 'engine.variable.write' },
      schema: {
        summary: 'Set variables of a scope, or (not local) of the nearest scopes that have them',
        params: closed({ elementInstanceKey: Key }),
        body: closed({ variables: Variables, local: Type.Optional(Type.Boolean()), operationReference: OperationReference }),
        response: answers({ 204: Nothing }),
      },
    },
    async (request, reply) => {
      const { variables, local = false } = request.body
      await engine.setVariables(request.params.elementInstanceKey, variables as EngineVariables, local, actorOf(request.principal))
      return reply.code(204).send()
    },
  )
}
