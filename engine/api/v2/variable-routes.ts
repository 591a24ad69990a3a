import { Type } from 'typebox'
import { instanceOf } from '../../kernel/index.ts'
import type { InstanceRow } from '../../store/index.ts'
import type { Api, ApiParts } from '../api-parts.ts'
import { ProblemError } from '../problem.ts'
import { answers, closed, Key } from '../schema.ts'
import { Row, UserTaskKey } from './engine-schema.ts'
import type { TrailVariable } from './instance-trail.ts'
import type { SearchFields } from './search-query.ts'
import { searchAnswerSchema, searchBodySchema, searchRows } from './search-query.ts'
import { instanceKeyIn, tell } from './trail-routes.ts'

const FIELDS: SearchFields = {
  name: { column: 'name', kind: 'text' },
  value: { column: 'value', kind: 'text' },
  variableKey: { column: 'variableKey', kind: 'text' },
  scopeKey: { column: 'scopeKey', kind: 'text' },
  processInstanceKey: { column: 'processInstanceKey', kind: 'text' },
  tenantId: { column: 'tenantId', kind: 'text' },
  isTruncated: { column: 'isTruncated', kind: 'boolean' },
}
const OF_TASK: SearchFields = { name: { column: 'name', kind: 'text' }, value: { column: 'value', kind: 'text' } }
/** Longer values are cut in searches, as Camunda cuts them. */
const LONGEST_SHOWN = 8_191
const Truncate = closed({ truncateValues: Type.Optional(Type.Boolean({ default: true })) })

/** Variables by scope, as they were last: of ended elements too. */
export function addVariableRoutes(app: Api, { engine }: ApiParts): void {
  app.post(
    '/variables/search',
    {
      config: { guard: 'engine.instance.read' },
      schema: {
        summary: 'Search variables of one process instance: filter by processInstanceKey, scopeKey or variableKey',
        querystring: Truncate,
        body: searchBodySchema(FIELDS),
        response: answers({ 200: searchAnswerSchema(Row) }),
      },
    },
    async (request) => {
      const told = await tell(engine, instanceKeyIn(request.body.filter ?? {}, ['processInstanceKey', 'scopeKey', 'variableKey']))
      const rows = told ? told.trail.variables.map((variable) => shape(told.row, variable, request.query.truncateValues)) : []
      return searchRows(rows, FIELDS, request.body)
    },
  )

  app.get(
    '/variables/:variableKey',
    {
      config: { guard: 'engine.instance.read' },
      schema: { summary: 'One variable, whole', params: closed({ variableKey: Key }), response: answers({ 200: Row }) },
    },
    async (request) => {
      const { variableKey } = request.params
      const told = await tell(engine, instanceOf(variableKey))
      const found = told?.trail.variables.find(({ key }) => key === variableKey)
      if (!told || !found) throw new ProblemError('NOT_FOUND', `Expected a variable ${variableKey}, but there is none`)
      const { isTruncated: _, ...whole } = shape(told.row, found, false)
      return whole
    },
  )

  for (const [path, summary] of [
    ['variables', 'Variables a user task sees'],
    ['effective-variables', 'The same: an inner one hides those around it'],
  ] as const)
    app.post(
      `/user-tasks/:userTaskKey/${path}/search`,
      {
        config: { guard: 'engine.task.read' },
        schema: {
          summary,
          params: UserTaskKey,
          querystring: Truncate,
          body: searchBodySchema(OF_TASK),
          response: answers({ 200: searchAnswerSchema(Row) }),
        },
      },
      async (request) => {
        const { userTaskKey } = request.params
        const task = await engine.store.find('userTask', userTaskKey)
        const told = task && (await tell(engine, task.processInstanceKey))
        if (!told) throw new ProblemError('NOT_FOUND', `Expected a user task ${userTaskKey}, but there is none`)
        const seen = new Map<string, TrailVariable>()
        for (let scope: string | undefined = task.elementInstanceKey; scope; scope = told.trail.elements.get(scope)?.scopeKey)
          for (const variable of told.trail.variables)
            if (variable.scopeKey === scope && !seen.has(variable.name)) seen.set(variable.name, variable)
        const rows = [...seen.values()].map((variable) => shape(told.row, variable, request.query.truncateValues))
        return searchRows(rows, OF_TASK, request.body)
      },
    )

  app.get(
    '/user-tasks/:userTaskKey/form',
    {
      config: { guard: 'engine.task.read' },
      schema: {
        summary: 'Always 204: forms of this house are no Camunda forms; see /desk/v1/tasks',
        params: UserTaskKey,
        response: answers({ 204: Type.Null() }),
      },
    },
    async (request, reply) => {
      const { userTaskKey } = request.params
      if (!(await engine.store.find('userTask', userTaskKey)))
        throw new ProblemError('NOT_FOUND', `Expected a user task ${userTaskKey}, but there is none`)
      return reply.code(204).send()
    },
  )
}

function shape({ key, tenantId }: InstanceRow, variable: TrailVariable, truncates = true) {
  const text = JSON.stringify(variable.value)
  const isTruncated = truncates && text.length > LONGEST_SHOWN
  return {
    variableKey: variable.key,
    name: variable.name,
    value: isTruncated ? text.slice(0, LONGEST_SHOWN) : text,
    isTruncated,
    scopeKey: variable.scopeKey,
    processInstanceKey: key,
    tenantId,
  }
}
