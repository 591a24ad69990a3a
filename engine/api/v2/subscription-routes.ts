import type { SubscriptionRow } from '../../store/index.ts'
import type { Api, ApiParts } from '../api-parts.ts'
import { answers } from '../schema.ts'
import { Row } from './engine-schema.ts'
import type { SearchFields } from './search-query.ts'
import { searchAnswerSchema, searchBodySchema, searchTable } from './search-query.ts'

const FIELDS: SearchFields = {
  messageSubscriptionKey: { column: 'key', kind: 'text' },
  messageName: { column: 'messageName', kind: 'text' },
  correlationKey: { column: 'correlationKey', kind: 'text' },
  elementId: { column: 'elementId', kind: 'text' },
  elementInstanceKey: { column: 'elementInstanceKey', kind: 'text' },
  processInstanceKey: { column: 'processInstanceKey', kind: 'text' },
  processDefinitionKey: { column: 'processDefinitionKey', kind: 'text' },
  processDefinitionId: { column: 'bpmnProcessId', kind: 'text' },
  lastUpdatedDate: { column: 'createdAt', kind: 'time' },
  tenantId: { column: 'tenantId', kind: 'text' },
}

export function addSubscriptionRoutes(app: Api, { engine }: ApiParts): void {
  app.post(
    '/message-subscriptions/search',
    {
      config: { guard: 'engine.instance.read' },
      schema: {
        summary: 'What running instances wait for now: messages, and signals under the name signal:NAME',
        body: searchBodySchema(FIELDS),
        response: answers({ 200: searchAnswerSchema(Row) }),
      },
    },
    async (request) => {
      const { items, page } = await searchTable(engine.store, 'subscription', FIELDS, request.body)
      return { items: items.map(shape), page }
    },
  )
}

function shape(row: SubscriptionRow) {
  return {
    messageSubscriptionKey: row.key,
    messageSubscriptionState: 'CREATED',
    messageSubscriptionType: 'PROCESS_EVENT',
    messageName: row.messageName,
    correlationKey: row.correlationKey,
    elementId: row.elementId,
    elementInstanceKey: row.elementInstanceKey,
    processInstanceKey: row.processInstanceKey,
    processDefinitionKey: row.processDefinitionKey,
    processDefinitionId: row.bpmnProcessId,
    lastUpdatedDate: new Date(row.createdAt).toISOString(),
    tenantId: row.tenantId,
  }
}
