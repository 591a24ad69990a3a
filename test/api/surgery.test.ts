import type { AddressInfo } from 'node:net'
import { createCamundaClient } from '@camunda8/orchestration-cluster-api'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ApiHarness } from '../helpers/api-harness.ts'
import { process } from '../helpers/process-builder.ts'

let server: ApiHarness
beforeAll(async () => {
  server = await ApiHarness.open()
})
afterAll(() => server.close())

const ask = (request: string, body?: object) => server.ask('operator', request, body && { body })
const start = async (processDefinitionId: string, more: object = {}): Promise<string> =>
  (await ask('POST /v2/process-instances', { processDefinitionId, ...more })).body.processInstanceKey
const deploy = async (model: { readonly id: string; xml(): string }): Promise<string> => {
  const { body } = await server.deploy({ [`${model.id}.bpmn`]: model.xml() })
  return body.deployments[0].processDefinition.processDefinitionKey
}
const openTasks = async (processInstanceKey: string) => {
  const { body } = await ask('POST /v2/user-tasks/search', { filter: { processInstanceKey, state: 'CREATED' } })
  return body.items as { elementId: string; userTaskKey: string; elementInstanceKey: string }[]
}
const idsOf = async (key: string) => (await openTasks(key)).map(({ elementId }) => elementId).sort()
const steps = (id: string, ...tasks: readonly string[]) => {
  const model = process(id).start()
  for (const task of tasks) model.userTask(task)
  return model.end()
}

describe('a process instance', () => {
  test('is modified: activated, moved and terminated, with variables', async () => {
    await deploy(steps('modify', 'a', 'b', 'c', 'd'))
    const key = await start('modify')
    const path = `POST /v2/process-instances/${key}/modification`

    const activated = await ask(path, {
      activateInstructions: [
        { elementId: 'b', ancestorElementInstanceKey: '-1', variableInstructions: [{ variables: { kg: 1 }, scopeId: '' }] },
      ],
      moveInstructions: [
        {
          sourceElementInstruction: { sourceType: 'byId', sourceElementId: 'a' },
          targetElementId: 'c',
          ancestorScopeInstruction: { ancestorScopeType: 'inferred' },
        },
      ],
    })
    expect(activated.status).toBe(204)
    expect(await idsOf(key)).toEqual(['b', 'c'])
    const [b] = (await openTasks(key)).filter(({ elementId }) => elementId === 'b')
    expect((await ask(path, { terminateInstructions: [{ elementInstanceKey: b?.elementInstanceKey }] })).status).toBe(204)
    expect(await idsOf(key)).toEqual(['c'])
    expect((await ask(path, { activateInstructions: [{ elementId: 'nowhere' }] })).body).toMatchObject({
      status: 400,
      code: 'INVALID_ARGUMENT',
    })
    expect((await ask('POST /v2/process-instances/4711/modification', { terminateInstructions: [{ elementId: 'c' }] })).status).toBe(404)
  })

  test('is suspended and resumed, and says so', async () => {
    await deploy(steps('suspend', 'a'))
    const key = await start('suspend')
    expect((await ask(`POST /v2/process-instances/${key}/suspension`, {})).status).toBe(204)

    const shown = (await ask(`GET /v2/process-instances/${key}`)).body
    expect(shown).toMatchObject({ state: 'SUSPENDED', suspendedDate: expect.stringMatching(/^\d{4}-/) })
    const [task] = await openTasks(key)
    expect((await ask(`POST /v2/user-tasks/${task?.userTaskKey}/completion`, {})).body).toMatchObject({
      status: 409,
      code: 'INVALID_STATE',
    })
    expect((await ask(`POST /v2/process-instances/${key}/suspension`, {})).status).toBe(409)
    expect((await ask(`POST /v2/process-instances/${key}/resumption`)).status).toBe(204)
    expect((await ask(`POST /v2/user-tasks/${task?.userTaskKey}/completion`, {})).status).toBe(204)
  })

  test('is migrated, or refused with everything that stands against it', async () => {
    const from = await deploy(steps('migrate', 'a', 'b'))
    const key = await start('migrate')
    const targetProcessDefinitionKey = await deploy(steps('migrate', 'x', 'y'))
    const path = `POST /v2/process-instances/${key}/migration`
    const plan = { targetProcessDefinitionKey, mappingInstructions: [{ sourceElementId: 'a', targetElementId: 'x' }] }

    const refused = await ask(path, { ...plan, mappingInstructions: [] })
    expect(refused.body).toMatchObject({ status: 409, code: 'INVALID_STATE', errors: [{ rule: 'NOT_MAPPED', elementId: 'a' }] })
    expect((await ask(`POST /ops/v1/process-instances/${key}/migration-check`, plan)).body).toEqual({
      processInstanceKey: key,
      outcome: 'fits',
      violations: [],
    })
    expect((await ask(`GET /v2/process-instances/${key}`)).body.processDefinitionKey).toBe(from)
    expect((await ask(path, plan)).status).toBe(204)
    expect((await ask(`GET /v2/process-instances/${key}`)).body.processDefinitionKey).toBe(targetProcessDefinitionKey)
    expect(await idsOf(key)).toEqual(['x'])
  })

  test('begins at chosen elements', async () => {
    await deploy(steps('begin', 'a', 'b'))
    const key = await start('begin', { startInstructions: [{ elementId: 'b' }] })

    expect(await idsOf(key)).toEqual(['b'])
  })

  test('that ended is begun again with the variables it ended with', async () => {
    await deploy(steps('again', 'a', 'b'))
    const key = await start('again', { variables: { kg: 2 } })
    const restart = `POST /ops/v1/process-instances/${key}/restart`
    expect((await ask(restart, { startInstructions: [{ elementId: 'b' }] })).status).toBe(409)
    await ask(`POST /v2/process-instances/${key}/cancellation`, {})

    const { status, body } = await ask(restart, { startInstructions: [{ elementId: 'b' }] })

    expect(status).toBe(200)
    expect(await idsOf(body.processInstanceKey)).toEqual(['b'])
    expect(await server.engine.getVariables(body.processInstanceKey)).toEqual({ kg: 2 })
  })
})

