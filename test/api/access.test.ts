import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { PASSWORD } from '../helpers/access-harness.ts'
import { ApiHarness } from '../helpers/api-harness.ts'

let server: ApiHarness
beforeAll(async () => {
  server = await ApiHarness.open()
})
afterAll(() => server.close())

const english = { 'accept-language': 'en' }
const signIn = (name: string, password: string) =>
  server.ask(undefined, 'POST /access/v1/sign-in', { body: { name, password }, headers: english })
const withToken = (token: string, request: string, body?: object) =>
  server.ask(undefined, request, { headers: { authorization: `Bearer ${token}` }, ...(body ? { body } : {}) })
const account = (body: object) => server.ask('admin', 'POST /ops/v1/accounts', { body, headers: english })

describe('a person', () => {
  test('signs in, is known, changes the password and signs out', async () => {
    await account({ name: 'mia', roles: ['operator'], password: PASSWORD })
    const { status, body } = await signIn('mia', PASSWORD)

    expect([status, body.account]).toMatchObject([200, { name: 'mia', roles: ['operator'] }])
    expect((await withToken(body.token, 'GET /access/v1/me')).body.name).toBe('mia')
    expect(
      (await withToken(body.token, 'POST /access/v1/password', { oldPassword: 'wrong', newPassword: 'a longer sentence' })).status,
    ).toBe(401)
    expect(
      (await withToken(body.token, 'POST /access/v1/password', { oldPassword: PASSWORD, newPassword: 'a longer sentence' })).status,
    ).toBe(204)
    expect((await withToken(body.token, 'GET /access/v1/me')).status).toBe(401)
    const again = await signIn('mia', 'a longer sentence')
    expect((await withToken(again.body.token, 'POST /access/v1/sign-out')).status).toBe(204)
    expect((await withToken(again.body.token, 'GET /access/v1/me')).status).toBe(401)
  })

  test('is locked out after five wrong passwords, and told for how long', async () => {
    await account({ name: 'ada', roles: ['operator'], password: PASSWORD })
    for (let i = 0; i < 5; i++) expect((await signIn('ada', 'wrong')).status).toBe(401)

    const { status, body, headers } = await signIn('ada', PASSWORD)

    expect([status, body.code]).toEqual([429, 'ACCOUNT_LOCKED'])
    expect(Number(headers['retry-after'])).toBeGreaterThan(50)
  })
})

