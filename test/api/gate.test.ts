import { Worker } from 'node:worker_threads'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ApiHarness } from '../helpers/api-harness.ts'
import { process } from '../helpers/process-builder.ts'

let server: ApiHarness
beforeAll(async () => {
  server = await ApiHarness.open()
})
afterAll(() => server.close())

const sound = (id: string) => process(id).start().serviceTask('work', { type: 'work' }).end().xml()
function deadlocked(id: string): string {
  const model = process(id).start().userTask('ask').exclusive('choice')
  model.when('=good').manualTask('a').parallel('join').end()
  model.at('choice').otherwise().manualTask('b').to('join')
  return model.xml()
}
/** An error that nothing catches: doubtful, but it may be meant. */
const uncaught = (id: string) => process(id).start().userTask('ask').end('gone', { error: 'GONE' }).xml()

const verify = (files: Readonly<Record<string, string>>, account: 'analyst' | 'lin' = 'analyst') =>
  server.deploy(files, account, { path: '/design/v1/verifications' })
const deploy = (files: Readonly<Record<string, string>>, fields: Readonly<Record<string, string>> = {}) =>
  server.deploy(files, 'analyst', { path: '/design/v1/deployments', fields })
const known = async (id: string) =>
  (await server.ask('analyst', 'POST /v2/process-definitions/search', { body: { filter: { processDefinitionId: id } } })).body.items
const audited = async (outcome: string) =>
  (await server.ask('admin', `GET /ops/v1/audit?action=design.deployment.write&outcome=${outcome}&limit=1`)).body.items[0]

describe('a verification', () => {
  test('of a sound file passes, says how much was explored, and stores nothing', async () => {
    const { status, body } = await verify({ 'sound.bpmn': sound('sound') })

    expect([status, body.verdict, body.findings, body.problems]).toEqual([200, 'passes', [], []])
    expect(body.resources).toMatchObject([{ name: 'sound.bpmn', cut: false, witness: { agreed: 1, disagreed: 0 } }])
    expect(await known('sound')).toEqual([])
  })

  test('tells each finding with its element, in both languages, and with the path that shows it', async () => {
    const { body } = await verify({ 'stuck.bpmn': deadlocked('stuck'), 'sound.bpmn': sound('sound') })

    expect(body.verdict).toBe('refused')
    expect(body.findings).toMatchObject([
      { resource: 'stuck.bpmn', processId: 'stuck', elementId: 'join', kind: 'deadlock', refuses: true },
    ])
    expect(body.findings[0].message).toEqual({ en: expect.stringContaining('join'), zh: expect.stringContaining('并行网关') })
    expect(body.findings[0].path).toMatchObject([
      { kind: 'start', elementId: 'stuck' },
      { kind: 'complete', elementId: 'ask', choices: [{ elementId: 'choice' }], completed: ['ask', 'choice', 'a'] },
    ])
  })

  test('of a file that cannot be deployed tells its problems, of DMN too', async () => {
    const { status, body } = await verify({
      'broken.bpmn': sound('broken').replace('id="work"', 'id="start"'),
      'broken.dmn': '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/">',
    })

    expect([status, body.verdict]).toEqual([200, 'broken'])
    expect(new Set(body.problems.map(({ resource }: { resource: string }) => resource))).toEqual(new Set(['broken.bpmn', 'broken.dmn']))
  })

  test('of a process that another calls holds no error against it that its caller may catch', async () => {
    const caller = process('caller').start().callActivity('call', { processId: 'callee' }).end().xml()

    expect((await verify({ 'callee.bpmn': uncaught('callee') })).body.findings).toMatchObject([{ kind: 'incident', elementId: 'gone' }])
    expect((await verify({ 'callee.bpmn': uncaught('callee'), 'caller.bpmn': caller })).body.findings).toEqual([])
    await server.deploy({ 'caller.bpmn': caller })
    expect((await verify({ 'callee.bpmn': uncaught('callee') })).body.findings).toEqual([])
  })

  test('is for analysts and operators, and needs a file', async () => {
    expect((await verify({ 'sound.bpmn': sound('sound') }, 'lin')).status).toBe(403)
    expect((await verify({})).body.code).toBe('INVALID_ARGUMENT')
  })
})

