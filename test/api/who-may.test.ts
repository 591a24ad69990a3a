import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ACTIONS, type Action, PERMISSIONS, type Role } from '../../engine/access/index.ts'
import { type AccountName, ApiHarness } from '../helpers/api-harness.ts'

let server: ApiHarness
beforeAll(async () => {
  server = await ApiHarness.open()
})
afterAll(() => server.close())

const WHO: readonly (readonly [AccountName, Role])[] = [
  ['admin', 'administrator'],
  ['analyst', 'analyst'],
  ['operator', 'operator'],
  ['lin', 'officer'],
  ['fuzhou', 'enterprise'],
  ['customsSystem', 'agency'],
]

interface Door {
  readonly method: string
  readonly url: string
  readonly guard: string
}
/** Every route of the documentation, with the permission it names. */
function doors(): Door[] {
  type Operation = { 'x-permission': { action: string } }
  const { paths } = server.api.swagger() as unknown as { paths: Record<string, Record<string, Operation>> }
  return Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]) => ({
      method: method.toUpperCase(),
      url: path.replace(/\{\w+\}/g, '4711'),
      guard: operation['x-permission'].action,
    })),
  )
}

describe('who may use which door', () => {
  test('is, over all routes and roles, what the permission table says', async () => {
    const wrong: string[] = []
    for (const { method, url, guard } of doors().filter((door) => door.guard !== 'public')) {
      for (const [account, role] of WHO) {
        // An impossible body: what may pass is stopped by its schema before it does anything.
        const { status } = await server.ask(
          account,
          `${method} ${url}`,
          method === 'GET' || method === 'DELETE' ? {} : { body: { impossible: true } },
        )
        const allowed: readonly Role[] = PERMISSIONS[guard as Action]
        if ((status !== 403) !== allowed.includes(role)) wrong.push(`${role} ${method} ${url}: ${status}`)
      }
      const nobody = await server.ask(undefined, `${method} ${url}`)
      if (nobody.status !== 401) wrong.push(`nobody ${method} ${url}: ${nobody.status}`)
    }

    expect(wrong).toEqual([])
  })

  test('covers every action of the table', () => {
    const guarded = new Set(doors().map((door) => door.guard))

    expect(ACTIONS.filter((action) => !guarded.has(action))).toEqual([])
  })

  test('is open to everyone for signing in, health and what clients ask before they sign in, and nothing else', () => {
    const open = doors().filter((door) => door.guard === 'public')

    expect(open.map((door) => `${door.method} ${door.url}`).sort()).toEqual([
      'GET /health/live',
      'GET /health/ready',
      'GET /v2/license',
      'GET /v2/status',
      'GET /v2/topology',
      'GET /verify',
      'GET /verify/4711',
      'GET /verify/keys',
      'POST /access/v1/sign-in',
      'POST /verify',
    ])
  })
})

describe('an agency system', () => {
  test('takes jobs of its own type only, speaks in its own name only, and cannot answer for another', async () => {
    const receiptNo = await server.declare()
    const { body: list } = await server.ask('lin', `GET /desk/v1/tasks?receiptNo=${receiptNo}`)
    await server.ask('lin', `POST /desk/v1/tasks/${list.items[0].taskKey}/claim`)
    await server.ask('lin', `POST /desk/v1/tasks/${list.items[0].taskKey}/completion`, { body: { variables: { decision: 'accept' } } })
    const activation = { timeout: 60_000, maxJobsToActivate: 1, requestTimeout: 2_000 }
    const { body: work } = await server.ask('customsSystem', 'POST /v2/jobs/activation', {
      body: { ...activation, type: 'agency.customs' },
    })
    const [job] = work.jobs
    const as = async (request: string, body: object) => (await server.ask('inspectionSystem', request, { body })).status

    expect(await as('POST /v2/jobs/activation', { ...activation, type: 'agency.customs' })).toBe(403)
    expect(await as('POST /v2/jobs/activation', { ...activation, type: 'window.validate' })).toBe(403)
    expect(await as('POST /v2/messages/publication', { name: 'customs.answer', correlationKey: receiptNo })).toBe(403)
    expect(await as('POST /v2/messages/publication', { name: 'inspection.answer', correlationKey: receiptNo })).toBe(200)
    expect(await as(`POST /v2/jobs/${job.jobKey}/completion`, {})).toBe(404)
    expect(await as(`POST /v2/jobs/${job.jobKey}/failure`, {})).toBe(404)
    expect(await as(`POST /v2/jobs/${job.jobKey}/error`, { errorCode: 'X' })).toBe(404)
    expect((await server.ask('customsSystem', `POST /v2/jobs/${job.jobKey}/completion`, { body: {} })).status).toBe(204)
  })
})

describe('the audit trail', () => {
  const found = async (query: string) => (await server.ask('admin', `GET /ops/v1/audit?${query}`)).body.items

  test('keeps what was done and what was refused, with who, what and how it ended', async () => {
    await server.ask('operator', 'PUT /ops/v1/enterprises/91350100M000100Y43/credit', { body: { creditClass: 'AEO-advanced' } })
    await server.ask('lin', 'POST /v2/process-instances', { body: { processDefinitionId: 'permit' } })
    await server.ask('lin', 'POST /desk/v1/tasks/4711/claim')

    expect(await found('who=operator&action=ops.credit.write&outcome=done')).toMatchObject([
      { by: 'apiKey', object: '/ops/v1/enterprises/91350100M000100Y43/credit', outcome: 'done', status: 204 },
    ])
    expect(await found('who=lin&action=engine.instance.create&limit=1')).toMatchObject([
      { outcome: 'refused', status: 403, code: 'FORBIDDEN' },
    ])
    expect(await found('who=lin&action=desk.task.claim&object=*4711*&limit=1')).toMatchObject([
      { outcome: 'refused', status: 404, code: 'NOT_FOUND' },
    ])
  })

  test('keeps sign-ins under the name that was offered, and reads are no acts', async () => {
    await server.ask(undefined, 'POST /access/v1/sign-in', { body: { name: 'stranger', password: 'whatever it is' } })
    await server.ask('operator', 'POST /v2/incidents/search', { body: {} })

    expect(await found('who=stranger')).toMatchObject([
      { action: 'access.session.begin', outcome: 'refused', status: 401, code: 'UNAUTHORIZED' },
    ])
    expect(await found('who=operator&action=engine.incident.read')).toEqual([])
  })
})
