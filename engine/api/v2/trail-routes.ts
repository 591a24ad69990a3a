import { Type } from 'typebox'
import { type ElementType, instanceOf } from '../../kernel/index.ts'
import type { InstanceRow } from '../../store/index.ts'
import type { Api, ApiParts } from '../api-parts.ts'
import { ProblemError } from '../problem.ts'
import { answers, closed, Key } from '../schema.ts'
import { InstanceKey, Row } from './engine-schema.ts'
import { type InstanceTrail, instanceTrail, type TrailElement } from './instance-trail.ts'
import type { SearchFields } from './search-query.ts'
import { searchAnswerSchema, searchBodySchema, searchRows } from './search-query.ts'

const FIELDS: SearchFields = {
  elementInstanceKey: { column: 'elementInstanceKey', kind: 'text' },
  elementId: { column: 'elementId', kind: 'text' },
  elementName: { column: 'elementName', kind: 'text' },
  type: { column: 'type', kind: 'enum' },
  state: { column: 'state', kind: 'enum' },
  hasIncident: { column: 'hasIncident', kind: 'boolean' },
  incidentKey: { column: 'incidentKey', kind: 'text' },
  startDate: { column: 'startedAt', kind: 'time' },
  endDate: { column: 'endedAt', kind: 'time' },
  processInstanceKey: { column: 'processInstanceKey', kind: 'text' },
  processDefinitionKey: { column: 'processDefinitionKey', kind: 'text' },
  processDefinitionId: { column: 'processDefinitionId', kind: 'text' },
  elementInstanceScopeKey: { column: 'scopeKey', kind: 'text' },
  tenantId: { column: 'tenantId', kind: 'text' },
}
/** Camunda's words for elements that it does not know. */
const TYPES: Partial<Record<ElementType, string>> = {
  transaction: 'SUB_PROCESS',
  adHocInner: 'AD_HOC_SUB_PROCESS_INNER_INSTANCE',
  loopBody: 'MULTI_INSTANCE_BODY',
  complexGateway: 'UNKNOWN',
}

interface Told {
  readonly row: InstanceRow
  readonly trail: InstanceTrail
}

/** What happened in one instance, out of its history. */
export function addTrailRoutes(app: Api, { engine }: ApiParts): void {
  app.post(
    '/element-instances/search',
    {
      config: { guard: 'engine.instance.read' },
      schema: {
        summary: 'Search element instances of one process instance: filter by processInstanceKey or elementInstanceKey',
        body: searchBodySchema(FIELDS),
        response: answers({ 200: searchAnswerSchema(Row) }),
      },
    },
    async (request) => {
      const key = instanceKeyIn(request.body.filter ?? {}, ['processInstanceKey', 'elementInstanceKey', 'elementInstanceScopeKey'])
      const told = await tell(engine, key)
      const { items, page } = searchRows(told ? rowsOf(told) : [], FIELDS, request.body)
      return { items: items.map(shape), page }
    },
  )

  app.get(
    '/element-instances/:elementInstanceKey',
    {
      config: { guard: 'engine.instance.read' },
      schema: { summary: 'One element instance', params: closed({ elementInstanceKey: Key }), response: answers({ 200: Row }) },
    },
    async (request) => {
      const { elementInstanceKey } = request.params
      const told = await tell(engine, instanceOf(elementInstanceKey))
      const found = told && rowsOf(told).find((row) => row.elementInstanceKey === elementInstanceKey)
      if (!found) throw new ProblemError('NOT_FOUND', `Expected an element instance ${elementInstanceKey}, but there is none`)
      return shape(found)
    },
  )

  app.get(
    '/process-instances/:processInstanceKey/sequence-flows',
    {
      config: { guard: 'engine.instance.read' },
      schema: { summary: 'Flows it has taken', params: InstanceKey, response: answers({ 200: Type.Object({ items: Type.Array(Row) }) }) },
    },
    async (request) => {
      const { row, trail } = await known(engine, request.params.processInstanceKey)
      return { items: [...trail.flows].map((flowId) => flowShape(row, flowId)) }
    },
  )

  app.get(
    '/process-instances/:processInstanceKey/statistics/element-instances',
    {
      config: { guard: 'engine.instance.read' },
      schema: { summary: 'Counts by element', params: InstanceKey, response: answers({ 200: Type.Object({ items: Type.Array(Row) }) }) },
    },
    async (request) => {
      const { trail } = await known(engine, request.params.processInstanceKey)
      const counts = new Map<string, { elementId: string; active: number; completed: number; canceled: number; incidents: number }>()
      for (const { elementId, state, incidentKey } of trail.elements.values()) {
        const count = counts.get(elementId) ?? { elementId, active: 0, completed: 0, canceled: 0, incidents: 0 }
        counts.set(elementId, count)
        if (incidentKey !== undefined && state === 'ACTIVE') count.incidents++
        else count[state === 'ACTIVE' ? 'active' : state === 'COMPLETED' ? 'completed' : 'canceled']++
      }
      return { items: [...counts.values()] }
    },
  )

  app.get(
    '/process-instances/:processInstanceKey/call-hierarchy',
    {
      config: { guard: 'engine.instance.read' },
      schema: {
        summary: 'The instances that called it, outermost first',
        params: InstanceKey,
        response: answers({ 200: Type.Array(Row) }),
      },
    },
    async (request) => {
      const chain: object[] = []
      const { processInstanceKey } = request.params
      let row = await engine.getInstance(processInstanceKey)
      if (!row) throw new ProblemError('NOT_FOUND', `Expected a process instance ${processInstanceKey}, but there is none`)
      for (; row; row = row.parentProcessInstanceKey === undefined ? undefined : await engine.getInstance(row.parentProcessInstanceKey)) {
        const { key, processDefinitionKey, bpmnProcessId } = row
        const processDefinitionName = engine.definitions.byKey(processDefinitionKey)?.name || bpmnProcessId
        chain.unshift({ processInstanceKey: key, processDefinitionKey, processDefinitionName })
      }
      return chain
    },
  )
}

