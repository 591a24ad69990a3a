import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ApiHarness, FUZHOU } from '../helpers/api-harness.ts'

let server: ApiHarness
beforeAll(async () => {
  server = await ApiHarness.open()
})
afterAll(() => server.close())

const inBoth = async (
  ask: (headers: Record<string, string>) => Promise<{ readonly status: number; readonly body: { detail: string } }>,
) => {
  const [zh, en] = [await ask({}), await ask({ 'accept-language': 'en' })]
  expect(zh.status).toBe(en.status)
  return { status: zh.status, zh: zh.body.detail, en: en.body.detail }
}

describe('a refusal by a room below', () => {
  test('reaches an enterprise, an officer and an administrator in the language they ask for', async () => {
    const service = await inBoth((headers) =>
      server.ask('fuzhou', 'POST /window/v1/services/none/declarations', {
        body: { operator: 'OP-FZ', data: {} },
        headers: { 'idempotency-key': crypto.randomUUID(), ...headers },
      }),
    )
    const receiptNo = await server.declare()
    const amended = await inBoth((headers) =>
      server.ask('fuzhou', `POST /window/v1/declarations/${receiptNo}/withdrawal`, {
        body: { reason: '' },
        headers: { 'idempotency-key': crypto.randomUUID(), ...headers },
      }),
    )
    const account = await inBoth((headers) =>
      server.ask('admin', 'POST /ops/v1/accounts', {
        body: { name: 'lin', roles: ['enterprise'], enterprise: FUZHOU, password: 'harbour light 4711' },
        headers,
      }),
    )
    const credit = await inBoth((headers) =>
      server.ask('operator', `PUT /ops/v1/enterprises/${FUZHOU}/credit`, { body: { creditClass: 'none' }, headers }),
    )

    for (const { status, zh, en } of [service, amended, account, credit]) {
      expect(status).toBeGreaterThan(399)
      expect(zh).toMatch(/[\u4e00-\u9fff]/)
      expect(zh).not.toContain('Expected')
      expect(en).not.toMatch(/[\u4e00-\u9fff]/)
    }
    expect(account.zh).toContain('lin 已被使用')
  })

  test('stays in English under /v2, whose clients know no other', async () => {
    const refused = await server.ask('operator', 'POST /v2/user-tasks/4711/completion', { body: {} })
    expect(refused).toMatchObject({ status: 404, body: { title: 'NOT_FOUND' } })
    expect(refused.body.detail).not.toMatch(/[\u4e00-\u9fff]/)
  })
})
