import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { greenDeclaration } from '../fixtures/goods-declarations.ts'
import { ApiHarness } from '../helpers/api-harness.ts'

let server: ApiHarness
beforeAll(async () => {
  server = await ApiHarness.open()
})
afterAll(() => server.close())

const english = { 'accept-language': 'en' }
const key = () => ({ 'idempotency-key': crypto.randomUUID() })

describe('an enterprise', () => {
  test('reads the catalogue in its language, and the schema of a form', async () => {
    const { body } = await server.ask('fuzhou', 'GET /window/v1/services', { headers: english })
    const schema = await server.ask('fuzhou', 'GET /window/v1/services/permit/schema')

    expect(body.items).toEqual([
      {
        id: 'permit',
        name: 'Permit',
        description: 'A permit for goods',
        owner: 'customs',
        agencies: ['customs'],
        validFrom: '2017-01-01',
        validTo: null,
        notices: [],
      },
    ])
    expect((await server.ask('fuzhou', 'GET /window/v1/services/permit')).body.name).toBe('许可')
    expect(schema.body.type).toBe('object')
  })

  test('declares once for one idempotency key', async () => {
    const headers = key()
    const submit = () =>
      server.ask('fuzhou', 'POST /window/v1/services/permit/declarations', {
        body: { operator: 'OP-FZ', data: { remarks: '一' } },
        headers,
      })

    const first = await submit()
    const second = await submit()

    expect([first.status, first.headers.location]).toEqual([201, `/window/v1/declarations/${first.body.receiptNo}`])
    expect(first.body).toMatchObject({ service: 'permit', version: 1, replayed: false, submittedAt: expect.stringMatching(/\+08:00$/) })
    expect([second.status, second.body]).toEqual([200, { ...first.body, replayed: true }])
  })

  test('cannot use an idempotency key for two things', async () => {
    const headers = key()
    const submit = (remarks: string, language: string) =>
      server.ask('fuzhou', 'POST /window/v1/services/permit/declarations', {
        body: { operator: 'OP-FZ', data: { remarks } },
        headers: { ...headers, 'accept-language': language },
      })
    await submit('一', 'zh')
    const [chinese, inEnglish] = [await submit('二', 'zh'), await submit('二', 'en')]

    expect([chinese.status, chinese.body.code, inEnglish.status]).toEqual([422, 'IDEMPOTENCY_KEY_REUSED', 422])
    expect(chinese.body.detail).toContain('请使用新的键')
    expect(inEnglish.body.detail).toContain('choose a new key')
  })

  test('is refused an amendment that names two versions', async () => {
    const receiptNo = await server.declare()
    const { status, body } = await server.ask('fuzhou', `POST /window/v1/declarations/${receiptNo}/amendments`, {
      body: { data: {}, expectedVersion: 2 },
      headers: { ...key(), ...english, 'if-match': '"1"' },
    })

    expect([status, body.code]).toEqual([400, 'INVALID_ARGUMENT'])
    expect(body.detail).toContain('If-Match and expectedVersion')
  })

  test('is told at once what is wrong with what it declares, in its language, and can try it before', async () => {
    const ask = (what: string, body: object) =>
      server.ask('fuzhou', `POST /window/v1/services/permit/${what}`, { body, headers: { ...key(), ...english } })

    const tried = await ask('validation', { data: {} })
    const declared = await ask('declarations', { operator: 'OP-FZ', data: {} })
    const status = await server.ask('fuzhou', `GET /window/v1/declarations/${declared.body.receiptNo}`, { headers: english })

    expect([tried.status, tried.body.valid]).toEqual([200, false])
    expect(tried.body.errors[0]).toMatchObject({ item: expect.any(String), rule: 'schema.required', text: expect.any(String) })
    expect([declared.status, declared.body.errors]).toEqual([201, tried.body.errors])
    expect(status.body.errors).toEqual(tried.body.errors)
    expect((await ask('validation', { data: greenDeclaration() })).body).toEqual({ valid: true, errors: [] })
  })

  test('may try data of another shape, for which a declaration is refused', async () => {
    const data = { colour: 'red' }
    const tried = await server.ask('fuzhou', 'POST /window/v1/services/permit/validation', { body: { data } })
    const declared = await server.ask('fuzhou', 'POST /window/v1/services/permit/declarations', {
      body: { operator: 'OP-FZ', data },
      headers: key(),
    })

    expect(tried.body.errors).toContainEqual(expect.objectContaining({ item: 'colour', rule: 'schema.additionalProperties' }))
    expect([declared.status, declared.body.code]).toEqual([422, 'INVALID_DECLARATION'])
    expect((await server.ask('fuzhou', 'POST /window/v1/services/none/validation', { body: { data } })).status).toBe(404)
  })

  test('reads where its declaration is, and its data', async () => {
    const receiptNo = await server.declare('fuzhou', { remarks: '一' })

    const status = await server.ask('fuzhou', `GET /window/v1/declarations/${receiptNo}`, { headers: english })
    const data = await server.ask('fuzhou', `GET /window/v1/declarations/${receiptNo}/data?version=1`)

    expect(status.headers.etag).toBe('"1"')
    expect(status.body).toMatchObject({
      receiptNo,
      serviceName: 'Permit',
      state: 'in-progress',
      version: 1,
      endedAt: null,
      waitingFor: [{ elementId: 'review', name: 'Review' }],
    })
    expect(data.body).toMatchObject({ receiptNo, version: 1, data: { remarks: '一' } })
  })

  test('amends the version it has seen, and is told when another one is newer', async () => {
    const receiptNo = await server.declare()
    const amend = (headers: Record<string, string>, expectedVersion?: number) =>
      server.ask('fuzhou', `POST /window/v1/declarations/${receiptNo}/amendments`, {
        body: { data: { remarks: '二' }, ...(expectedVersion ? { expectedVersion } : {}) },
        headers: { ...key(), ...headers },
      })

    expect((await amend({ 'if-match': '"1"' })).body).toMatchObject({ receiptNo, version: 2, errors: expect.any(Array) })
    expect([(await amend({ 'if-match': '"1"' })).status, (await amend({}, 1)).body.code, (await amend({})).status]).toEqual([
      412,
      'VERSION_CONFLICT',
      400,
    ])
  })

  test('lists its declarations with version and state, and those of one state', async () => {
    const receiptNo = await server.declare('fuzhou')
    const list = (state: string) => server.ask('fuzhou', `GET /window/v1/declarations?state=${state}&limit=100`, { headers: english })
    const listed = (await list('in-progress')).body.items.find((item: { receiptNo: string }) => item.receiptNo === receiptNo)

    expect(listed).toMatchObject({ version: 1, state: 'in-progress', stateName: 'In progress' })
    expect((await list('granted-by-nobody')).body.items).toEqual([])
  })

  test('withdraws', async () => {
    const receiptNo = await server.declare()

    const { status } = await server.ask('fuzhou', `POST /window/v1/declarations/${receiptNo}/withdrawal`, {
      body: { reason: 'wrong goods' },
      headers: key(),
    })

    expect(status).toBe(204)
    await expect
      .poll(async () => (await server.ask('fuzhou', `GET /window/v1/declarations/${receiptNo}`, { headers: english })).body.stateName)
      .toBe('Withdrawn')
  })

  test('has webhooks whose secret is told once', async () => {
    const made = await server.ask('fuzhou', 'POST /window/v1/webhooks', {
      body: { url: 'https://example.com/hook', events: ['declaration.released'] },
    })
    const listed = await server.ask('fuzhou', 'GET /window/v1/webhooks')

    expect([made.status, made.body.secret.length > 20]).toEqual([201, true])
    expect(listed.body.items).toEqual([
      { webhookId: made.body.webhookId, url: 'https://example.com/hook', events: ['declaration.released'], createdAt: made.body.createdAt },
    ])
    expect((await server.ask('xiamen', `DELETE /window/v1/webhooks/${made.body.webhookId}`)).status).toBe(404)
    expect((await server.ask('fuzhou', `DELETE /window/v1/webhooks/${made.body.webhookId}`)).status).toBe(204)
    expect((await server.ask('fuzhou', 'POST /window/v1/webhooks', { body: { url: 'ftp://example.com', events: ['x'] } })).status).toBe(400)
  })
})

