import { createHmac } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type RunningAgencies, startAgencies } from './agencies.ts'
import type { AgencyStats } from './agency-ledger.ts'
import type { SenderStats } from './answer-sender.ts'
import { FakeWindow } from './fake-window.ts'
import type { AgenciesOptions } from './options.ts'

const KEYS = {
  customs: { apiKey: 'key-of-customs', secret: 'secret-of-customs' },
  inspection: { apiKey: 'key-of-inspection', secret: 'secret-of-inspection' },
  terminal: { apiKey: 'key-of-terminal', secret: 'secret-of-terminal' },
}
const DECLARATION = (place: string) => `<?xml version="1.0" encoding="UTF-8"?>
<DecMessage><Envelope><SentAt>2026-03-16T10:00:00+08:00</SentAt></Envelope>
<DecHead><CustomMaster>3501</CustomMaster><GoodsPlace>${place}</GoodsPlace></DecHead>
<DecLists><DecList><GNo>1</GNo></DecList></DecLists></DecMessage>`

let window: FakeWindow
let agencies: RunningAgencies

async function start(options: Partial<AgenciesOptions> = {}): Promise<void> {
  const windowUrl = await window.listen()
  agencies = await startAgencies({
    port: 0,
    windowUrl,
    keys: KEYS,
    factor: 1_000_000,
    seed: 'a',
    outageRate: 0,
    refusalRate: 0,
    ...options,
  })
}
interface Sending {
  readonly agency?: keyof typeof KEYS
  readonly message?: string
  readonly key: string
  readonly body?: string
  readonly signature?: string
  readonly version?: number
}
function send({
  agency = 'customs',
  message = 'cus.dec',
  key,
  body = DECLARATION('MAWEI YARD 1'),
  signature,
  version = 1,
}: Sending): Promise<Response> {
  return fetch(`http://127.0.0.1:${agencies.port}/${agency}/messages`, {
    method: 'POST',
    headers: {
      'content-type': body.startsWith('<') ? 'application/xml' : 'application/json',
      'idempotency-key': key,
      'x-window-message': message,
      'x-window-receipt': 'SW260316000ABCDEFX',
      'x-window-version': String(version),
      'x-window-signature': signature ?? `sha256=${createHmac('sha256', KEYS[agency].secret).update(body).digest('hex')}`,
    },
    body,
  })
}
async function stats(agency: string): Promise<AgencyStats & SenderStats> {
  const response = await fetch(`http://127.0.0.1:${agencies.port}/stats`)
  return ((await response.json()) as { agencies: Record<string, AgencyStats & SenderStats> }).agencies[agency] as AgencyStats & SenderStats
}
function orderOutage(outage: string, count: number): Promise<Response> {
  return fetch(`http://127.0.0.1:${agencies.port}/control/outage`, {
    method: 'POST',
    body: JSON.stringify({ agency: 'customs', outage, count }),
  })
}

beforeEach(() => {
  window = new FakeWindow()
})
afterEach(async () => {
  await agencies.close()
  await window.close()
})

