import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest'
import { projectRoot } from '../../engine/root.ts'
import { loadForms } from '../../engine/window/forms/index.ts'
import { seedPermit } from '../fixtures/seed-permit.ts'
import { openTempStore, stopMongoServer, type TempStore } from '../helpers/temp-store.ts'
import { openWindowNode, type WindowNode } from '../helpers/window-node.ts'

const SERVICES = '/design/v1/services'
const KIND = process.env.TEST_STORE === 'mongo' ? 'mongo' : 'sqlite'
// Few forms, as they are built anew with each package; the dictionary is the project's.
const formsFolder = await mkdtemp(join(tmpdir(), 'forms-'))
await cp(join(projectRoot(), 'forms/dictionary'), join(formsFolder, 'dictionary'), { recursive: true })
await cp(join(projectRoot(), 'forms/codelists/operators.json'), join(formsFolder, 'codelists/operators.json'))
const forms = await loadForms(formsFolder)

let folder: string
let temp: TempStore
let node: WindowNode
let nodes: WindowNode[]
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'packages-'))
  const inspection = { agencyId: 'inspection', name: { en: 'Inspection', zh: '检验检疫' }, validFrom: '2015-01-01', validTo: null }
  await write('processes/agencies.json', JSON.stringify([{ ...inspection, transport: { kind: 'worker' } }]))
  temp = await openTempStore(KIND)
  nodes = []
  node = await another()
})
afterEach(async () => {
  for (const each of nodes) await each.close()
  await temp.remove()
  await rm(folder, { recursive: true })
})
afterAll(async () => {
  await rm(formsFolder, { recursive: true })
  await stopMongoServer()
})

async function another(): Promise<WindowNode> {
  const opened = await openWindowNode(temp.store, { forms, processesFolder: join(folder, 'processes'), formsFolder })
  nodes.push(opened)
  return opened
}
async function restart(): Promise<void> {
  await node.close()
  nodes = nodes.filter((each) => each !== node)
  await temp.reopen()
  node = await another()
}
async function write(path: string, content: string): Promise<void> {
  await mkdir(dirname(join(folder, path)), { recursive: true })
  await writeFile(join(folder, path), content)
}

const deploy = (files: Readonly<Record<string, string>>, fields: Readonly<Record<string, string>> = {}, on = node) =>
  on.upload('analyst', SERVICES, files, fields)
const listed = async (on = node) => (await on.ask('analyst', `GET ${SERVICES}`)).body.items
/** The files with something replaced in one of them. */
function changed(path: string, from: string | RegExp, to: string): Record<string, string> {
  const files = seedPermit()
  const content = (files[path] ?? '').replace(from, to)
  if (content === files[path]) throw new Error(`Expected ${from} in ${path}`)
  return { ...files, [path]: content }
}
/** Those that differ from the usual ones. */
const only = (files: Record<string, string>) =>
  Object.fromEntries(Object.entries(files).filter(([path, content]) => seedPermit()[path] !== content))

async function declare(quantity: number, on = node): Promise<{ status: number; receiptNo: string; errors: { rule: string }[] }> {
  const { status, body } = await on.ask('enterprise', 'POST /window/v1/services/seed-permit/declarations', {
    body: { operator: 'OP-FZ', data: { decl_date: '2026-11-25', seed_species: 'Oryza sativa', seed_quantity: quantity } },
    headers: { 'idempotency-key': crypto.randomUUID() },
  })
  return { status, ...body }
}
/** Takes the message as the agency's worker does, and answers. */
async function inspectionAnswers(receiptNo: string, on = node): Promise<Record<string, unknown>> {
  const { body } = await on.ask('agency', 'POST /v2/jobs/activation', {
    body: { type: 'agency.inspection', worker: 'inspection', timeout: 60_000, maxJobsToActivate: 100, requestTimeout: 5_000 },
  })
  for (const { jobKey } of body.jobs) await on.ask('agency', `POST /v2/jobs/${jobKey}/completion`, { body: { variables: {} } })
  const job = body.jobs.find(({ variables }: { variables: { receiptNo: string } }) => variables.receiptNo === receiptNo)
  const variables = { inspectionAnswer: { status: 'accepted', version: 1 } }
  await on.ask('agency', 'POST /v2/messages/publication', {
    body: { name: 'inspection.answer', correlationKey: receiptNo, timeToLive: 60_000, messageId: receiptNo, variables },
  })
  return JSON.parse(job.variables.message.body)
}
const statusOf = async (receiptNo: string, on = node) => (await on.ask('enterprise', `GET /window/v1/declarations/${receiptNo}`)).body
async function until<T>(look: () => Promise<T | undefined>): Promise<T> {
  for (;;) {
    const found = await look()
    if (found !== undefined) return found
    await new Promise((resolve) => setImmediate(resolve))
  }
}
const ended = (receiptNo: string, on = node) =>
  until(async () => {
    const status = await statusOf(receiptNo, on)
    return status.state === 'in-progress' ? undefined : status
  })
