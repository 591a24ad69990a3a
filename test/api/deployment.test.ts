import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ApiHarness } from '../helpers/api-harness.ts'
import { process } from '../helpers/process-builder.ts'

let server: ApiHarness
beforeAll(async () => {
  server = await ApiHarness.open({ uploadLimitBytes: 100_000 })
})
afterAll(() => server.close())

const good = (id: string) => process(id).start().serviceTask('work', { type: 'work' }).end().xml()
const known = async (id: string) =>
  (await server.ask('analyst', 'POST /v2/process-definitions/search', { body: { filter: { processDefinitionId: id } } })).body.items

describe('a deployment', () => {
  test('stores its files and answers what became of each', async () => {
    const { status, body } = await server.deploy({ 'one.bpmn': good('one'), 'two.bpmn': good('two') })

    expect(status).toBe(200)
    expect(body.deployments.map((each: { processDefinition: object }) => each.processDefinition)).toMatchObject([
      { processDefinitionId: 'one', processDefinitionVersion: 1, resourceName: 'one.bpmn', tenantId: '<default>' },
      { processDefinitionId: 'two', processDefinitionVersion: 1 },
    ])
    const [definition] = await known('one')
    const xml = await server.ask('analyst', `GET /v2/process-definitions/${definition.processDefinitionKey}/xml`)
    expect([xml.headers['content-type'], xml.body]).toEqual(['text/xml; charset=utf-8', good('one')])
  })

  const broken: readonly (readonly [string, string, string])[] = [
    ['duplicate ids', good('broken').replace('id="work"', 'id="start"'), 'start'],
    ['no diagram', process('broken').start().end().xml({ diagram: false }), 'definitions'],
    ['no executable process', good('broken').replace('isExecutable="true"', 'isExecutable="false"'), ''],
    [
      'an unknown extension',
      good('broken').replace('<zeebe:taskDefinition', '<zeebe:teleport target="moon"/><zeebe:taskDefinition'),
      'work',
    ],
    ['a DOCTYPE', good('broken').replace('?>', '?>\n<!DOCTYPE x [<!ENTITY a "b">]>'), ''],
    ['XML that is not closed', good('broken').slice(0, -20), ''],
    ['nothing in it', '', ''],
  ]
  test.each(broken)('with %s is refused with its place, and nothing of it is stored', async (_, xml, elementId) => {
    const { status, body } = await server.deploy({ 'good.bpmn': good('beside'), 'broken.bpmn': xml })

    expect([status, body.code]).toEqual([400, 'INVALID_ARGUMENT'])
    expect(body.errors.length).toBeGreaterThan(0)
    expect(body.errors[0]).toMatchObject({ resource: 'broken.bpmn', message: expect.stringMatching(/\w/) })
    if (elementId) expect(body.errors.map((error: { elementId: string }) => error.elementId)).toContain(elementId)
    expect(body.detail).toContain('broken.bpmn')
    expect([await known('broken'), await known('beside')]).toEqual([[], []])
  })

  const doubtful = (id: string) =>
    good(id).replace('<zeebe:taskDefinition', '<sig:look xmlns:sig="http://www.signavio.com" colour="red"/><zeebe:taskDefinition')

  test('that is refused tells every error and warning with its severity, errors first, and counts the errors', async () => {
    const twoErrors = process('broken').start().serviceTask('work', { type: 'x' }).end().xml({ diagram: false })
    const { body } = await server.deploy({
      'doubtful.bpmn': doubtful('beside'),
      'broken.bpmn': twoErrors.replace('<zeebe:taskDefinition', '<zeebe:teleport target="moon"/><zeebe:taskDefinition'),
    })

    expect(body.errors.map(({ severity, rule }: { severity: string; rule: string }) => `${severity} ${rule}`)).toEqual([
      'error UNKNOWN_EXTENSION',
      'error NO_DIAGRAM',
      'warning UNKNOWN_EXTENSION',
    ])
    expect(body.detail).toMatch(/\(and 1 more error\)$/)
  })

  test('that is taken tells what is doubtful in it', async () => {
    const { status, body } = await server.deploy({ 'doubtful.bpmn': doubtful('doubtful') })

    expect(status).toBe(200)
    expect(body.warnings).toMatchObject([{ resource: 'doubtful.bpmn', elementId: 'work', rule: 'UNKNOWN_EXTENSION', severity: 'warning' }])
    expect((await server.deploy({ 'sound.bpmn': good('sound') })).body).not.toHaveProperty('warnings')
  })

  test('without a diagram is laid out when asked, by query or by field, and keeps what the engine reads', async () => {
    const bare = (id: string) =>
      process(id)
        .start()
        .serviceTask('work', { type: 'work', headers: { a: 'b' } })
        .end()
        .xml({ diagram: false })
    const refused = await server.deploy({ 'bare.bpmn': bare('bare') })
    const byQuery = await server.deploy({ 'bare.bpmn': bare('bare') }, 'analyst', { query: '?layout=auto' })
    const byField = await server.deploy({ 'bare.bpmn': bare('bare') }, 'analyst', { fields: { layout: 'auto' } })
    const [definition] = await known('bare')
    const { body: xml } = await server.ask('analyst', `GET /v2/process-definitions/${definition.processDefinitionKey}/xml`)

    expect([refused.status, refused.body.detail]).toEqual([400, expect.stringContaining('layout=auto')])
    expect([byQuery.status, byField.status, byField.body.deployments[0].processDefinition.processDefinitionVersion]).toEqual([200, 200, 1])
    expect(xml).toContain('BPMNShape')
    expect(xml).toMatch(/<zeebe:header key="a" value="b" ?\/>/)
    expect((await server.deploy({ 'bare.bpmn': bare('other') }, 'analyst', { fields: { layout: 'wide' } })).body.detail).toContain('"wide"')
  })

  test('that has nothing to draw says so, and what can be done', async () => {
    const empty = process('empty').xml({ diagram: false })
    const { status, body } = await server.deploy({ 'empty.bpmn': empty }, 'analyst', { query: '?layout=auto' })

    expect([status, body.errors[0].rule]).toEqual([400, 'NO_LAYOUT'])
    expect(body.errors[0].message).toContain('any BPMN editor')
  })

  test('whose tasks name a group or form that nobody has tells it', async () => {
    const xml = process('odd-task').start().userTask('approve', { candidateGroups: 'customs.oficer', formId: 'nowhere' }).end().xml()
    const { status, body } = await server.deploy({ 'odd-task.bpmn': xml })

    expect([status, body.warnings.map((warning: { rule: string }) => warning.rule)]).toEqual([200, ['UNKNOWN_GROUP', 'UNKNOWN_FORM']])
    expect(body.warnings[0].message).toContain('customs.doc-officer')
  })

  test('that is too large is 413 with its own limit', async () => {
    const { status, body } = await server.deploy({ 'large.bpmn': `${good('large')}<!--${'x'.repeat(200_000)}-->` })

    expect([status, body.code]).toEqual([413, 'PAYLOAD_TOO_LARGE'])
    expect(body.detail).toContain('100000')
    expect(await known('large')).toEqual([])
  })

  test('without a file, in another part, twice under one name, or not in UTF-8 is refused', async () => {
    const upload = async (parts: readonly (readonly [string, Blob | string, string?])[]) => {
      const form = new FormData()
      for (const [part, content, file] of parts) typeof content === 'string' ? form.append(part, content) : form.append(part, content, file)
      const encoded = new Response(form)
      const { statusCode, body } = await server.api.inject({
        method: 'POST',
        url: '/v2/deployments',
        headers: { authorization: `Bearer ${server.key('analyst')}`, 'content-type': encoded.headers.get('content-type') ?? '' },
        payload: Buffer.from(await encoded.arrayBuffer()),
      })
      return `${statusCode} ${JSON.parse(body).detail}`
    }
    const file = new Blob([good('odd')])

    expect(await upload([['tenantId', '<default>']])).toContain('400 Expected at least one file')
    expect(await upload([['files', file, 'odd.bpmn']])).toContain('parts named "resources"')
    expect(
      await upload([
        ['resources', file, 'odd.bpmn'],
        ['resources', file, 'odd.bpmn'],
      ]),
    ).toContain('found odd.bpmn twice')
    expect(await upload([['resources', new Blob([Uint8Array.of(0xc4, 0xe3)]), 'gbk.bpmn']])).toContain('in UTF-8')
    expect(
      await upload([
        ['resources', file, 'odd.bpmn'],
        ['priority', '1'],
      ]),
    ).toContain('found "priority"')
    expect(await known('odd')).toEqual([])
  })

  test('as JSON is 415 and says what is taken', async () => {
    const { status, body } = await server.ask('analyst', 'POST /v2/deployments', { body: { resources: [] } })

    expect([status, body.code]).toEqual([415, 'UNSUPPORTED_MEDIA_TYPE'])
    expect(body.detail).toContain('multipart/form-data')
  })
})