describe('an administrator', () => {
  test('makes, shows, changes and disables accounts and keys', async () => {
    const made = await account({ name: 'erp', displayName: '报关系统', roles: ['enterprise'], enterprise: '91350100M000100Y43' })
    const { accountId } = made.body
    const key = await server.ask('admin', `POST /ops/v1/accounts/${accountId}/keys`, { body: { label: 'ERP' } })

    expect([made.status, made.body.hasPassword, made.body.lockedUntil, key.status]).toEqual([201, false, null, 201])
    expect(JSON.stringify(made.body)).not.toContain('passwordHash')
    expect((await withToken(key.body.key, 'GET /window/v1/declarations')).status).toBe(200)
    expect((await server.ask('admin', `GET /ops/v1/accounts/${accountId}/keys`)).body.items).toMatchObject([
      { keyId: key.body.keyId, label: 'ERP', revoked: false, expiresAt: null },
    ])
    expect((await server.ask('admin', `PATCH /ops/v1/accounts/${accountId}`, { body: { displayName: 'ERP 2' } })).body.displayName).toBe(
      'ERP 2',
    )
    expect((await server.ask('admin', `DELETE /ops/v1/accounts/${accountId}/keys/${key.body.keyId}`)).status).toBe(204)
    expect((await withToken(key.body.key, 'GET /window/v1/declarations')).status).toBe(401)
    expect((await server.ask('admin', `DELETE /ops/v1/accounts/${accountId}`)).status).toBe(204)
    expect((await server.ask('admin', `GET /ops/v1/accounts/${accountId}`)).body.disabled).toBe(true)
    expect((await server.ask('admin', 'GET /ops/v1/accounts?role=enterprise')).body.page.total).toBe(3)
  })

  test('is told why an account cannot be', async () => {
    expect((await account({ name: 'mo', roles: ['operator'], password: 'short' })).body.detail).toContain('12 to 256 characters')
    expect((await account({ name: 'admin', roles: ['administrator'] })).body.code).toBe('ALREADY_EXISTS')
    expect((await account({ name: 'mo', roles: ['king'] })).body.errors).toMatchObject([{ path: '/roles/0', rule: 'enum' }])
  })

  const officer = { name: 'mo', roles: ['officer'], agency: 'customs', groups: ['customs.doc-officer'] }
  test.each([
    ['a wrong check character', { name: 'mo', roles: ['enterprise'], enterprise: '91350100M000100Y44' }, '/enterprise', 'check character'],
    ['a letter that no code has', { name: 'mo', roles: ['enterprise'], enterprise: '9135O100M000100Y43' }, '/enterprise', 'without I, O'],
    ['a code that is too short', { name: 'mo', roles: ['enterprise'], enterprise: '91350100M0' }, '/enterprise', '18 characters'],
    ['an unknown agency', { ...officer, agency: 'moon', groups: [] }, '/agency', 'PUT /ops/v1/agencies/moon'],
    ['an unknown agency of a system', { name: 'mo', roles: ['agency'], agency: 'moon' }, '/agency', 'customs, inspection'],
    ['no group for an officer', { ...officer, groups: [] }, '/groups', 'GET /ops/v1/groups'],
    ['an unknown group', { ...officer, groups: ['customs.doc-officer', 'customs.doc-oficer'] }, '/groups/1', '"customs.doc-oficer"'],
  ])('is refused an account with %s, by field and with the way out', async (_, body, path, told) => {
    const made = await account(body)

    expect([made.status, made.body.code]).toEqual([400, 'INVALID_ARGUMENT'])
    const error = made.body.errors.find((each: { path: string }) => each.path === path)
    expect(error.message).toContain(told)
    expect((await server.ask('admin', 'GET /ops/v1/accounts?limit=1000')).body.items).not.toContainEqual(
      expect.objectContaining({ name: 'mo' }),
    )
  })

  test('cannot change an account into one that nothing answers to', async () => {
    const { body } = await account({ ...officer, name: 'yan' })
    const change = (changes: object) => server.ask('admin', `PATCH /ops/v1/accounts/${body.accountId}`, { body: changes, headers: english })

    expect((await change({ groups: [] })).body.errors).toMatchObject([{ path: '/groups', rule: 'required' }])
    expect((await change({ groups: ['customs.nobody'] })).body.errors).toMatchObject([{ path: '/groups/0', rule: 'known-group' }])
    expect((await change({ displayName: 'Yan' })).status).toBe(200)
  })

  test('reads which groups processes know', async () => {
    expect((await server.ask('admin', 'GET /ops/v1/groups')).body.items).toEqual([
      { group: 'customs.doc-officer', processes: ['permit'] },
      { group: 'enterprise', processes: ['permit'] },
    ])
  })

  test('is told which roles may, and is not sent to an administrator', async () => {
    const refused = async (who: 'admin' | 'fuzhou', language: string) =>
      (await server.ask(who, 'GET /desk/v1/tasks', { headers: { 'accept-language': language } })).body.detail

    expect(await refused('admin', 'en')).toMatch(/roles officer for desk\.task\.read.*POST \/ops\/v1\/accounts$/)
    expect(await refused('fuzhou', 'en')).toMatch(/roles officer .*ask an administrator for one$/)
    expect(await refused('fuzhou', 'zh')).toMatch(/officer.*请联系管理员授予$/)
  })

  test('reads in Chinese what is wrong with a request, without a word of English', async () => {
    const made = await server.ask('admin', 'POST /ops/v1/accounts', {
      body: { name: 7, roles: [], agency: '', groups: 'x', displayName: 'x'.repeat(201), moon: 1 },
      headers: { 'accept-language': 'zh' },
    })
    const missing = await server.ask('admin', 'POST /ops/v1/accounts', { body: {}, headers: { 'accept-language': 'zh' } })

    expect(missing.body.errors.map((error: { message: string }) => error.message)).toEqual(['缺少此字段', '缺少此字段'])
    expect(made.body.errors.length).toBeGreaterThan(5)
    for (const { body } of [made, missing]) {
      for (const text of [body.detail, ...body.errors.map((error: { message: string }) => error.message)])
        expect(text).not.toMatch(/expected|must|missing|field|characters/)
    }
  })

  test('cannot take the own rights away', async () => {
    const me = (await server.ask('admin', 'GET /access/v1/me')).body.accountId

    expect((await server.ask('admin', `DELETE /ops/v1/accounts/${me}`)).status).toBe(409)
    expect((await server.ask('admin', `PATCH /ops/v1/accounts/${me}`, { body: { roles: ['operator'] } })).status).toBe(409)
  })
})