const taskOf = (receiptNo: string, on = node): Promise<string> =>
  until(async () => (await on.ask('officer', `GET /desk/v1/tasks?receiptNo=${receiptNo}`)).body.items[0]?.taskKey)

describe('a service made only of files', () => {
  test('is written as a folder, deployed to the running server, and runs to its end', async () => {
    for (const [path, content] of Object.entries(seedPermit())) await write(`new/${path}`, content)
    const names = await readdir(join(folder, 'new'), { recursive: true, withFileTypes: true })
    const paths = names.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
    const files = Object.fromEntries(
      await Promise.all(paths.map(async (path) => [path.slice(join(folder, 'new').length + 1), await readFile(path, 'utf8')])),
    )
    expect((await declare(500)).status).toBe(404)

    const deployed = await deploy(files, { note: 'first' })
    expect([deployed.status, deployed.body]).toMatchObject([200, { service: 'seed-permit', version: 1, verified: true, casesPlayed: 1 }])
    const { receiptNo, errors } = await declare(500)
    expect(errors).toEqual([])
    expect(await inspectionAnswers(receiptNo)).toMatchObject({ messageType: 'seed.permit', species: 'Oryza sativa', quantity: 500 })
    const taskKey = await taskOf(receiptNo)
    const { body: detail } = await node.ask('officer', `GET /desk/v1/tasks/${taskKey}`)
    expect([detail.form.id, detail.declaration.items.seed_quantity]).toEqual(['seed-review', 500])
    await node.ask('officer', `POST /desk/v1/tasks/${taskKey}/claim`)
    expect(
      (await node.ask('officer', `POST /desk/v1/tasks/${taskKey}/completion`, { body: { variables: { decision: 'maybe' } } })).status,
    ).toBe(400)
    await node.ask('officer', `POST /desk/v1/tasks/${taskKey}/completion`, { body: { variables: { decision: 'permit' } } })

    const status = await ended(receiptNo)
    expect([status.state, status.documents.map(({ kind }: { kind: string }) => kind)]).toEqual(['permitted', ['seed-permit']])
    const file = await node.ask('enterprise', `GET /window/v1/documents/${status.documents[0].documentId}`)
    expect([file.status, String(file.body.subarray(0, 5))]).toEqual([200, '%PDF-'])
  })
})

