import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Agency } from '../../engine/window/index.ts'
import { type Office, openOffice } from './fixtures/office.ts'
import { type Answering, type OutsideServer, outsideServer } from './fixtures/outside-server.ts'

const MINUTE = 60_000
const CUSTOMS: Agency = {
  agencyId: 'customs',
  name: { en: 'Customs', zh: '海关' },
  validFrom: '2017-01-01',
  validTo: null,
  transport: { kind: 'none' },
}

let office: Office
let servers: OutsideServer[] = []
beforeEach(async () => {
  office = await openOffice()
})
afterEach(async () => {
  await office.close()
  for (const server of servers) await server.close()
  servers = []
})

async function customsAt(answering: Answering, changes: Partial<Agency> = {}): Promise<OutsideServer> {
  const server = await outsideServer(answering)
  servers.push(server)
  await office.window.putAgency({ ...CUSTOMS, transport: { kind: 'http', url: server.url, secret: 'sixteen characters' }, ...changes })
  return server
}
async function untilWaiting(receiptNo: string, elementId: string): Promise<void> {
  while (!(await office.waiting(receiptNo)).includes(elementId)) await new Promise((resolve) => setImmediate(resolve))
}
async function untilTried(server: OutsideServer, tries: number): Promise<void> {
  await server.untilReceived(tries)
  await office.harness.settled()
}

describe('an agency without transport', () => {
  const noteOf = async (receiptNo: string) =>
    (await office.window.status(receiptNo))?.waitingFor.find(({ agencyId }) => agencyId === 'customs')

  test('is named by a declaration that waits for it, until it has one', async () => {
    const { receiptNo } = await office.submit()
    await office.harness.settled()
    expect((await noteOf(receiptNo))?.elementId).toBe('tell-customs')
    expect((await noteOf(receiptNo))?.note).toBeUndefined()

    await office.window.putAgency(CUSTOMS)
    expect((await noteOf(receiptNo))?.note).toEqual({
      en: 'Customs is not connected: the message waits to be sent',
      zh: '海关尚未接入，报文待发送',
    })

    await office.window.putAgency({ ...CUSTOMS, transport: { kind: 'worker' } })
    expect((await noteOf(receiptNo))?.note).toBeUndefined()
  })

  test('is named in one warning when the window opens', async () => {
    expect(office.logged).toEqual([])
    await office.window.putAgency(CUSTOMS)

    await office.restart()

    expect(office.logged).toEqual([
      { level: 'warn', message: 'Messages to these agencies wait: they have no transport', details: { agencies: ['customs'] } },
    ])
  })
})

describe('an agency', () => {
  test('that is put on HTTP gets what has waited for it', async () => {
    const { receiptNo } = await office.submit()
    await office.harness.settled()

    const server = await customsAt(() => ({ status: 200, body: '{"status":"received"}' }))
    await untilWaiting(receiptNo, 'decision')

    expect(server.received).toMatchObject([{ headers: { 'x-window-receipt': receiptNo, 'x-window-message': 'cus.dec' } }])
  })

  test('that moves is reached at its new address, and still after a restart', async () => {
    const former = await customsAt(() => ({ status: 200 }))
    const server = await customsAt(() => ({ status: 200 }))
    const first = await office.submit()
    await untilWaiting(first.receiptNo, 'decision')
    await office.restart()
    const second = await office.submit({ idempotencyKey: 'second' })
    await untilWaiting(second.receiptNo, 'decision')

    expect(former.received).toEqual([])
    expect(server.received).toHaveLength(2)
  })

  test('that is no longer an agency is sent nothing', async () => {
    const server = await customsAt(() => ({ status: 200 }), { validTo: '2018-04-20' })
    const { receiptNo } = await office.submit()

    expect(await office.waiting(receiptNo)).toEqual(['tell-customs'])
    expect(server.received).toEqual([])
  })

  test('that stays silent is tried after each wait with one key, then the process goes its way', async () => {
    const server = await customsAt(() => ({ status: 503 }))
    const { receiptNo } = await office.submit()
    await untilTried(server, 1)
    office.harness.clock.advance(MINUTE)
    await untilTried(server, 2)
    office.harness.clock.advance(5 * MINUTE)
    await untilTried(server, 3)

    expect(new Set(server.received.map(({ headers }) => headers['idempotency-key'])).size).toBe(1)
    expect(await office.window.status(receiptNo)).toMatchObject({ state: 'lapsed' })
    expect((await office.harness.engine.store.search('incident', {})).total).toBe(0)
  })

  test.each([
    ['a strange id', { agencyId: 'Customs House' }],
    ['a name in one language', { name: { en: 'Customs', zh: '' } }],
    ['a short secret', { transport: { kind: 'http', url: 'https://example.com', secret: 'short' } }],
    ['no URL', { transport: { kind: 'http', url: 'customs', secret: 'sixteen characters' } }],
  ] as const)('with %s is refused', async (_, changes) => {
    await expect(office.window.putAgency({ ...CUSTOMS, ...changes })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' })
  })
})
