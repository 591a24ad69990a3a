import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ApiHarness } from '../helpers/api-harness.ts'
import { process } from '../helpers/process-builder.ts'

let server: ApiHarness
beforeAll(async () => {
  server = await ApiHarness.open()
})
afterAll(() => server.close())

describe('a deployment', () => {
  test('tells by element what of it Camunda does not carry out, and what to use there', async () => {
    const own = process('own').start().catchEvent('pause', { duration: 'working PT16H' }).complex('join', '=activationCount > 0').end()
    const { status, body } = await server.deploy({ 'own.bpmn': own.xml() })

    expect(status).toBe(200)
    expect(body.notes).toMatchObject([
      { resource: 'own.bpmn', elementId: 'pause', extension: 'WORKING_TIME' },
      {
        resource: 'own.bpmn',
        elementId: 'join',
        extension: 'COMPLEX_GATEWAY',
        message: expect.stringContaining('use an inclusive gateway'),
      },
    ])
    const common = process('common').start().serviceTask('work', { type: 'work' }).end()
    expect((await server.deploy({ 'common.bpmn': common.xml() })).body).not.toHaveProperty('notes')
  })
})