describe('a further version', () => {
  test('counts at once, keeps for running cases what they began with, and is still there after a restart', async () => {
    await deploy(seedPermit())
    const before = await declare(60_000)
    expect(before.errors.map(({ rule }) => rule)).toEqual(['SP0001'])
    const old = await declare(500)
    const files = {
      ...seedPermit({ reviewAbove: 1_000 }),
      ...only(changed('forms/declarations/seed-permit.rules.json', /50000/g, '70000')),
    }

    expect((await deploy(files, { note: 'more seed' })).body).toMatchObject({ version: 2 })
    expect((await deploy(files)).body).toMatchObject({ version: 2 })
    expect((await declare(60_000)).errors).toEqual([])
    await restart()

    expect(await listed()).toMatchObject([
      { id: 'seed-permit', source: 'package', version: 2, faults: [], versions: [{ version: 1 }, { version: 2, note: 'more seed' }] },
    ])
    expect((await declare(60_000)).errors).toEqual([])
    await inspectionAnswers(old.receiptNo)
    expect((await ended(old.receiptNo)).state).toBe('permitted')
  })

  test('can be rolled back, and the service be retired and taken back', async () => {
    await deploy(seedPermit())
    await deploy(changed('forms/declarations/seed-permit.rules.json', /50000/g, '70000'))

    const back = await node.ask('analyst', `POST ${SERVICES}/seed-permit/versions/1/activation`)
    expect([back.status, back.body.version]).toEqual([200, 1])
    expect((await declare(60_000)).errors).toMatchObject([{ rule: 'SP0001' }])
    expect((await node.ask('analyst', `POST ${SERVICES}/seed-permit/versions/7/activation`)).status).toBe(404)
    expect((await node.ask('analyst', `POST ${SERVICES}/seed-permit/versions/0/activation`)).status).toBe(404)

    const retired = await node.ask('analyst', `POST ${SERVICES}/seed-permit/retirement`, { body: { validTo: '2020-12-31' } })
    expect(retired.body).toMatchObject({ retired: true, validTo: '2020-12-31' })
    expect((await declare(1)).status).toBe(409)
    await node.ask('analyst', `POST ${SERVICES}/seed-permit/retirement`, { body: { validTo: null } })
    expect((await declare(1)).status).toBe(201)
    const { body: audit } = await node.ask('administrator', 'GET /ops/v1/audit?action=design.service.write')
    expect(audit.items.map(({ outcome }: { outcome: string }) => outcome)).toContain('refused')
  })

  test('may stand in place of a service on disk, and give it its place back', async () => {
    for (const [path, content] of Object.entries(seedPermit())) if (path.startsWith('processes/')) await write(path, content)
    await deploy(seedPermit())
    await restart()
    expect(await listed()).toMatchObject([{ source: 'package', version: 1, isOnDisk: true }])

    // On disk the form is not there: what the disk alone holds is no whole service.
    const refused = await node.ask('analyst', `POST ${SERVICES}/seed-permit/versions/0/activation`, {
      headers: { 'accept-language': 'en' },
    })
    expect([refused.status, refused.body.code]).toEqual([422, 'PACKAGE_REFUSED'])
    expect(await listed()).toMatchObject([{ version: 1 }])
  })

  test('is made from the files that are handed out: they hold all it uses', async () => {
    await deploy(seedPermit())

    const { body } = await node.ask('analyst', `GET ${SERVICES}/seed-permit/files`)
    const files = Object.fromEntries(body.files.map(({ path, content }: { path: string; content: string }) => [path, content]))

    expect(files).toMatchObject(seedPermit())
    expect(Object.keys(files)).toContain('forms/dictionary/goods-items.schema.json')
    expect((await deploy(files)).body).toMatchObject({ version: 1 })
    expect((await node.ask('analyst', `GET ${SERVICES}/other/files`)).status).toBe(404)
  })
})

describe('a faulty package', () => {
  test('is refused with everything that is wrong, in the language asked for, and changes nothing', async () => {
    await deploy(seedPermit())
    const path = 'processes/seed-permit/service.json'
    const service = { ...JSON.parse(seedPermit()[path] ?? ''), formId: 'none', agencies: ['moon'], surplus: 1 }
    const files = {
      ...changed('forms/declarations/seed-permit.schema.json', 'seed-items#/$defs/seed_species', 'seed-items#/$defs/nothing'),
      ...only(changed('forms/messages/inspection/seed.permit.json.hbs', 'items.seed_species', 'items.agent_name')),
      ...only(changed('forms/decisions/seed-review.form.json', '"zh": "处理意见"', '"zh": ""')),
      ...only(changed('processes/seed-permit/seed-review.dmn', '<text>facts.quantity<', '<text>facts.(<')),
      'processes/other/other.bpmn': '<x/>',
      'forms/edifact.json': '{}',
    }

    const { status, body } = await node.upload('analyst', SERVICES, files, {})
    expect([status, body.code]).toEqual([422, 'PACKAGE_REFUSED'])
    expect(body.detail).toMatch(/\p{Script=Han}/u)
    expect(new Set(body.errors.map(({ resource }: { resource: string }) => resource))).toEqual(
      new Set([
        'processes/other/other.bpmn',
        'processes/seed-permit/seed-review.dmn',
        'forms/edifact.json',
        'forms/declarations/seed-permit.schema.json',
        'forms/decisions/seed-review.form.json',
      ]),
    )
    const wrong = { ...seedPermit(), [path]: JSON.stringify({ ...service, surplus: undefined, documents: {} }) }
    const { body: second } = await deploy(wrong)
    expect(second.errors.map(({ elementId }: { elementId: string }) => elementId)).toEqual(
      expect.arrayContaining(['/formId', '/agencies/0', 'tell-inspection', 'issue']),
    )
    expect(await listed()).toMatchObject([{ version: 1, versions: [{ version: 1 }] }])
    expect((await declare(1)).errors).toEqual([])
  })

  test('whose cases do not hold is refused with what became of them, and one whose cases cannot be read with the place', async () => {
    const path = 'processes/seed-permit/cases/small.case.json'

    const { status, body } = await deploy(seedPermit({ reviewAbove: 10 }))
    expect([status, body.errors]).toMatchObject([422, [{ resource: path, rule: 'CASE', message: expect.stringContaining('Stands still') }]])
    expect((await deploy(changed(path, '"end"', '"and"'))).body.errors).toMatchObject([
      { resource: path, message: expect.stringContaining('/expect') },
    ])
    expect((await deploy(changed(path, '"permitted"', '"refused"'))).body.errors).toHaveLength(1)
    expect(await listed()).toEqual([])
  })

  test('of a model that can hang is stopped by the gate, unless someone answers for it', async () => {
    const files = changed(
      'processes/seed-permit/seed-permit.bpmn',
      /<bpmn:exclusiveGateway id="permit"([^>]*)>([\s\S]*?)<\/bpmn:exclusiveGateway>/,
      '<bpmn:parallelGateway id="permit"$1>$2</bpmn:parallelGateway>',
    )
    const plain = Object.fromEntries(Object.entries(files))

    const { status, body } = await deploy(plain)
    expect([status, body.errors.map(({ kind }: { kind: string }) => kind)]).toEqual([422, ['deadlock']])
    expect((await deploy(plain, { override: 'the pilot of next week needs it', cases: 'skip' })).status).toBe(200)
  })

  test('may not take what is another service’s: its file, its process, its decision', async () => {
    await deploy(seedPermit())
    const files = Object.fromEntries(
      Object.entries(seedPermit()).map(([path, content]) => [
        path.replace('processes/seed-permit/', 'processes/seed-copy/'),
        path.endsWith('service.json') ? content.replace('"id": "seed-permit"', '"id": "seed-copy"') : `${content} `,
      ]),
    )

    const { body } = await deploy(files)
    expect(body.errors.filter(({ rule }: { rule: string }) => rule === 'OWNER')).toHaveLength(6)
    expect(body.errors.filter(({ rule }: { rule: string }) => rule === 'REFERENCE')).toMatchObject([
      { elementId: 'seed-permit' },
      { elementId: 'seed-review' },
    ])
  })

  test('is for analysts only', async () => {
    for (const account of ['operator', 'officer', 'enterprise', 'agency', 'administrator'] as const)
      expect((await node.upload(account, SERVICES, seedPermit())).status).toBe(403)
  })
})

