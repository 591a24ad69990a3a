import type { AddressInfo } from 'node:net'
import { createCamundaClient } from '@camunda8/orchestration-cluster-api'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type AccountName, ApiHarness } from '../helpers/api-harness.ts'
import { process } from '../helpers/process-builder.ts'

/** The official client checks every answer of ours against Camunda's own schemas, over real HTTP. */
const VALIDATION = 'strict'

let server: ApiHarness
let client: ReturnType<typeof connect>
beforeAll(async () => {
  server = await ApiHarness.open({ openApi: true })
  await server.api.listen({ host: '127.0.0.1', port: 0 })
  client = connect({ CAMUNDA_AUTH_STRATEGY: 'NONE' })
})
afterAll(() => server.close())

function connect(auth: object) {
  const { port } = server.api.server.address() as AddressInfo
  return createCamundaClient({
    config: {
      CAMUNDA_REST_ADDRESS: `http://127.0.0.1:${port}`,
      CAMUNDA_SDK_VALIDATION: VALIDATION,
      CAMUNDA_SDK_LOG_LEVEL: 'error',
      ...auth,
    } as never,
  })
}
const now = { consistency: { waitUpToMs: 0 } }
const file = (name: string, xml: string) => new File([xml], name, { type: 'application/xml' })

const order = process('order')
  .start()
  .serviceTask('pay', { type: 'pay' })
  .userTask('approve', { name: 'Approve', candidateGroups: 'office' })
  .catchEvent('goods', { message: 'goods-arrived', correlationKey: '=orderNo' })
  .end()
  .boundary('pay', 'refused', { error: 'NO_MONEY' })
  .end('unpaid')

async function start(variables: object): Promise<string> {
  const created = await client.createProcessInstance({ processDefinitionId: 'order' as never, variables: variables as never })
  return created.processInstanceKey
}
async function takeJob() {
  const { jobs } = await client.activateJobs({ type: 'pay', worker: 'test', timeout: 60_000, maxJobsToActivate: 1, requestTimeout: 5_000 })
  const [job] = jobs
  if (!job) throw new Error('Expected a job')
  return job
}
const stateOf = async (key: string): Promise<string> => (await client.getProcessInstance({ processInstanceKey: key as never }, now)).state

