import { afterEach, expect, test } from 'vitest'
import type { ActivatedJob, Clock } from '../../engine/runtime/index.ts'
import { agencyConnector } from '../../engine/window/agency-connector.ts'
import type { AgencyMessages } from '../../engine/window/agency-message.ts'
import { outsidePoster } from '../../engine/window/guarded-post.ts'
import type { WindowParts } from '../../engine/window/window-parts.ts'
import { type OutsideServer, outsideServer } from './fixtures/outside-server.ts'

const clock: Clock = { now: () => Date.UTC(2017, 2, 1), schedule: () => () => undefined, toRealMs: (ms) => ms }
const rendered = { contentType: 'application/edifact', body: "UNB+UNOW:4'" }
const messages: Pick<AgencyMessages, 'render'> = {
  render: async () => ({ receiptNo: 'SW1', version: 1, messageType: 'cus.dec', rendered }),
}
const poster = outsidePoster({ allowPrivate: true })
let server: OutsideServer
afterEach(() => server.close())

function control(action: string, more: readonly string[] = []): string {
  const segments = [`UCI+M672JXBIM9+FJSW:ZZZ+CUSTOMS:ZZZ+${action}'`, ...more]
  return [
    "UNB+UNOB:3+CUSTOMS:ZZZ+FJSW:ZZZ+170301:0800+C1++CONTRL'",
    "UNH+1+CONTRL:D:3:UN'",
    ...segments,
    `UNT+${segments.length + 2}+1'`,
    "UNZ+1+C1'",
  ].join('\n')
}

async function sent(status: number, body: string) {
  server = await outsideServer(() => ({ status, body }))
  const transport = { kind: 'http', url: `${server.url}/messages`, secret: 'a secret of the customs house' } as const
  const agency = { agencyId: 'customs', name: { en: 'Customs', zh: '海关' }, validFrom: '2017-01-01', validTo: null, transport }
  const connector = agencyConnector({ engine: { clock } } as unknown as WindowParts, messages as AgencyMessages, poster, agency)
  return connector.handle({ customHeaders: { message: 'cus.dec' }, variables: {}, jobKey: '7', elementId: 'x' } as unknown as ActivatedJob)
}

test.each(['7', '8'])('a CONTRL with action %s is the technical receipt', async (action) => {
  expect(await sent(200, control(action))).toEqual({
    kind: 'complete',
    variables: { ack: { status: 'received', reference: 'M672JXBIM9' } },
  })
})

test.each([200, 500])('a CONTRL that refuses is a refusal for good, with status %i', async (status) => {
  const answer = await sent(status, control('4', ["UCM+000001+CUSDEC:D:16B:UN+4'", "UCS+7+39'"]))

  expect(answer).toMatchObject({
    kind: 'error',
    errorCode: 'AGENCY_REFUSED',
    variables: { refusal: { status: 'rejected', reference: 'M672JXBIM9', codes: ['39'] } },
  })
})

test('an answer that only looks like an interchange is a receipt as any other', async () => {
  expect(await sent(200, 'UNBELIEVABLE')).toEqual({ kind: 'complete', variables: { ack: { status: 'received' } } })
})
