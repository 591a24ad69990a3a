import { Type } from 'typebox'
import { compileExpression, type Variables as EngineVariables, keyWithin } from '../../kernel/index.ts'
import type { DefinitionRecord } from '../../store/index.ts'
import type { Api, ApiParts } from '../api-parts.ts'
import { ProblemError } from '../problem.ts'
import { answers, closed, Key } from '../schema.ts'
import { DEFAULT_TENANT, OptionalVariables, Row, TenantId } from './engine-schema.ts'
import type { SearchFields } from './search-query.ts'
import { searchAnswerSchema, searchBodySchema, searchRows } from './search-query.ts'

const DECISIONS: SearchFields = {
  decisionDefinitionKey: { column: 'key', kind: 'text' },
  decisionDefinitionId: { column: 'id', kind: 'text' },
  name: { column: 'name', kind: 'text' },
  version: { column: 'version', kind: 'integer' },
  decisionRequirementsKey: { column: 'decisionRequirementsKey', kind: 'text' },
  tenantId: { column: 'tenantId', kind: 'text' },
  isLatestVersion: { column: 'isLatestVersion', kind: 'boolean' },
}
const Evaluated = Type.Object({}, { title: 'EvaluatedDecision', additionalProperties: true })

/** Decisions and expressions, asked without a process. */
export function addDecisionRoutes(app: Api, { engine, settings }: ApiParts): void {
  const requirementsOf = (record: DefinitionRecord) => engine.definitions.byKey(record.decisionRequirementsKey ?? '')
  const find = (key: string): DefinitionRecord => {
    const record = engine.definitions.byKey(key)
    if (record?.kind !== 'decision') throw new ProblemError('NOT_FOUND', `Expected a decision definition ${key}, but there is none`)
    return record
  }
  const shape = (record: DefinitionRecord) => {
    const requirements = requirementsOf(record)
    return {
      decisionDefinitionKey: record.key,
      decisionDefinitionId: record.id,
      name: record.name,
      version: record.version,
      tenantId: record.tenantId,
      decisionRequirementsId: requirements?.id ?? record.id,
      decisionRequirementsKey: requirements?.key ?? record.key,
      decisionRequirementsName: requirements?.name ?? record.name,
      decisionRequirementsVersion: requirements?.version ?? record.version,
    }
  }

  app.post(
    '/decision-definitions/search',
    {
      config: { guard: 'engine.definition.read' },
      schema: { summary: 'Search decisions', body: searchBodySchema(DECISIONS), response: answers({ 200: searchAnswerSchema(Row) }) },
    },
    async (request) => {
      const isLatest = ({ id, key, tenantId }: DefinitionRecord) => engine.definitions.latest('decision', id, tenantId)?.key === key
      const all = engine.definitions.all().filter(({ kind }) => kind === 'decision')
      const rows = all.map((record) => ({ ...record, isLatestVersion: isLatest(record) }))
      const { items, page } = searchRows(rows, DECISIONS, request.body)
      return { items: items.map(shape), page }
    },
  )

  const DecisionKey = closed({ decisionDefinitionKey: Key })
  app.get(
    '/decision-definitions/:decisionDefinitionKey',
    {
      config: { guard: 'engine.definition.read' },
      schema: { summary: 'One decision', params: DecisionKey, response: answers({ 200: Row }) },
    },
    async (request) => shape(find(request.params.decisionDefinitionKey)),
  )

  app.get(
    '/decision-definitions/:decisionDefinitionKey/xml',
    {
      config: { guard: 'engine.definition.read' },
      schema: { summary: 'The file it came from', params: DecisionKey, response: answers({ 200: Type.String() }) },
    },
    async (request, reply) => {
      const xml = (await engine.store.loadResource(find(request.params.decisionDefinitionKey).key)) ?? ''
      return reply
        .type('text/xml; charset=utf-8')
        .serializer((body) => body as string)
        .send(xml)
    },
  )

  app.post(
    '/decision-definitions/evaluation',
    {
      config: { guard: 'engine.decision.evaluate' },
      schema: {
        summary: 'Decide over given variables; nothing is stored',
        body: closed({
          decisionDefinitionId: Type.Optional(Type.String({ minLength: 1, maxLength: 255 })),
          decisionDefinitionKey: Type.Optional(Key),
          variables: OptionalVariables,
          tenantId: TenantId,
        }),
        response: answers({ 200: Evaluated }),
      },
    },
    async (request) => {
      const { decisionDefinitionId, decisionDefinitionKey, variables, tenantId = DEFAULT_TENANT } = request.body
      if ((decisionDefinitionId === undefined) === (decisionDefinitionKey === undefined))
        throw new ProblemError('INVALID_ARGUMENT', {
          en: 'Expected either decisionDefinitionId or decisionDefinitionKey, but found both or neither; send one',
          zh: 'decisionDefinitionId 与 decisionDefinitionKey 须且只能提供一个',
        })
      const { definition, output, trace } = await engine.evaluateDecision({
        ...(decisionDefinitionKey === undefined ? { decisionId: decisionDefinitionId ?? '' } : { decisionKey: decisionDefinitionKey }),
        variables: (variables ?? {}) as EngineVariables,
        tenantId,
      })
      const evaluationKey = await engine.newInstanceKey()
      const { name, version, ...shown } = shape(definition)
      return {
        ...shown,
        decisionDefinitionName: name,
        decisionDefinitionVersion: version,
        decisionEvaluationKey: evaluationKey,
        decisionInstanceKey: evaluationKey,
        output: JSON.stringify(output),
        evaluatedDecisions: trace.map((entry, index) => {
          const record = engine.definitions.latest('decision', entry.decisionId, tenantId) ?? definition
          return {
            decisionDefinitionId: entry.decisionId,
            decisionDefinitionKey: record.key,
            decisionDefinitionName: record.name,
            decisionDefinitionVersion: record.version,
            decisionDefinitionType: 'UNSPECIFIED',
            decisionEvaluationInstanceKey: keyWithin<string>(evaluationKey, index + 1),
            tenantId,
            output: JSON.stringify(entry.output),
            matchedRules: entry.matchedRules.map((ruleId, at) => ({ ruleId, ruleIndex: at + 1, evaluatedOutputs: [] })),
            evaluatedInputs: Object.entries(entry.inputs).map(([inputName, value]) => ({
              inputId: inputName,
              inputName,
              inputValue: JSON.stringify(value),
            })),
          }
        }),
      }
    },
  )

  app.post(
    '/expression/evaluation',
    {
      config: { guard: 'engine.decision.evaluate' },
      schema: {
        summary: 'Evaluate a FEEL expression over given variables, or over those a scope sees',
        body: closed({
          expression: Type.String({ minLength: 1, maxLength: 100_000 }),
          variables: OptionalVariables,
          scopeKey: Type.Optional(Key),
          tenantId: TenantId,
        }),
        response: answers({ 200: Type.Object({ expression: Type.String(), result: Type.Unknown(), warnings: Type.Array(Row) }) }),
      },
    },
    async (request) => {
      const { expression, variables, scopeKey } = request.body
      const seen = { ...(scopeKey === undefined ? {} : await engine.getVariables(scopeKey)), ...(variables as EngineVariables | null) }
      const compiled = compileExpression(expression.startsWith('=') ? expression.slice(1) : expression)
      const outcome = compiled.ok
        ? compiled.compiled.evaluate((name) => (Object.hasOwn(seen, name) ? seen[name] : undefined), {
            now: engine.clock.now(),
            zone: settings.zone,
          })
        : compiled
      if (!outcome.ok) throw new ProblemError('INVALID_ARGUMENT', { en: outcome.message, zh: `FEEL 表达式无效：${outcome.message}` })
      return { expression, result: outcome.value, warnings: outcome.warnings.map((message) => ({ message })) }
    },
  )
}
