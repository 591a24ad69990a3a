import type { AddressInfo } from 'node:net'
import { createCamundaClient } from '@camunda8/orchestration-cluster-api'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ApiHarness } from '../helpers/api-harness.ts'
import { process } from '../helpers/process-builder.ts'

let server: ApiHarness
let client: ReturnType<typeof createCamundaClient>
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
  await server.deploy({
    'plain.bpmn': process('plain').start().userTask('decide', { candidateGroups: 'desk' }).end().xml(),
    'heard.bpmn': process('heard')
      .start()
      .userTask('decide', { candidateGroups: 'desk' })
      .listenToTask('updating:check', 'completing:check')
      .end()
      .xml(),
    'parcel.bpmn': process('parcel').start().catchEvent('arrived', { message: 'parcel', correlationKey: '=no' }).end().xml(),
    'intake.bpmn': process('intake').startOn('came', { message: 'intake' }).serviceTask('store', { type: 'store' }).end().xml(),
    'alarm.bpmn': process('alarm')
      .startOn('hot', { condition: '=temperature > 40', variableNames: 'temperature' })
      .serviceTask('cool', { type: 'cool' })
      .end()
      .xml(),
  })
})
afterAll(() => server.close())
const now = { consistency: { waitUpToMs: 0 } }

async function taskOf(bpmnProcessId: string): Promise<string> {
  const { processInstanceKey } = await client.createProcessInstance({ processDefinitionId: bpmnProcessId as never })
  const { items } = await client.searchUserTasks({ filter: { processInstanceKey } }, now)
  return items[0]?.userTaskKey as string
}
async function jobOf(type: string) {
  const asked = { type, worker: 'test', timeout: 60_000, maxJobsToActivate: 1, requestTimeout: 5_000 }
  const [job] = (await client.activateJobs(asked)).jobs
  if (!job) throw new Error(`Expected a job of type ${type}`)
  return job
}
const read = (userTaskKey: string) => client.getUserTask({ userTaskKey: userTaskKey as never }, now)

describe('a changeset', () => {
  test("of Camunda's client changes attributes; what it leaves out or sends as null stays", async () => {
    const userTaskKey = await taskOf('plain')
    const changeset = { candidateGroups: ['seniors'], priority: 80, dueDate: '2026-05-01T01:00:00Z' }
    await client.updateUserTask({ userTaskKey: userTaskKey as never, changeset, action: 'escalate' })
    const nulls = { changeset: { candidateUsers: ['mia'], priority: null }, action: null }
    expect((await server.ask('operator', `PATCH /v2/user-tasks/${userTaskKey}`, { body: nulls })).status).toBe(204)

    expect(await read(userTaskKey)).toMatchObject({ candidateGroups: ['seniors'], candidateUsers: ['mia'], priority: 80 })
    const bare = await server.ask('operator', `PATCH /v2/user-tasks/${userTaskKey}/update`, { body: { candidateGroups: [], dueDate: '' } })
    expect(bare.status).toBe(204)
    expect(await read(userTaskKey)).toMatchObject({ candidateGroups: [], priority: 80 })
    expect((await read(userTaskKey)).dueDate ?? undefined).toBeUndefined()
    const refused = await server.ask('operator', `PATCH /v2/user-tasks/${userTaskKey}`, { body: { changeset: { dueDate: 'soon' } } })
    expect(refused).toMatchObject({ status: 400, body: { detail: expect.stringContaining("found 'soon'") } })
  })

  test('waits for the listeners of updating, which see the action and correct it', async () => {
    const userTaskKey = await taskOf('heard')
    let isDone = false
    const update = client
      .updateUserTask({ userTaskKey: userTaskKey as never, changeset: { priority: 70 }, action: 'escalate' })
      .then(() => {
        isDone = true
      })
    const job = await jobOf('check')
    expect(job).toMatchObject({ kind: 'TASK_LISTENER', listenerEventType: 'UPDATING' })
    expect(job.userTask).toMatchObject({ action: 'escalate', priority: 70, userTaskKey, changedAttributes: ['priority'] })
    expect(isDone).toBe(false)
    await client.completeJob({
      jobKey: job.jobKey,
      result: { type: 'userTask', denied: false, corrections: { priority: 60, assignee: 'mia' } } as never,
    })
    await update

    expect(await read(userTaskKey)).toMatchObject({ priority: 60, assignee: 'mia', state: 'CREATED' })
  })

  test('is refused with 409 and the reason when a listener denies', async () => {
    const userTaskKey = await taskOf('heard')
    const completion = client.completeUserTask({ userTaskKey: userTaskKey as never, variables: {} as never, action: 'approve' }).then(
      () => 'done',
      (error) => `${error.status} ${error.detail}`,
    )
    const job = await jobOf('check')
    expect(job).toMatchObject({ listenerEventType: 'COMPLETING', userTask: { action: 'approve' } })
    await client.completeJob({ jobKey: job.jobKey, result: { type: 'userTask', denied: true, deniedReason: 'four eyes' } as never })

    expect(await completion).toContain('409')
    expect(await completion).toContain('four eyes')
    expect(await read(userTaskKey)).toMatchObject({ state: 'CREATED' })
  })
})

describe('a correlation', () => {
  test('names the running instance that took the message', async () => {
    const { processInstanceKey } = await client.createProcessInstance({
      processDefinitionId: 'parcel' as never,
      variables: { no: 'P-1' } as never,
    })
    const taken = await client.correlateMessage({ name: 'parcel', correlationKey: 'P-1', variables: { weight: 2 } as never })

    expect(taken).toMatchObject({ processInstanceKey, messageKey: expect.stringMatching(/^\d+$/) })
  })

  test('names the instance it started, and is 404 when nothing waits; then it is not kept', async () => {
    const { processInstanceKey } = await client.correlateMessage({ name: 'intake', correlationKey: '' })
    expect(await client.getProcessInstance({ processInstanceKey: processInstanceKey as never }, now)).toMatchObject({
      processDefinitionId: 'intake',
    })

    await expect(client.correlateMessage({ name: 'parcel', correlationKey: 'P-2' })).rejects.toMatchObject({ status: 404 })
    const late = await client.createProcessInstance({ processDefinitionId: 'parcel' as never, variables: { no: 'P-2' } as never })
    expect(await client.getProcessInstance({ processInstanceKey: late.processInstanceKey }, now)).toMatchObject({ state: 'ACTIVE' })
    const foreign = await server.ask('customsSystem', 'POST /v2/messages/correlation', { body: { name: 'inspection.answer' } })
    expect(foreign.status).toBe(403)
  })
})

describe('an evaluation of conditionals', () => {
  const evaluate = (body: object) => server.ask('operator', 'POST /v2/conditionals/evaluation', { body })

  test('starts what the variables fulfil, and nothing otherwise', async () => {
    const { status, body } = await evaluate({ variables: { temperature: 41 } })
    expect(status).toBe(200)
    expect(body.processInstances).toMatchObject([{ processInstanceKey: expect.stringMatching(/^\d+$/) }])
    expect((await jobOf('cool')).variables).toEqual({ temperature: 41 })

    expect((await evaluate({ variables: { temperature: 40 } })).body.processInstances).toEqual([])
    expect((await evaluate({ variables: { pressure: 41 } })).body.processInstances).toEqual([])
    const { processDefinitionKey } = body.processInstances[0]
    expect((await evaluate({ processDefinitionKey, variables: { temperature: 50 } })).body.processInstances).toHaveLength(1)
    expect((await evaluate({ processDefinitionKey: '4711', variables: {} })).status).toBe(404)
    expect((await evaluate({})).status).toBe(400)
  })
})