/** The instance a filter is about. @throws ProblemError when it does not say: histories are kept by instance */
export function instanceKeyIn(filter: object, names: readonly string[]): string {
  for (const name of names) {
    const value = (filter as Readonly<Record<string, unknown>>)[name]
    const key = typeof value === 'string' ? value : (value as { readonly $eq?: string } | undefined)?.$eq
    if (typeof key === 'string' && /^\d{8,19}$/.test(key)) return instanceOf(key)
  }
  throw new ProblemError('INVALID_ARGUMENT', {
    en: `Expected a filter that names one instance by ${names.join(' or ')}, but found none; look for the instance first`,
    zh: `筛选条件须通过 ${names.join(' 或 ')} 指定一个实例；请先查找实例`,
  })
}

export async function tell(engine: ApiParts['engine'], key: string): Promise<Told | undefined> {
  const row = await engine.getInstance(key)
  return row && { row, trail: instanceTrail(row.processInstanceKey, await engine.getHistory(key)) }
}
async function known(engine: ApiParts['engine'], key: string): Promise<Told> {
  const told = await tell(engine, key)
  if (!told) throw new ProblemError('NOT_FOUND', `Expected a process instance ${key}, but there is none`)
  return told
}

function rowsOf({ row, trail }: Told) {
  return [...trail.elements.values()].map((element) => ({
    ...ofInstance(row),
    ...element,
    elementInstanceKey: element.key,
    elementName: element.elementId,
    type: typeOf(element),
    hasIncident: element.incidentKey !== undefined,
  }))
}
type ElementRow = ReturnType<typeof rowsOf>[number]

function shape({ key: _, elementType: __, scopeKey: ___, startedAt, endedAt, ...row }: ElementRow) {
  return {
    ...row,
    startDate: new Date(startedAt).toISOString(),
    endDate: endedAt === undefined ? undefined : new Date(endedAt).toISOString(),
  }
}

function ofInstance({ key, processDefinitionKey, bpmnProcessId, tenantId }: InstanceRow) {
  return { processInstanceKey: key, processDefinitionKey, processDefinitionId: bpmnProcessId, tenantId }
}
function flowShape(row: InstanceRow, flowId: string) {
  return { ...ofInstance(row), sequenceFlowId: `${row.key}_${flowId}`, elementId: flowId }
}
function typeOf({ elementType }: TrailElement): string {
  return TYPES[elementType] ?? elementType.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()
}