describe("Camunda's client", () => {
  test('broadcasts a signal, which starts what waits for it', async () => {
    const alarm = process('alarm').startOn('heard', { signal: 'fire' }).serviceTask('leave', { type: 'leave' }).end()
    await client.createDeployment({ resources: [file('alarm.bpmn', alarm.xml())] })
    const { signalKey } = await client.broadcastSignal({ signalName: 'fire', variables: { floor: 3 } })

    expect(signalKey).toMatch(/^\d+$/)
    const { jobs } = await client.activateJobs({
      type: 'leave',
      worker: 'test',
      timeout: 60_000,
      maxJobsToActivate: 1,
      requestTimeout: 5_000,
    })
    expect(jobs[0]?.variables).toMatchObject({ floor: 3 })
  })

  test('finds the cluster', async () => {
    expect(await client.getTopology()).toMatchObject({ clusterSize: 1, brokers: [{ partitions: [{ role: 'leader', health: 'healthy' }] }] })
    expect(await client.getAuthentication()).toMatchObject({ username: 'local' })
    expect(await client.getLicense()).toMatchObject({ isCommercial: false })
  })

  test('deploys, starts, works, decides, publishes and reaches the end', async () => {
    const deployed = await client.createDeployment({ resources: [file('order.bpmn', order.xml())] })
    expect(deployed.processes).toMatchObject([{ processDefinitionId: 'order', processDefinitionVersion: 1 }])
    expect(
      (await client.searchProcessDefinitions({ filter: { processDefinitionId: 'order' as never, isLatestVersion: true } }, now)).items,
    ).toHaveLength(1)

    const instance = await start({ orderNo: 'A-1', amount: 30 })
    const job = await takeJob()
    expect(job).toMatchObject({ processInstanceKey: instance, elementId: 'pay', variables: { orderNo: 'A-1', amount: 30 }, retries: 3 })
    await client.completeJob({ jobKey: job.jobKey, variables: { paid: true } })

    const tasks = await client.searchUserTasks(
      {
        filter: { state: 'CREATED', processInstanceKey: instance as never },
        sort: [{ field: 'creationDate', order: 'DESC' }],
        page: { from: 0, limit: 10 },
      },
      now,
    )
    expect(tasks.items).toMatchObject([{ name: 'Approve', candidateGroups: ['office'], processName: expect.anything() }])
    const userTaskKey = tasks.items[0]?.userTaskKey as never
    await client.assignUserTask({ userTaskKey, assignee: 'mia', allowOverride: true })
    await client.unassignUserTask({ userTaskKey })
    await client.assignUserTask({ userTaskKey, assignee: 'mia' })
    expect(await client.getUserTask({ userTaskKey }, now)).toMatchObject({ assignee: 'mia', state: 'CREATED' })
    await client.completeUserTask({ userTaskKey, variables: { approved: true } })

    const published = await client.publishMessage({
      name: 'goods-arrived',
      correlationKey: 'A-1',
      timeToLive: 60_000,
      messageId: 'm-1',
      variables: { weight: 3 },
    })
    expect(published.messageKey).toMatch(/^\d+$/)
    await expect.poll(() => stateOf(instance)).toBe('COMPLETED')
  })

  test('throws an error that a boundary event catches', async () => {
    const instance = await start({ orderNo: 'A-2' })
    const job = await takeJob()

    await client.throwJobError({ jobKey: job.jobKey, errorCode: 'NO_MONEY', errorMessage: 'the account is empty' })

    await expect.poll(() => stateOf(instance)).toBe('COMPLETED')
  })

  test('fails a job until it is an incident, mends and resolves it', async () => {
    const instance = await start({ orderNo: 'A-3' })
    const job = await takeJob()
    await client.failJob({ jobKey: job.jobKey, retries: 0, errorMessage: 'the bank is closed' })

    const incidents = await client.searchIncidents({ filter: { state: 'ACTIVE', processInstanceKey: instance as never } }, now)
    expect(incidents.items).toMatchObject([{ errorType: 'JOB_NO_RETRIES', elementId: 'pay', jobKey: job.jobKey }])
    expect((await client.searchJobs({ filter: { processInstanceKey: instance as never } }, now)).items).toMatchObject([
      { jobKey: job.jobKey, retries: 0 },
    ])
    expect(
      (await client.searchProcessInstances({ filter: { hasIncident: true, state: 'ACTIVE' } }, now)).items.map(
        (item) => item.processInstanceKey,
      ),
    ).toContain(instance)
    const incidentKey = incidents.items?.[0]?.incidentKey as never
    expect(await client.getIncident({ incidentKey }, now)).toMatchObject({ errorMessage: expect.stringContaining('the bank is closed') })
    await client.updateJob({ jobKey: job.jobKey, changeset: { retries: 2 } as never })
    await client.resolveIncident({ incidentKey })

    expect(await takeJob()).toMatchObject({ jobKey: job.jobKey, retries: 2 })
    await client.cancelProcessInstance({ processInstanceKey: instance as never })
    await expect.poll(() => stateOf(instance)).toBe('TERMINATED')
  })

  test('sets variables, waits for a result, and is told when it is too late', async () => {
    await client.createDeployment({
      resources: [file('sum.bpmn', process('sum').start().scriptTask('add', { expression: '=a + b', resultVariable: 'sum' }).end().xml())],
    })

    const result = await client.createProcessInstance({
      processDefinitionId: 'sum' as never,
      variables: { a: 2, b: 3 } as never,
      awaitCompletion: true,
      fetchVariables: ['sum'],
    })
    expect(result.variables).toEqual({ sum: 5 })
    const instance = await start({ orderNo: 'A-4' })
    await client.createElementInstanceVariables({ elementInstanceKey: instance as never, variables: { amount: 7 } as never })
    expect((await takeJob()).variables).toEqual({ orderNo: 'A-4', amount: 7 })
    await expect(
      client.createProcessInstance({
        processDefinitionId: 'order' as never,
        variables: { orderNo: 'late' } as never,
        awaitCompletion: true,
        requestTimeout: 50,
      }),
    ).rejects.toMatchObject({ status: 504 })
  })

  test('is told what is wrong in the way it understands', async () => {
    const failure = (promise: Promise<unknown>) =>
      promise.then(
        () => undefined,
        (error) => ({ status: error.status, title: error.title }),
      )

    expect(await failure(client.createProcessInstance({ processDefinitionId: 'nothing' as never }))).toEqual({
      status: 404,
      title: 'NOT_FOUND',
    })
    expect(await failure(client.completeJob({ jobKey: '4711' as never }))).toEqual({ status: 404, title: 'NOT_FOUND' })
    await client.publishMessage({ name: 'goods-arrived', correlationKey: 'none', timeToLive: 60_000, messageId: 'twice' })
    expect(
      await failure(client.publishMessage({ name: 'goods-arrived', correlationKey: 'none', timeToLive: 60_000, messageId: 'twice' })),
    ).toEqual({ status: 409, title: 'ALREADY_EXISTS' })
  })

  test('works as a job worker: the long poll waits instead of spinning', async () => {
    let polls = 0
    server.api.server.on('request', (request: { url?: string }) => {
      if (request.url === '/v2/jobs/activation') polls += 1
    })
    const done = new Promise<unknown>((resolve) => {
      client.createJobWorker({
        jobType: 'pay',
        workerName: 'bank',
        maxParallelJobs: 5,
        jobTimeoutMs: 60_000,
        jobHandler: async (job: { variables: unknown; complete(variables: object): Promise<unknown> }) => {
          resolve((job.variables as { orderNo?: unknown }).orderNo)
          return job.complete({ paid: true } as never)
        },
      } as never)
    })
    await start({ orderNo: 'W-1' })

    const worked = await done
    for (const worker of client.getWorkers()) worker.stop()

    expect(worked).toEqual(expect.any(String))
    expect(polls).toBeLessThan(20)
  })

  test('signs in by BASIC', async () => {
    await server.access.createAccount({ name: 'mia', roles: ['operator'], password: 'harbour light 4711' }, 'test')
    const mia = connect({
      CAMUNDA_AUTH_STRATEGY: 'BASIC',
      CAMUNDA_BASIC_AUTH_USERNAME: 'mia',
      CAMUNDA_BASIC_AUTH_PASSWORD: 'harbour light 4711',
    })

    expect(await mia.getAuthentication()).toMatchObject({ username: 'mia', roles: ['operator'] })
  })
})