describe('an operator', () => {
  test('reads metrics as Prometheus text', async () => {
    const { headers, body } = await server.ask('operator', 'GET /ops/v1/metrics')

    expect(headers['content-type']).toContain('text/plain; version=0.0.4')
    expect(body).toMatch(/^single_window_process_resident_memory_bytes \d+$/m)
  })

  test('sets how an agency is reached, without ever reading its secret', async () => {
    const name = { en: 'Customs', zh: '海关' }
    const put = (transport: object) =>
      server.ask('operator', 'PUT /ops/v1/agencies/customs', { body: { name, validFrom: '2015-01-01', validTo: null, transport } })

    expect((await put({ kind: 'http', url: 'http://127.0.0.1:9/in' })).status).toBe(400)
    const set = await put({ kind: 'http', url: 'http://127.0.0.1:9/in', secret: 'a secret of sixteen' })
    expect([set.status, set.body.transport]).toEqual([200, { kind: 'http', url: 'http://127.0.0.1:9/in' }])
    expect((await put({ kind: 'http', url: 'http://127.0.0.1:9/other' })).status).toBe(200)
    expect(JSON.stringify((await server.ask('operator', 'GET /ops/v1/agencies')).body)).not.toContain('a secret of sixteen')
    expect((await put({ kind: 'pigeon' })).status).toBe(400)
  })
})

describe('the documentation', () => {
  test('is OpenAPI 3.1 with both ways to sign in, an answer for every operation and no door without a summary', async () => {
    const { body } = await server.ask(undefined, 'GET /docs/json')
    type Operation = { summary?: string; responses: Record<string, unknown> }
    const operations = Object.values(body.paths as Record<string, Record<string, Operation>>).flatMap((path) => Object.values(path))

    expect(body.openapi).toBe('3.1.0')
    expect(Object.keys(body.components.securitySchemes)).toEqual(['bearer', 'basic'])
    expect(operations.length).toBeGreaterThan(60)
    expect(
      operations.filter((operation) => !operation.summary || !operation.responses['4xx' in operation.responses ? '4xx' : '4XX']),
    ).toEqual([])
  })

  test('page is served', async () => {
    expect((await server.ask(undefined, 'GET /docs/')).status).toBe(200)
  })
})

describe('a request limit', () => {
  test('is told with the time to wait, each account for itself', async () => {
    const small = await ApiHarness.open({ requestsPerMinute: 3 })
    try {
      for (let i = 0; i < 3; i++) expect((await small.ask('fuzhou', 'GET /window/v1/services')).status).toBe(200)
      const refused = await small.ask('fuzhou', 'GET /window/v1/services', { headers: english })

      expect([refused.status, refused.body.code, Number(refused.headers['retry-after']) > 0]).toEqual([429, 'TOO_MANY_REQUESTS', true])
      expect(refused.body.detail).toContain('at most 3 requests a minute')
      expect((await small.ask('xiamen', 'GET /window/v1/services')).status).toBe(200)
      expect((await small.ask(undefined, 'GET /health/ready')).status).toBe(200)
    } finally {
      await small.close()
    }
  })
})
