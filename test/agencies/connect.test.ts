import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ApiHarness } from '../helpers/api-harness.ts'
import { WindowSetup } from './connect.ts'

const PASSWORD = 'a password that is long enough'
const TRANSPORTS = { customs: 'http', inspection: 'worker' } as const

let harness: ApiHarness
let windowUrl: string
beforeEach(async () => {
  harness = await ApiHarness.open()
  await harness.access.createAccount({ name: 'ann', roles: ['administrator'], password: PASSWORD }, 'test')
  await harness.api.listen({ host: '127.0.0.1', port: 0 })
  windowUrl = `http://127.0.0.1:${(harness.api.server.address() as AddressInfo).port}`
})
afterEach(() => harness.close())

async function connect() {
  const setup = await WindowSetup.signIn({ windowUrl, admin: 'ann', password: PASSWORD })
  const keys = await setup.makeKeys(Object.keys(TRANSPORTS))
  await setup.setTransports(TRANSPORTS, 'http://127.0.0.1:8090', keys)
  await setup.signOut()
  return keys
}
async function whoIs(apiKey: string | undefined): Promise<{ status: number; agency?: string }> {
  const response = await fetch(`${windowUrl}/access/v1/me`, { headers: { authorization: `Bearer ${apiKey}` } })
  return { status: response.status, ...((await response.json()) as object) }
}

describe('connecting the agencies to a single window', () => {
  test('gives each a key that opens it, and has its messages sent to them', async () => {
    const keys = await connect()

    expect(await whoIs(keys.customs?.apiKey)).toMatchObject({ status: 200, agency: 'customs' })
    const { body } = await harness.ask('operator', 'GET /ops/v1/agencies')
    expect(body.items).toMatchObject([
      { agencyId: 'customs', transport: { kind: 'http', url: 'http://127.0.0.1:8090/customs/messages' } },
      { agencyId: 'inspection', transport: { kind: 'worker' } },
    ])
  })

  test('again renews the keys of the same accounts', async () => {
    const first = await connect()
    const second = await connect()

    expect((await whoIs(first.customs?.apiKey)).status).toBe(401)
    expect((await whoIs(second.customs?.apiKey)).status).toBe(200)
  })

  test('says in a sentence that the administrator was not let in, or that nobody is there', async () => {
    await expect(WindowSetup.signIn({ windowUrl, admin: 'ann', password: 'wrong' })).rejects.toThrow(/with 401: Expected [^{]*$/)
    await expect(WindowSetup.signIn({ windowUrl: 'http://127.0.0.1:1', admin: 'ann', password: PASSWORD })).rejects.toThrow(
      'Expected a single window at http://127.0.0.1:1, found none',
    )
  })
})