describe('an agency that pulls', () => {
  test('sees its own rendered message and nothing else of the process', async () => {
    const headers = (account: AccountName) => ({ authorization: `Bearer ${server.key(account)}`, 'content-type': 'application/json' })
    const { port } = server.api.server.address() as AddressInfo
    const receiptNo = await server.declare()
    const { body: list } = await server.ask('lin', `GET /desk/v1/tasks?receiptNo=${receiptNo}`)
    // The agency waits before there is work.
    const waiting = fetch(`http://127.0.0.1:${port}/v2/jobs/activation`, {
      method: 'POST',
      headers: headers('customsSystem'),
      body: JSON.stringify({ type: 'agency.customs', timeout: 60_000, maxJobsToActivate: 1, requestTimeout: 20_000 }),
    })
    await server.ask('lin', `POST /desk/v1/tasks/${list.items[0].taskKey}/claim`)
    await server.ask('lin', `POST /desk/v1/tasks/${list.items[0].taskKey}/completion`, { body: { variables: { decision: 'accept' } } })

    const { jobs } = (await (await waiting).json()) as { jobs: { variables: Record<string, unknown> }[] }

    expect(jobs).toHaveLength(1)
    expect(jobs[0]?.variables).toMatchObject({
      receiptNo,
      version: 1,
      messageId: expect.stringMatching(/^\d+$/),
      messageType: 'cus.dec',
      message: { contentType: expect.stringContaining('xml') },
    })
    expect(Object.keys(jobs[0]?.variables ?? {}).sort()).toEqual([
      'idempotencyKey',
      'message',
      'messageId',
      'messageType',
      'receiptNo',
      'version',
    ])
  })
})

describe('a search', () => {
  const search = async (body: object) => (await server.ask('operator', 'POST /v2/process-instances/search', { body })).body

  test('pages by cursors, forwards and backwards, and by offset', async () => {
    for (let i = 0; i < 5; i++) await start({ orderNo: `P-${i}` })
    const asked = { filter: { processDefinitionId: 'order' }, sort: [{ field: 'processInstanceKey', order: 'ASC' }] }
    const all: string[] = (await search(asked)).items.map(keyOf)

    const seen: string[] = []
    let page = await search({ ...asked, page: { limit: 2 } })
    while (page.items.length > 0) {
      seen.push(...page.items.map(keyOf))
      page = await search({ ...asked, page: { after: page.page.endCursor, limit: 2 } })
    }

    expect(all.length).toBeGreaterThan(4)
    expect(seen).toEqual(all)
    const third = await search({ ...asked, page: { from: 2, limit: 2 } })
    expect(third.items.map(keyOf)).toEqual(all.slice(2, 4))
    expect(third.page.totalItems).toBe(all.length)
    expect((await search({ ...asked, page: { before: third.page.startCursor, limit: 2 } })).items.map(keyOf)).toEqual(all.slice(0, 2))
    expect((await search({ ...asked, page: { after: 'nonsense', limit: 2 } })).code).toBe('INVALID_ARGUMENT')
  })

  test('understands operators, any letter case of states, and times', async () => {
    const instance = await start({ orderNo: 'F-1' })
    const found = async (filter: object) => (await search({ filter })).items.map(keyOf).includes(instance)

    expect(await found({ processInstanceKey: { $in: [instance, '4711'] }, state: 'active' })).toBe(true)
    expect(await found({ processInstanceKey: instance, state: { $neq: 'ACTIVE' } })).toBe(false)
    expect(await found({ processInstanceKey: instance, processDefinitionId: { $like: 'ord*' }, endDate: { $exists: false } })).toBe(true)
    expect(await found({ processInstanceKey: instance, startDate: { $gt: '2020-01-01T00:00:00Z', $lt: '2020-01-02T00:00:00Z' } })).toBe(
      false,
    )
    expect((await search({ filter: { colour: 'red' } })).errors).toMatchObject([{ path: '/filter/colour', rule: 'additionalProperties' }])
    expect((await search({ filter: { state: 7 } })).errors).toMatchObject([{ path: '/filter/state', rule: 'anyOf' }])
  })
})

function keyOf(item: { processInstanceKey: string }): string {
  return item.processInstanceKey
}
