import type { AddressInfo } from 'node:net'
import { createCamundaClient } from '@camunda8/orchestration-cluster-api'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ApiHarness } from '../helpers/api-harness.ts'
import { definitions, table } from '../helpers/dmn.ts'
import { process } from '../helpers/process-builder.ts'

/** The official client checks every answer against Camunda's own schemas. */
let server: ApiHarness
let client: ReturnType<typeof createCamundaClient>
let instance: never
beforeAll(async () => {
  server = await ApiHarness.open({ openApi: true })
  await server.api.listen({ host: '127.0.0.1', port: 0 })
  const { port } = server.api.server.address() as AddressInfo
  client = createCamundaClient({
    config: {
      CAMUNDA_REST_ADDRESS: `http://127.0.0.1:${port}`,
      CAMUNDA_SDK_VALIDATION: 'strict',
      CAMUNDA_SDK_LOG_LEVEL: 'error',
      CAMUNDA_AUTH_STRATEGY: 'NONE',
    } as never,
  })
  const levels = table({
    inputs: ['amount'],
    outputs: [{ name: 'level' }],
    rules: [
      ['< 10', '"low"'],
      ['>= 10', '"high"'],
    ],
  })
  await server.deploy({
    'walk.bpmn': process('walk')
      .start()
      .scriptTask('count', { expression: '=amount + 1', resultVariable: 'more' })
      .parallel('fork')
      .userTask('decide', { candidateGroups: 'desk', inputs: { own: '=more * 2' } })
      .end('done')
      .at('fork')
      .catchEvent('wait', { message: 'news', correlationKey: '=no' })
      .end('heard')
      .at('fork')
      .serviceTask('work', { type: '=missing.type' })
      .end('worked')
      .xml(),
    'level.dmn': definitions(`<decision id="level" name="Level">${levels}</decision>`),
  })
  const variables = { amount: 1, no: 'N-1', long: 'x'.repeat(10_000) }
  instance = (await client.createProcessInstance({ processDefinitionId: 'walk' as never, variables: variables as never }))
    .processInstanceKey as never
})
afterAll(() => server.close())
const now = { consistency: { waitUpToMs: 0 } }

describe("Camunda's client", () => {
  test('finds element instances, flows and counts of an instance', async () => {
    const { items } = await client.searchElementInstances({ filter: { processInstanceKey: instance, state: 'ACTIVE' } }, now)
    expect((items ?? []).map(({ elementId, type }) => `${elementId} ${type}`).sort()).toEqual([
      'decide USER_TASK',
      'wait INTERMEDIATE_CATCH_EVENT',
      'work SERVICE_TASK',
    ])
    const stuck = items?.find(({ elementId }) => elementId === 'work')
    expect(stuck).toMatchObject({ hasIncident: true, incidentKey: expect.stringMatching(/^\d+$/) })
    expect(await client.getElementInstance({ elementInstanceKey: stuck?.elementInstanceKey as never }, now)).toMatchObject({
      elementId: 'work',
    })
    const counts = (await client.getProcessInstanceStatistics({ processInstanceKey: instance }, now)).items ?? []
    expect(counts.find(({ elementId }) => elementId === 'count')).toMatchObject({ completed: 1n, active: 0n })
    expect(counts.find(({ elementId }) => elementId === 'work')).toMatchObject({ incidents: 1n })
    expect((await client.getProcessInstanceSequenceFlows({ processInstanceKey: instance }, now)).items?.length).toBe(5)
    expect(await client.getProcessInstanceCallHierarchy({ processInstanceKey: instance }, now)).toHaveLength(1)
    expect((await client.searchProcessInstanceIncidents({ processInstanceKey: instance }, now)).items).toHaveLength(1)
    expect((await server.ask('operator', 'POST /v2/element-instances/search', { body: {} })).status).toBe(400)
  })

  test('finds variables by scope, cut and whole, and those a task sees', async () => {
    const { items } = await client.searchVariables({ filter: { processInstanceKey: instance } }, now)
    const long = items?.find(({ name }) => name === 'long')
    expect(long).toMatchObject({ isTruncated: true, scopeKey: instance })
    expect(JSON.parse((await client.getVariable({ variableKey: long?.variableKey as never }, now)).value)).toHaveLength(10_000)
    const named = await client.searchVariables({ filter: { processInstanceKey: instance, name: 'more' } as never }, now)
    expect(named.items).toMatchObject([{ value: '2' }])
    const { items: tasks } = await client.searchUserTasks({ filter: { processInstanceKey: instance } }, now)
    const seen = await client.searchUserTaskVariables({ userTaskKey: tasks[0]?.userTaskKey as never }, now)
    expect(seen.items?.map(({ name }) => name).sort()).toEqual(['amount', 'long', 'more', 'no', 'own'])
  })

  test('finds what an instance waits for', async () => {
    const { items } = await client.searchMessageSubscriptions({ filter: { processInstanceKey: instance } }, now)
    expect(items).toMatchObject([{ messageName: 'news', correlationKey: 'N-1', elementId: 'wait', messageSubscriptionState: 'CREATED' }])
  })

  test('finds a decision and decides by it', async () => {
    const { items } = await client.searchDecisionDefinitions({ filter: { decisionDefinitionId: 'level' as never } }, now)
    const decisionDefinitionKey = items?.[0]?.decisionDefinitionKey as never
    expect(await client.getDecisionDefinition({ decisionDefinitionKey }, now)).toMatchObject({ name: 'Level', version: 1 })
    expect(await client.getDecisionDefinitionXml({ decisionDefinitionKey }, now)).toContain('<decision id="level"')
    // Its schema of 8.8 wants to hear of a failure also when there is none, so this one is asked without it.
    const decide = (body: object) => server.ask('operator', 'POST /v2/decision-definitions/evaluation', { body })
    const { body } = await decide({ decisionDefinitionId: 'level', variables: { amount: 12 } })
    expect(body).toMatchObject({ output: '"high"', decisionDefinitionId: 'level', decisionDefinitionVersion: 1 })
    expect(body.evaluatedDecisions).toMatchObject([{ decisionDefinitionId: 'level', matchedRules: [{ ruleId: 'r2' }] }])
    expect((await decide({ decisionDefinitionId: 'none', variables: {} })).status).toBe(404)
    expect((await decide({ variables: {} })).status).toBe(400)
  })
})

test('an expression is evaluated over given variables and those of a scope', async () => {
  const evaluate = (body: object) => server.ask('operator', 'POST /v2/expression/evaluation', { body })
  expect((await evaluate({ expression: '=a + 1', variables: { a: 0.1 } })).body).toEqual({
    expression: '=a + 1',
    result: 1.1,
    warnings: [],
  })
  expect((await evaluate({ expression: '=more + a', variables: { a: 1 }, scopeKey: instance })).body.result).toBe(3)
  expect((await evaluate({ expression: '=1 +' })).status).toBe(400)
})
