import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ApiHarness } from '../helpers/api-harness.ts'

let server: ApiHarness
// biome-ignore lint/suspicious/noExplicitAny: an OpenAPI document is walked here as the JSON that it is
let document: any
beforeAll(async () => {
  server = await ApiHarness.open()
  document = (await server.ask(undefined, 'GET /docs/json')).body
})
afterAll(() => server.close())

// biome-ignore lint/suspicious/noExplicitAny: see above
const operations = (): any[] => Object.values(document.paths).flatMap((path) => Object.values(path as object))

describe('the OpenAPI document', () => {
  test('asks for no query parameter that has a default', () => {
    const asked = operations().flatMap(({ parameters = [] }) => parameters.filter((each: { in: string }) => each.in === 'query'))
    const withDefault = asked.filter(({ schema }) => 'default' in schema)

    expect(withDefault.length).toBeGreaterThan(10)
    expect(withDefault.filter(({ required }) => required)).toEqual([])
  })

  test('names the main shapes once, and each reference leads to one', () => {
    const names = Object.keys(document.components.schemas)
    const referred = [...JSON.stringify(document).matchAll(/"#\/components\/schemas\/(\w+)"/g)].map((match) => match[1])

    expect(names).toEqual(expect.arrayContaining(['Account', 'DeclarationStatus', 'DeskTask', 'ItemProblem', 'Problem', 'ResourceProblem']))
    expect([...new Set(referred)].filter((name) => !names.includes(name ?? ''))).toEqual([])
  })

  test('says what each error and each answer is, and where the server is', () => {
    const errors = document.components.schemas.Problem.properties.errors.items.anyOf.map((each: { $ref: string }) => each.$ref)

    expect(errors).toEqual(['FieldProblem', 'ItemProblem', 'ResourceProblem', 'Finding'].map((name) => `#/components/schemas/${name}`))
    expect(JSON.stringify(document)).not.toContain('Default Response')
    expect(document.servers).toEqual([{ url: '/', description: 'This server' }])
  })

  test('describes the upload of a deployment', () => {
    const { requestBody, summary } = document.paths['/v2/deployments'].post

    expect(requestBody.content['multipart/form-data'].schema).toMatchObject({
      properties: { resources: { type: 'array', items: { type: 'string', format: 'binary' } } },
      required: ['resources'],
    })
    expect(summary).not.toMatch(/form files/)
  })
})

describe('a visitor', () => {
  test('is led from the root to the documentation, which asks for nothing by HTTPS', async () => {
    const root = await server.ask(undefined, 'GET /')
    const page = await server.ask(undefined, 'GET /docs/')

    expect([root.status, root.headers.location]).toEqual([302, '/docs'])
    expect(page.status).toBe(200)
    expect(page.headers['content-security-policy']).toMatch(/script-src 'self'/)
    for (const { headers } of [root, page]) expect(headers['content-security-policy']).not.toContain('upgrade-insecure-requests')
  })

  test.each([
    ['DELETE /v2/deployments', 'POST'],
    ['PUT /window/v1/declarations', 'GET, HEAD'],
    ['POST /v2/process-instances/4711', 'GET, HEAD'],
    ['PATCH /', 'GET, HEAD'],
  ])('who asks %s is told which methods the path takes', async (request, allow) => {
    const { status, body, headers } = await server.ask('analyst', request)

    expect([status, body.code, headers.allow]).toEqual([405, 'METHOD_NOT_ALLOWED', allow])
  })

  test('who asks for a path that is not there is told so', async () => {
    expect((await server.ask('analyst', 'DELETE /v2/deployment')).status).toBe(404)
  })
})
