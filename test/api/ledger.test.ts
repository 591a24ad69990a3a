import { parse } from 'csv-parse/sync'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ApiHarness, FUZHOU, XIAMEN } from '../helpers/api-harness.ts'

let server: ApiHarness
beforeAll(async () => {
  server = await ApiHarness.open()
  await open({ ledger: 'guarantee', account: 'G-FZ', amount: '600000', enterprise: FUZHOU, validTo: '2099-12-31' })
  await server.window.ledgers.post({
    ...{ ledger: 'guarantee', account: 'G-XM', actor: { id: 'window', kind: 'system' } },
    entries: [{ kind: 'open', key: 'G-XM', amount: '600000', enterprise: XIAMEN }],
  })
  await open({ ledger: 'quota', account: 'Q-1', unit: 't', amount: '500', enterprise: FUZHOU })
})
afterAll(() => server.close())

const open = (body: object, key: string = crypto.randomUUID()) =>
  server.ask('operator', 'POST /ops/v1/ledger-accounts', { body, headers: { 'idempotency-key': key } })
const reserve = (account: string, key: string, note?: string) =>
  server.window.ledgers.post({
    ...{ ledger: 'guarantee', account, actor: { id: 'window', kind: 'system' }, receiptNo: 'SW1', operator: 'OP-FZ' },
    entries: [{ kind: 'reserve', key, reservation: key, amount: '99015.00', ...(note === undefined ? {} : { note }) }],
  })
const accounts = async (who: Parameters<ApiHarness['ask']>[0], prefix: string, query = '') =>
  (await server.ask(who, `GET ${prefix}/ledger-accounts${query}`)).body.items.map(({ account }: { account: string }) => account)

describe('ledger accounts', () => {
  test('are seen by their owner, by officers of the agency that keeps the ledger, and by operators', async () => {
    expect(await accounts('fuzhou', '/window/v1')).toEqual(['G-FZ', 'Q-1'])
    expect(await accounts('xiamen', '/window/v1')).toEqual(['G-XM'])
    expect(await accounts('fuzhou', '/window/v1', `?enterprise=${XIAMEN}`)).toEqual(['G-FZ', 'Q-1'])
    expect(await accounts('lin', '/desk/v1')).toEqual(['G-FZ', 'G-XM'])
    expect(await accounts('lin', '/desk/v1', `?enterprise=${XIAMEN}`)).toEqual(['G-XM'])
    expect(await accounts('wu', '/desk/v1')).toEqual([])
    expect(await accounts('operator', '/ops/v1', '?ledger=quota')).toEqual(['Q-1'])
    expect(await accounts('operator', '/ops/v1', '?status=closed')).toEqual([])
  })

  test('of others are not found, whatever is asked of them', async () => {
    for (const path of ['', '/postings', '/statement.csv']) {
      expect((await server.ask('fuzhou', `GET /window/v1/ledger-accounts/guarantee/G-XM${path}`)).status).toBe(404)
      expect((await server.ask('wu', `GET /desk/v1/ledger-accounts/guarantee/G-XM${path}`)).status).toBe(404)
    }
  })

  test('show balance, open reservations and every posting', async () => {
    await reserve('G-FZ', 'B1')

    const { body } = await server.ask('fuzhou', 'GET /window/v1/ledger-accounts/guarantee/G-FZ', { headers: { 'accept-language': 'en' } })
    const postings = (await server.ask('lin', 'GET /desk/v1/ledger-accounts/guarantee/G-FZ/postings?after=1')).body

    expect(body).toMatchObject({
      ledgerName: 'Tax guarantee',
      balance: { limit: '600000.00', reserved: '99015.00', available: '500985.00' },
      reservations: [{ reservation: 'B1', amount: '99015.00', left: '99015.00' }],
      warn: false,
    })
    expect(postings).toMatchObject({
      items: [{ sequence: 2, receiptNo: 'SW1', operator: 'OP-FZ', entries: [{ kind: 'reserve', amount: '99015.00' }] }],
      next: null,
    })
  })

  test('are written as a statement that no spreadsheet takes for formulas', async () => {
    await reserve('G-XM', 'B2', '=HYPERLINK("http://example.org","货物")')

    const answer = await server.ask('xiamen', 'GET /window/v1/ledger-accounts/guarantee/G-XM/statement.csv')
    const rows = parse(answer.body, { columns: true, bom: true }) as Record<string, string>[]

    expect(answer.headers['content-type']).toBe('text/csv; charset=utf-8')
    expect(rows).toMatchObject([
      { sequence: '1', kind: 'open', amount: '600000.00', unit: 'CNY', available: '600000.00' },
      { kind: 'reserve', reservation: 'B2', amount: '99015.00', note: '\'=HYPERLINK("http://example.org","货物")', available: '500985.00' },
    ])
  })

  test('are opened by operators only, once for each key, and it is written down who did', async () => {
    const body = { ledger: 'guarantee', account: 'G-NEW', amount: '1000.00', enterprise: FUZHOU }
    expect(await open(body, 'k1')).toMatchObject({ status: 201, body: { account: 'G-NEW', balance: { limit: '1000.00' } } })
    expect((await open(body, 'k1')).status).toBe(200)
    expect(await open({ ...body, amount: '2000.00' }, 'k1')).toMatchObject({ status: 422, body: { code: 'IDEMPOTENCY_KEY_REUSED' } })
    expect(await open(body, 'k2')).toMatchObject({ status: 409, body: { code: 'ALREADY_EXISTS' } })
    expect(await open({ ...body, account: 'G-X', enterprise: `${FUZHOU.slice(0, 17)}9` })).toMatchObject({ status: 400 })
    expect(await open({ ...body, account: 'G-X', amount: '1.005' })).toMatchObject({ status: 400 })
    expect((await open({ ...body, ledger: 'nothing' })).status).toBe(404)
    expect((await server.ask('lin', 'POST /ops/v1/ledger-accounts', { body })).status).toBe(403)

    const { items } = await server.access.searchAudit({ action: 'ops.ledger.open', outcome: 'done', from: 0, limit: 1 })
    expect(items).toMatchObject([{ who: 'operator', object: '/ops/v1/ledger-accounts' }])
  })

  test('are folded again and compared on demand', async () => {
    const answer = await server.ask('operator', 'POST /ops/v1/ledger-accounts/guarantee/G-FZ/check', { body: {} })

    expect(answer.body).toMatchObject({ equal: true, problems: [], repaired: false })
    expect((await server.ask('operator', 'POST /ops/v1/ledger-accounts/guarantee/none/check', { body: {} })).status).toBe(404)
  })
})