describe("another enterprise's declaration", () => {
  test('does not exist: every door answers as for a number nobody has', async () => {
    const receiptNo = await server.declare('fuzhou')
    const doors = [
      'GET /window/v1/declarations/NO',
      'GET /window/v1/declarations/NO/data',
      'GET /window/v1/declarations/NO/tasks',
      'GET /window/v1/declarations/NO/documents',
      'POST /window/v1/declarations/NO/withdrawal',
      'POST /window/v1/declarations/NO/amendments',
      'POST /window/v1/declarations/NO/tasks/4711/completion',
    ]
    const answer = async (door: string, number: string) => {
      const body = door.includes('withdrawal')
        ? { reason: 'x' }
        : door.includes('amendments')
          ? { data: {}, expectedVersion: 1 }
          : door.includes('completion')
            ? {}
            : undefined
      const { status, body: found } = await server.ask('xiamen', door.replace('NO', number), { headers: key(), ...(body ? { body } : {}) })
      return [status, found.code, found.detail.replace(number, 'NO')]
    }

    for (const door of doors) {
      expect(await answer(door, receiptNo), door).toEqual(await answer(door, 'GX-0000'))
      expect((await answer(door, receiptNo))[0], door).toBe(404)
    }
    expect((await server.ask('xiamen', 'GET /window/v1/declarations')).body.items).toEqual([])
  })

  test('stays in progress after a stranger tried to withdraw it', async () => {
    const receiptNo = await server.declare('fuzhou')

    await server.ask('xiamen', `POST /window/v1/declarations/${receiptNo}/withdrawal`, { body: { reason: 'x' }, headers: key() })

    expect((await server.ask('fuzhou', `GET /window/v1/declarations/${receiptNo}`)).body.state).toBe('in-progress')
  })
})
