import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { jsonErrorPlace } from '../../engine/api/json-error-place.ts'
import { ApiHarness } from '../helpers/api-harness.ts'

let server: ApiHarness
beforeAll(async () => {
  server = await ApiHarness.open()
})
afterAll(() => server.close())

const SUBMIT = 'POST /window/v1/services/permit/declarations'
const withKey = { 'idempotency-key': 'a-key' }

async function declarations(): Promise<number> {
  return (await server.ask('fuzhou', 'GET /window/v1/declarations')).body.page.total
}

describe('every error', () => {
  test('is problem+json with the five fields of RFC 9457, a code and a request id', async () => {
    const { status, body, headers } = await server.ask('operator', 'GET /v2/process-instances/4711')

    expect(status).toBe(404)
    expect(headers['content-type']).toBe('application/problem+json; charset=utf-8')
    expect(body).toEqual({
      type: 'urn:single-window:problem:NOT_FOUND',
      title: 'NOT_FOUND',
      status: 404,
      detail: 'Expected a process instance 4711, but there is none',
      instance: '/v2/process-instances/4711',
      code: 'NOT_FOUND',
      requestId: headers['x-request-id'],
    })
  })

  test('speaks Chinese unless English is preferred', async () => {
    const ask = (language?: string) =>
      server.ask('fuzhou', 'GET /window/v1/services/none', { headers: language ? { 'accept-language': language } : {} })

    expect((await ask()).body).toMatchObject({ title: '未找到', detail: '未找到服务 none，或您无权查看' })
    expect((await ask('en-GB,en;q=0.9,zh;q=0.1')).body).toMatchObject({ title: 'Not found' })
    expect((await ask('en;q=0.2,zh-CN')).headers['content-language']).toBe('zh')
    expect((await ask('en')).headers['content-language']).toBe('en')
  })

  test('of a path that does not exist names it', async () => {
    const { status, body } = await server.ask('operator', 'GET /window/v1/nothing', { headers: { 'accept-language': 'en' } })

    expect([status, body.code, body.detail]).toEqual([
      404,
      'NOT_FOUND',
      'Expected one of the paths listed at /docs, but found GET /window/v1/nothing',
    ])
  })

  test('of a path that is no URL is a problem too', async () => {
    const { status, body } = await server.ask('operator', 'GET /window/v1/%E0%A4%A')

    expect([status, body.code]).toEqual([400, 'INVALID_ARGUMENT'])
  })

  test('without credentials is 401 and says how to sign in', async () => {
    const { status, body, headers } = await server.ask(undefined, 'GET /v2/user-tasks/1')

    expect([status, body.code, headers['www-authenticate']]).toEqual([401, 'UNAUTHORIZED', 'Bearer realm="single-window"'])
    expect(body.detail).toContain('/access/v1/sign-in')
  })

  test('of a missing right is 403 and names what is missing', async () => {
    const { status, body } = await server.ask('fuzhou', 'POST /v2/incidents/search', { body: {} })

    expect([status, body.code]).toEqual([403, 'FORBIDDEN'])
    expect(body.detail).toContain('engine.incident.read')
  })
})

describe('a bad body', () => {
  test('with an unknown field is refused by its name, and nothing is stored', async () => {
    const { status, body } = await server.ask('fuzhou', SUBMIT, { body: { operator: 'OP-FZ', data: {}, urgent: true }, headers: withKey })

    expect([status, body.code]).toEqual([400, 'INVALID_ARGUMENT'])
    expect(body.errors).toEqual([
      { in: 'body', path: '/urgent', rule: 'additionalProperties', message: '不支持此字段，请删除或更正字段名' },
    ])
    expect(await declarations()).toBe(0)
  })

  test('with wrong types is told field by field, and no type is bent', async () => {
    const { status, body } = await server.ask('operator', 'POST /v2/jobs/activation', {
      body: { type: 7, timeout: 'soon', maxJobsToActivate: 0 },
    })

    expect(status).toBe(400)
    expect(body.errors.map((error: { path: string; rule: string }) => `${error.path} ${error.rule}`).sort()).toEqual([
      '/maxJobsToActivate minimum',
      '/timeout anyOf',
      '/type type',
    ])
  })

  test('that is missing is told by the fields it should have', async () => {
    const { status, body } = await server.ask('fuzhou', SUBMIT, { headers: { ...withKey, 'content-type': 'application/json' } })

    expect(status).toBe(400)
    expect(body.errors.map((error: { path: string }) => error.path)).toEqual(['/operator', '/data'])
  })

  test('without an idempotency key is told so', async () => {
    const { status, body } = await server.ask('fuzhou', SUBMIT, { body: { operator: 'OP-FZ', data: {} } })

    expect([status, body.errors]).toEqual([400, [{ in: 'headers', path: '/idempotency-key', rule: 'required', message: '缺少此字段' }]])
  })

  test('of broken JSON is told with line and column, and nothing is stored', async () => {
    const { status, body } = await server.ask('fuzhou', SUBMIT, {
      body: '{\n  "operator": "OP-FZ",\n  "data": { "a": 1, }\n}',
      headers: { ...withKey, 'accept-language': 'en' },
    })

    expect([status, body.code]).toEqual([400, 'BROKEN_JSON'])
    expect(body.detail).toBe('Expected JSON, but at line 3, column 21 (character 45) found "}\\n}"; nothing was stored')
    expect(await declarations()).toBe(0)
  })

  test('with __proto__ is refused', async () => {
    const { status, body } = await server.ask('fuzhou', SUBMIT, {
      body: '{"operator":"OP-FZ","data":{"__proto__":{"x":1}}}',
      headers: { ...withKey, 'accept-language': 'en' },
    })

    expect([status, body.code]).toEqual([400, 'INVALID_ARGUMENT'])
    expect(body.detail).toContain('__proto__')
  })

  test('of another content type is 415 and says which is taken', async () => {
    const { status, body } = await server.ask('fuzhou', SUBMIT, {
      body: '<declaration/>',
      headers: { ...withKey, 'content-type': 'application/xml', 'accept-language': 'en' },
    })

    expect([status, body.code]).toEqual([415, 'UNSUPPORTED_MEDIA_TYPE'])
    expect(body.detail).toContain('application/json')
  })

  test('of 20 MB is 413 and names the limit, and nothing is stored', async () => {
    const { status, body } = await server.ask('fuzhou', SUBMIT, {
      body: { operator: 'OP-FZ', data: { remarks: 'x'.repeat(20_000_000) } },
      headers: { ...withKey, 'accept-language': 'en' },
    })

    expect([status, body.code]).toEqual([413, 'PAYLOAD_TOO_LARGE'])
    expect(body.detail).toContain('4194304 bytes (4 MiB)')
    expect(await declarations()).toBe(0)
  })
})

describe('the place of a JSON error', () => {
  test.each([
    ['', 0],
    ['{', 1],
    ['{"a"', 4],
    ['{"a":}', 5],
    ['{"a":1,}', 7],
    ['[1 2]', 3],
    ['[1,]', 3],
    ['{"a":1}x', 7],
    ["{'a':1}", 1],
    ['{"a":"line\nbreak"}', 5],
    ['{"a":"\\x"}', 5],
    ['[01]', 2],
    ['nul', 0],
    ['[true,fals]', 6],
  ])('of %j is found', (text, offset) => {
    expect(jsonErrorPlace(text).offset).toBe(offset)
  })

  test('is found behind a hundred thousand open brackets', () => {
    expect(jsonErrorPlace('['.repeat(100_000)).offset).toBe(100_000)
  })
})
