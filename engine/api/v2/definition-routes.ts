import { Type } from 'typebox'
import type { DefinitionRecord } from '../../store/index.ts'
import type { Api, ApiParts } from '../api-parts.ts'
import { ProblemError } from '../problem.ts'
import { answers, closed, Key } from '../schema.ts'
import { Row } from './engine-schema.ts'
import type { SearchFields } from './search-query.ts'
import { searchAnswerSchema, searchBodySchema, searchRows } from './search-query.ts'
import { processDefinitionShape } from './shapes.ts'

const FIELDS: SearchFields = {
  processDefinitionKey: { column: 'key', kind: 'text' },
  processDefinitionId: { column: 'id', kind: 'text' },
  name: { column: 'name', kind: 'text' },
  resourceName: { column: 'resourceName', kind: 'text' },
  version: { column: 'version', kind: 'integer' },
  versionTag: { column: 'versionTag', kind: 'text' },
  tenantId: { column: 'tenantId', kind: 'text' },
  isLatestVersion: { column: 'isLatestVersion', kind: 'boolean' },
}
const DefinitionKey = closed({ processDefinitionKey: Key })

export function addDefinitionRoutes(app: Api, { engine }: ApiParts): void {
  const find = (key: string): DefinitionRecord => {
    const record = engine.definitions.byKey(key)
    if (record?.kind !== 'process') throw new ProblemError('NOT_FOUND', `Expected a process definition ${key}, but there is none`)
    return record
  }

  app.post(
    '/process-definitions/search',
    {
      config: { guard: 'engine.definition.read' },
      schema: {
        summary: 'Search process definitions',
        body: searchBodySchema(FIELDS),
        response: answers({ 200: searchAnswerSchema(Row) }),
      },
    },
    async (request) => {
      const rows = engine.definitions
        .all()
        .filter((record) => record.kind === 'process')
        .map((record) => ({
          ...record,
          isLatestVersion: engine.definitions.latest('process', record.id, record.tenantId)?.key === record.key,
        }))
      const { items, page } = searchRows(rows, FIELDS, request.body)
      return { items: items.map(processDefinitionShape), page }
    },
  )

  app.get(
    '/process-definitions/:processDefinitionKey',
    {
      config: { guard: 'engine.definition.read' },
      schema: { summary: 'One process definition', params: DefinitionKey, response: answers({ 200: Row }) },
    },
    async (request) => processDefinitionShape(find(request.params.processDefinitionKey)),
  )

  app.get(
    '/process-definitions/:processDefinitionKey/xml',
    {
      config: { guard: 'engine.definition.read' },
      schema: { summary: 'The file it came from', params: DefinitionKey, response: answers({ 200: Type.String() }) },
    },
    async (request, reply) => {
      const { key } = find(request.params.processDefinitionKey)
      const xml = (await engine.store.loadResource(key)) ?? ''
      return reply
        .type('text/xml; charset=utf-8')
        .serializer((body) => body as string)
        .send(xml)
    },
  )
}