test('all instances of a definition are checked by an analyst, then migrated part by part', async () => {
  const from = await deploy(steps('all', 'a', 'b'))
  const keys = [await start('all'), await start('all'), await start('all')]
  const targetProcessDefinitionKey = await deploy(steps('all', 'a', 'c'))
  const body = { targetProcessDefinitionKey, mappingInstructions: [{ sourceElementId: 'a', targetElementId: 'a' }], limit: 2 }

  const tried = await server.ask('analyst', `POST /ops/v1/process-definitions/${from}/migration-check`, { body })
  expect(tried.body).toMatchObject({ instances: [{ outcome: 'fits' }, { outcome: 'fits' }], next: keys[1] })
  const first = await ask(`POST /ops/v1/process-definitions/${from}/migration`, body)
  const second = await ask(`POST /ops/v1/process-definitions/${from}/migration`, { ...body, after: first.body.next })

  expect([...first.body.instances, ...second.body.instances]).toEqual(
    keys.map((processInstanceKey) => ({ processInstanceKey, outcome: 'migrated', violations: [] })),
  )
  expect(second.body.next).toBeUndefined()
})

test("Camunda's client starts anywhere, modifies and migrates, under its strict check", async () => {
  const open = await ApiHarness.open({ openApi: true })
  await open.api.listen({ host: '127.0.0.1', port: 0 })
  const { port } = open.api.server.address() as AddressInfo
  const client = createCamundaClient({
    config: {
      CAMUNDA_REST_ADDRESS: `http://127.0.0.1:${port}`,
      CAMUNDA_SDK_VALIDATION: 'strict',
      CAMUNDA_SDK_LOG_LEVEL: 'error',
      CAMUNDA_AUTH_STRATEGY: 'NONE',
    } as never,
  })
  const deployed = async (...tasks: readonly string[]) => {
    const file = new File([steps('client', ...tasks).xml()], 'client.bpmn', { type: 'application/xml' })
    return (await client.createDeployment({ resources: [file] })).processes[0]?.processDefinitionKey as never
  }
  const tasksOf = async (processInstanceKey: never) =>
    (await client.searchUserTasks({ filter: { processInstanceKey, state: 'CREATED' } }, { consistency: { waitUpToMs: 0 } })).items ?? []

  await deployed('a', 'b', 'c')
  const created = await client.createProcessInstance({
    processDefinitionId: 'client' as never,
    startInstructions: [{ elementId: 'b' as never }],
  })
  const processInstanceKey = created.processInstanceKey as never
  const [task] = await tasksOf(processInstanceKey)
  expect(task?.elementId).toBe('b')
  await client.modifyProcessInstance({
    processInstanceKey,
    activateInstructions: [{ elementId: 'c' as never, variableInstructions: [{ variables: { kg: 1 } }] }],
    terminateInstructions: [{ elementInstanceKey: task?.elementInstanceKey as never }],
  })
  await client.migrateProcessInstance({
    processInstanceKey,
    targetProcessDefinitionKey: await deployed('x', 'y'),
    mappingInstructions: [{ sourceElementId: 'c' as never, targetElementId: 'y' as never }],
  })

  expect((await tasksOf(processInstanceKey)).map(({ elementId }) => elementId)).toEqual(['y'])
  await open.close()
})