describe('nodes that share a store', () => {
  test('offer at once what one of them was given, and finish each other’s cases', async () => {
    const other = await another()
    await deploy(seedPermit())

    const { receiptNo, status } = await declare(50, other)
    expect(status).toBe(201)
    await inspectionAnswers(receiptNo, other)
    expect((await ended(receiptNo)).state).toBe('permitted')
    await deploy(changed('forms/declarations/seed-permit.rules.json', /50000/g, '70000'), {}, other)
    expect((await declare(60_000)).errors).toEqual([])
  })

  test('that are given two packages at one time keep both', async () => {
    const other = await another()
    const second = Object.fromEntries(
      Object.entries(seedPermit()).map(([path, content]) => [path.replaceAll('seed', 'bulb'), content.replaceAll('seed', 'bulb')]),
    )

    const both = await Promise.all([deploy(seedPermit()), deploy(second, {}, other)])

    expect(both.map(({ status }) => status)).toEqual([200, 200])
    for (const each of [node, other])
      expect((await listed(each)).map(({ id }: { id: string }) => id)).toEqual(['bulb-permit', 'seed-permit'])
  })
})

describe('a stored package that no longer fits', () => {
  test('keeps the server from nothing: it is logged, named in the list, and can be replaced', async () => {
    await deploy(seedPermit())
    const packages = temp.store.documents<{ files: { path: string; content: string }[] }>({
      name: 'service_packages',
      indexes: [],
      unique: [],
    })
    const stored = await packages.get('seed-permit-1')
    const files = (stored?.body.files ?? []).map((file) => (file.path.endsWith('.rules.json') ? { ...file, content: '{' } : file))
    await packages.replace('seed-permit-1', stored?.revision ?? 0, { ...stored?.body, files })

    await restart()

    expect(node.complaints.join()).toContain('A stored service package cannot be offered')
    const [service] = await listed()
    expect(service).toMatchObject({ id: 'seed-permit', name: null, version: 1 })
    expect(service.faults).toMatchObject([{ resource: 'forms/declarations/seed-permit.rules.json' }])
    expect((await deploy(seedPermit())).body).toMatchObject({ version: 2 })
    expect((await declare(1)).status).toBe(201)
  })
})
