import { createHmac } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { EXPORTER_USCC, faultyDeclaration, OTHER_EXPORTER_USCC } from '../fixtures/goods-declarations.ts'
import { DECLARANT, type Office, openOffice } from './fixtures/office.ts'
import { type Answering, type OutsideServer, outsideServer } from './fixtures/outside-server.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR

let office: Office
let server: OutsideServer | undefined
beforeEach(async () => {
  office = await openOffice()
})
afterEach(async () => {
  await office.close()
  await server?.close()
})

async function listening(events: readonly string[], answering: Answering = () => ({ status: 204 })) {
  server = await outsideServer(answering)
  return { server, webhook: await office.window.addWebhook(EXPORTER_USCC, { url: `${server.url}/hook`, events }) }
}
async function withdrawn(): Promise<string> {
  const { receiptNo } = await office.submit()
  await office.harness.settled()
  await office.window.withdraw(receiptNo, { reason: 'sold', idempotencyKey: 'w', actor: DECLARANT })
  return receiptNo
}
const eventsOf = (from: OutsideServer) => from.received.map(({ body }) => JSON.parse(body).event as string)

describe('a webhook', () => {
  test('is told what it asked for, signed, with an id that a repeat shares', async () => {
    const { server: enterprise, webhook } = await listening(['declaration.ended'])
    const receiptNo = await withdrawn()
    await enterprise.untilReceived(1)

    const [received] = enterprise.received
    const timestamp = received?.headers['x-window-timestamp']
    expect(received?.headers['x-window-signature']).toBe(
      `sha256=${createHmac('sha256', webhook.secret).update(`${timestamp}.${received?.body}`).digest('hex')}`,
    )
    expect(JSON.parse(received?.body ?? '')).toMatchObject({
      event: 'declaration.ended',
      receiptNo,
      state: 'withdrawn',
      version: 1,
      service: 'permit',
    })
    expect(JSON.parse(received?.body ?? '').id).toBe(received?.headers['x-window-delivery'])
  })

  test('is told of a release that the model marks', async () => {
    const { server: enterprise } = await listening(['*'])
    const { receiptNo } = await office.submit()
    await office.harness.settled()
    await office.customsReceives()
    await office.customsSays(receiptNo, { status: 'accepted', version: 1, errors: [] })
    await enterprise.untilReceived(2)

    expect(eventsOf(enterprise).sort()).toEqual(['declaration.ended', 'declaration.released'])
  })

  test('is told that a correction is wanted', async () => {
    const { server: enterprise } = await listening(['declaration.correction-wanted'])
    await office.submit({ data: faultyDeclaration() })
    await enterprise.untilReceived(1)

    expect(eventsOf(enterprise)).toEqual(['declaration.correction-wanted'])
  })

  test('of another enterprise is told nothing', async () => {
    const { server: enterprise } = await listening(['*'])
    await office.submit({ enterprise: OTHER_EXPORTER_USCC })
    await withdrawn()
    await enterprise.untilReceived(1)
    await office.harness.settled()

    expect(enterprise.received.every(({ body }) => !body.includes(OTHER_EXPORTER_USCC))).toBe(true)
    expect(eventsOf(enterprise)).toEqual(['declaration.ended'])
  })

  test('that fails is told again with the same id', async () => {
    const { server: enterprise } = await listening(['declaration.ended'], (_, count) => ({ status: count === 1 ? 503 : 200 }))
    await withdrawn()
    await untilTriedTimes(1)
    office.harness.clock.advance(HOUR)
    await enterprise.untilReceived(2)

    expect(new Set(enterprise.received.map(({ body }) => JSON.parse(body).id)).size).toBe(1)
  })

  test('that fails for three days is given up and the letter kept', async () => {
    const { server: enterprise, webhook } = await listening(['declaration.ended'], () => ({ status: 500 }))
    const receiptNo = await withdrawn()
    await untilTriedTimes(1)
    office.harness.clock.advance(HOUR)
    await untilTriedTimes(2)
    office.harness.clock.advance(3 * DAY)
    await enterprise.untilReceived(3)
    await office.harness.settled()

    expect(await office.window.listWebhooks(EXPORTER_USCC)).toMatchObject([
      { webhookId: webhook.webhookId, deadLetters: [{ event: 'declaration.ended', receiptNo, error: expect.stringContaining('500') }] },
    ])
    expect(await office.harness.engine.store.nextOutboxAt()).toBeUndefined()
  })
})

/** A delivery that failed waits in the outbox for its next try. */
async function untilTriedTimes(tries: number): Promise<void> {
  const { store } = office.harness.engine
  for (;;) {
    const rows = await store.dueOutbox(office.harness.clock.now() + DAY, 10)
    if (rows.some(({ kind, attempts }) => kind === 'window.webhook' && attempts >= tries)) return
    await new Promise((resolve) => setImmediate(resolve))
  }
}

describe('the list of webhooks', () => {
  test('shows no secret', async () => {
    await office.window.addWebhook(EXPORTER_USCC, { url: 'https://example.com/hook', events: ['declaration.ended'] })

    const [webhook] = await office.window.listWebhooks(EXPORTER_USCC)

    expect(webhook).toMatchObject({ url: 'https://example.com/hook', events: ['declaration.ended'] })
    expect(webhook).not.toHaveProperty('secret')
  })

  test('lets an enterprise remove its own only', async () => {
    const { webhookId } = await office.window.addWebhook(EXPORTER_USCC, { url: 'https://example.com/hook', events: ['*'] })

    expect(await office.window.removeWebhook(OTHER_EXPORTER_USCC, webhookId)).toBe(false)
    expect(await office.window.removeWebhook(EXPORTER_USCC, webhookId)).toBe(true)
    expect(await office.window.listWebhooks(EXPORTER_USCC)).toEqual([])
  })

  test.each([
    ['no URL', { url: 'example', events: ['*'] }],
    ['another protocol', { url: 'ftp://example.com', events: ['*'] }],
    ['a password', { url: 'https://user:secret@example.com', events: ['*'] }],
    ['no event', { url: 'https://example.com', events: [] }],
    ['a strange event', { url: 'https://example.com', events: ['DROP TABLE'] }],
  ])('refuses %s', async (_, request) => {
    await expect(office.window.addWebhook(EXPORTER_USCC, request)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' })
  })
})