describe('a deployment through the gate', () => {
  test('of a definition that can hang is refused with the findings, and stores nothing', async () => {
    const { status, body } = await deploy({ 'hung.bpmn': deadlocked('hung'), 'beside.bpmn': sound('beside') })

    expect([status, body.code]).toEqual([422, 'DEPLOYMENT_REFUSED'])
    expect(body.errors).toMatchObject([{ kind: 'deadlock', elementId: 'join', refuses: true, path: [{}, {}] }])
    expect(body.detail).toContain('deadlock join')
    expect([await known('hung'), await known('beside')]).toEqual([[], []])
    expect(await audited('refused')).toMatchObject({ who: 'analyst', code: 'DEPLOYMENT_REFUSED' })
  })

  test('goes through with a reason, which is kept in the audit trail with what it set aside', async () => {
    const { status, body } = await deploy({ 'meant.bpmn': deadlocked('meant') }, { override: 'The second token comes by modification' })

    expect([status, body.verified, body.override]).toEqual([200, true, 'The second token comes by modification'])
    expect(body.findings).toMatchObject([{ kind: 'deadlock' }])
    expect(await known('meant')).toHaveLength(1)
    expect((await audited('done')).reason).toBe('deadlock join: The second token comes by modification')
  })

  test('does not take a reason that says nothing', async () => {
    const { status, body } = await deploy({ 'terse.bpmn': deadlocked('terse') }, { override: '  ok  ' })

    expect([status, body.code]).toEqual([400, 'INVALID_ARGUMENT'])
    expect(await known('terse')).toEqual([])
  })

  test('of a definition that is only doubtful is taken, with the findings beside it', async () => {
    const { status, body } = await deploy({ 'doubtful.bpmn': uncaught('doubtful') })

    expect(status).toBe(200)
    expect(body.findings).toMatchObject([{ kind: 'incident', elementId: 'gone', refuses: false }])
    expect(await audited('done')).not.toHaveProperty('reason')
  })

  test('of a file that cannot be deployed is refused as everywhere, with or without a reason', async () => {
    const broken = { 'broken.bpmn': sound('broken').replace('id="work"', 'id="start"') }

    expect((await deploy(broken)).body).toMatchObject({ code: 'INVALID_ARGUMENT', detail: expect.stringContaining('broken.bpmn') })
    expect((await deploy(broken, { override: 'It must go live today' })).body.code).toBe('INVALID_ARGUMENT')
  })

  test('is not in the way of what Camunda takes: /v2 deploys without it', async () => {
    expect((await server.deploy({ 'camunda.bpmn': deadlocked('camunda') })).status).toBe(200)
  })
})

describe('a gate whose thread dies', () => {
  test('refuses with 503, and lets pass what someone answers for, saying that it is not verified', async () => {
    const dying = async () =>
      new Worker("require('node:worker_threads').parentPort.on('message', () => process.exit(1))", { eval: true, execArgv: [] })
    const broken = await ApiHarness.open({}, { startWorker: dying })
    const through = (fields: Readonly<Record<string, string>>) =>
      broken.deploy({ 'sound.bpmn': sound('sound') }, 'analyst', { path: '/design/v1/deployments', fields })

    const refused = await through({})
    const passed = await through({ override: 'Checked by hand, twice' })
    const { body: trail } = await broken.ask('admin', 'GET /ops/v1/audit?action=design.deployment.write&outcome=done')
    await broken.close()

    expect([refused.status, refused.body.code]).toEqual([503, 'UNAVAILABLE'])
    expect([passed.status, passed.body.verified]).toEqual([200, false])
    expect(trail.items).toMatchObject([{ reason: 'not verified: Checked by hand, twice' }])
  })
})