describe('taking messages', () => {
  test('answers a repeat with the first receipt and applies it once', async () => {
    await start()

    const first = await (await send({ key: 'job-1' })).json()
    const second = await (await send({ key: 'job-1' })).json()

    expect(second).toEqual(first)
    expect(await stats('customs')).toMatchObject({
      messages: 2,
      duplicatesRecognised: 1,
      applied: 1,
      appliedTwice: 0,
      byMessage: { 'cus.dec': 2 },
    })
    await window.until(() => window.taken.length === 1)
    expect((await stats('customs')).answersWaiting).toBe(0)
  })

  test('counts one effect asked for under two keys as applied twice', async () => {
    await start()

    await send({ key: 'job-1' })
    await send({ key: 'job-2' })
    await send({ key: 'job-3', version: 2 })

    expect(await stats('customs')).toMatchObject({ messages: 3, duplicatesRecognised: 0, applied: 2, appliedTwice: 1 })
  })

  test('takes nothing that is signed with another secret', async () => {
    await start()

    const response = await send({ key: 'job-1', signature: `sha256=${'0'.repeat(64)}` })

    expect(response.status).toBe(401)
    expect(await stats('customs')).toMatchObject({ messages: 0, applied: 0, badSignatures: 1 })
  })

  test('refuses for good what is no declaration, and XML with a document type', async () => {
    await start()

    const other = await send({ key: 'job-1', body: '<Parcel/>' })
    const doctype = await send({ key: 'job-2', body: '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>' })

    expect(other.status).toBe(422)
    expect(doctype.status).toBe(400)
    expect(await stats('customs')).toMatchObject({ applied: 0, refused: 1 })
  })

  test('recognises a repeat after a connection that broke once the message was applied', async () => {
    await start()
    await orderOutage('reset', 1)

    await expect(send({ key: 'job-1' })).rejects.toThrow()
    const again = await send({ key: 'job-1' })

    expect(again.status).toBe(200)
    expect(await stats('customs')).toMatchObject({ messages: 2, duplicatesRecognised: 1, applied: 1, outages: 1 })
  })

  test('applies nothing while it is unavailable', async () => {
    await start()
    await orderOutage('unavailable', 2)

    const answers = [(await send({ key: 'job-1' })).status, (await send({ key: 'job-1' })).status, (await send({ key: 'job-1' })).status]

    expect(answers).toEqual([503, 503, 200])
    expect(await stats('customs')).toMatchObject({ messages: 1, duplicatesRecognised: 0, applied: 1, outages: 2 })
  })
})

describe('answering', () => {
  test('gives an accepted declaration an 18-digit number and names the version it speaks of', async () => {
    await start()

    await send({ key: 'job-1', version: 3 })
    await window.until(() => window.taken.length === 1)

    const answer = window.taken[0]
    expect(answer).toMatchObject({ name: 'customs.answer', correlationKey: 'SW260316000ABCDEFX', messageId: 'customs.answer:job-1:0' })
    expect(answer?.variables.customsAnswer).toMatchObject({ status: 'accepted', version: 3, errors: [] })
    expect(answer?.variables.customsAnswer?.reference).toMatch(/^350120260\d{9}$/)
    expect([...window.authorizations]).toContain('Bearer key-of-customs')
  })

  test('rejects a suspended place, which only the customs can know, with an item error', async () => {
    await start()

    await send({ key: 'job-1', body: DECLARATION('SUSPENDED YARD 7') })
    await window.until(() => window.taken.length === 1)

    expect(window.taken[0]?.variables.customsAnswer).toMatchObject({
      status: 'rejected',
      errors: [{ item: 'goods_location', rule: 'CUS0207' }],
    })
  })

  test('tries again until a single window that fails and loses answers has it, once', async () => {
    await start()
    window.reactions.push('fail', 'fail', 'lose the answer')

    await send({ key: 'job-1' })
    await window.until(() => window.tries === 4)

    expect(window.taken.map(({ messageId }) => messageId)).toEqual(['customs.answer:job-1:0'])
    await expect.poll(() => stats('customs')).toMatchObject({ answersSent: 1, answersWaiting: 0, answersRetried: 3 })
  })

  test('stops when the single window will not have the answer, and tells', async () => {
    await start()
    window.reactions.push('refuse')

    await send({ key: 'job-1' })
    await window.until(() => window.tries === 1)

    await expect.poll(() => stats('customs')).toMatchObject({ answersRefused: 1, answersWaiting: 0 })
    expect((await stats('customs')).lastRefusal).toContain('403')
  })
})

describe('pulling messages', () => {
  test('completes a pulled job with its receipt, and one that comes again without doing it twice', async () => {
    const job = {
      jobKey: '77',
      customHeaders: { message: 'ciq.dec' },
      variables: { receiptNo: 'SW260316000ABCDEFX', version: 1, message: { contentType: 'application/json', body: '{"lines":[]}' } },
    }
    window.jobs.push(job, job)

    await start()
    await window.until(() => window.completions.length === 2)
    await window.until(() => window.taken.length === 1)

    expect(window.completions[1]).toEqual(window.completions[0])
    expect(window.taken[0]).toMatchObject({ name: 'inspection.answer', messageId: 'inspection.answer:77:0' })
    expect(await stats('inspection')).toMatchObject({ messages: 2, duplicatesRecognised: 1, applied: 1, appliedTwice: 0 })
  })
})
