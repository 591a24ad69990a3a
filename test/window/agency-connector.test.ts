import { createHmac } from 'node:crypto'
import { afterEach, describe, expect, test } from 'vitest'
import type { ActivatedJob, Clock } from '../../engine/runtime/index.ts'
import { agencyConnector } from '../../engine/window/agency-connector.ts'
import type { AgencyMessages } from '../../engine/window/agency-message.ts'
import type { Agency } from '../../engine/window/contract.ts'
import { outsidePoster } from '../../engine/window/guarded-post.ts'
import type { WindowParts } from '../../engine/window/window-parts.ts'
import { type Answering, type OutsideServer, outsideServer } from './fixtures/outside-server.ts'

const SECRET = 'a secret of the customs house'
const BODY = '<Declaration><Gross>12</Gross></Declaration>'
const MINUTE = 60_000

const clock: Clock = { now: () => Date.UTC(2017, 2, 1), schedule: () => () => undefined, toRealMs: (ms) => ms }
const messages: Pick<AgencyMessages, 'render'> = {
  render: async () => ({ receiptNo: 'SW1', version: 2, messageType: 'cus.dec', rendered: { contentType: 'application/xml', body: BODY } }),
}
const job = (variables: ActivatedJob['variables'] = {}, retryBackOff = 'PT1M,PT5M'): ActivatedJob => ({
  jobKey: '10000010000007',
  type: 'agency.customs',
  kind: 'BPMN_ELEMENT',
  processInstanceKey: '10000010000000',
  processDefinitionKey: '1',
  bpmnProcessId: 'permit',
  version: 1,
  elementId: 'tell-customs',
  elementInstanceKey: '10000010000006',
  tenantId: '<default>',
  customHeaders: { message: 'cus.dec', retryBackOff },
  worker: 'connector-customs',
  retries: 3,
  deadline: 0,
  leaseToken: 't',
  variables,
})

let server: OutsideServer
const poster = outsidePoster({ allowPrivate: true })
afterEach(() => server.close())

async function connectorTo(answering: Answering) {
  server = await outsideServer(answering)
  const agency: Agency = {
    agencyId: 'customs',
    name: { en: 'Customs', zh: '海关' },
    validFrom: '2017-01-01',
    validTo: null,
    transport: { kind: 'http', url: `${server.url}/messages`, secret: SECRET },
  }
  return agencyConnector({ engine: { clock } } as unknown as WindowParts, messages as AgencyMessages, poster, agency)
}

describe('the connector of an agency', () => {
  test('posts the rendered message, signed and with the key that tells a repeat', async () => {
    const connector = await connectorTo(() => ({ status: 200, body: '{"status":"received","reference":"C-1"}' }))

    const answer = await connector.handle(job())

    expect(answer).toEqual({ kind: 'complete', variables: { ack: { status: 'received', reference: 'C-1' } } })
    expect(server.received).toMatchObject([
      {
        path: '/messages',
        body: BODY,
        headers: {
          'content-type': 'application/xml',
          'idempotency-key': '10000010000007',
          'x-window-message': 'cus.dec',
          'x-window-receipt': 'SW1',
          'x-window-version': '2',
          'x-window-signature': `sha256=${createHmac('sha256', SECRET).update(BODY).digest('hex')}`,
        },
      },
    ])
  })

  test('takes an answer without JSON for a receipt too', async () => {
    const connector = await connectorTo(() => ({ status: 202, body: 'OK' }))

    expect(await connector.handle(job())).toEqual({ kind: 'complete', variables: { ack: { status: 'received' } } })
  })

  test('waits as the header says after each failure, and then gives the process the error', async () => {
    const connector = await connectorTo(() => ({ status: 503, body: 'closed' }))

    const first = await connector.handle(job())
    const second = await connector.handle(job({ agencyTries: 1 }))
    const third = await connector.handle(job({ agencyTries: 2 }))

    expect(first).toMatchObject({ kind: 'fail', retryBackOffMs: MINUTE, variables: { agencyTries: 1 } })
    expect(second).toMatchObject({ kind: 'fail', retryBackOffMs: 5 * MINUTE, variables: { agencyTries: 2 } })
    expect(third).toMatchObject({ kind: 'error', errorCode: 'AGENCY_SILENT' })
    expect([first, second].every((answer) => answer.kind === 'fail' && (answer.retries ?? 0) > 0)).toBe(true)
  })

  test('waits one, five and fifteen minutes where the header cannot be read', async () => {
    const connector = await connectorTo(() => ({ status: 500 }))

    expect(await connector.handle(job({ agencyTries: 2 }, 'soon'))).toMatchObject({ kind: 'fail', retryBackOffMs: 15 * MINUTE })
  })

  test('takes 422 for a refusal for good', async () => {
    const connector = await connectorTo(() => ({ status: 422, body: '{"note":"no such district"}' }))

    expect(await connector.handle(job())).toMatchObject({
      kind: 'error',
      errorCode: 'AGENCY_REFUSED',
      errorMessage: expect.stringContaining('no such district'),
      variables: { refusal: { note: 'no such district' } },
    })
  })

  test('takes a redirect for a failure and tells no other host anything', async () => {
    const connector = await connectorTo(() => ({ status: 302, headers: { location: 'http://127.0.0.1:9/' } }))

    expect(await connector.handle(job())).toMatchObject({ kind: 'fail', errorMessage: expect.stringContaining('302') })
  })

  test('tries again when nobody listens', async () => {
    const connector = await connectorTo(() => ({ status: 200 }))
    await server.close()

    expect(await connector.handle(job())).toMatchObject({ kind: 'fail', errorMessage: expect.stringContaining('no receipt from customs') })
  })
})
