import { afterEach, describe, expect, test } from 'vitest'
import { isPrivateHost, type OutsidePoster, outsidePoster } from '../../engine/window/guarded-post.ts'
import { type OutsideServer, outsideServer } from './fixtures/outside-server.ts'

const open: { close(): Promise<void> }[] = []
function closing<T extends { close(): Promise<void> }>(thing: T): T {
  open.push(thing)
  return thing
}
afterEach(async () => {
  for (const thing of open.splice(0)) await thing.close()
})
const poster = (allowPrivate = true): OutsidePoster => closing(outsidePoster({ allowPrivate }))
const post = (server: OutsideServer, timeoutMs = 5000) => ({ url: `${server.url}/in`, headers: { 'x-a': 'b' }, body: '{"a":1}', timeoutMs })

describe('a post to a machine outside', () => {
  test('sends the body as it is and gives the answer back', async () => {
    const server = closing(await outsideServer(() => ({ status: 202, body: 'taken' })))

    const answer = await poster().post(post(server))

    expect(answer).toEqual({ status: 202, body: 'taken' })
    expect(server.received).toMatchObject([{ path: '/in', body: '{"a":1}', headers: { 'x-a': 'b' } }])
  })

  test('follows no redirect', async () => {
    const other = closing(await outsideServer(() => ({ status: 200 })))
    const server = closing(await outsideServer(() => ({ status: 307, headers: { location: other.url } })))

    expect((await poster().post(post(server))).status).toBe(307)
    expect(other.received).toEqual([])
  })

  test('fails when no answer comes in time', async () => {
    const server = closing(await outsideServer(() => 'hang'))

    await expect(poster().post(post(server, 50))).rejects.toMatchObject({ name: 'TimeoutError' })
  })

  test('fails when the answer is larger than a receipt can be', async () => {
    const server = closing(await outsideServer(() => ({ status: 200, body: 'x'.repeat(2 * 1024 * 1024) })))

    await expect(poster().post(post(server))).rejects.toThrow()
  })

  test('is refused into the house, by address and by name', async () => {
    const server = closing(await outsideServer(() => ({ status: 200 })))
    const guarded = poster(false)

    await expect(guarded.post(post(server))).rejects.toThrow(/public network/)
    await expect(guarded.post({ ...post(server), url: server.url.replace('127.0.0.1', 'localhost') })).rejects.toThrow(/public network/)
    expect(server.received).toEqual([])
  })
})

test.each([
  '127.0.0.1',
  '10.1.2.3',
  '172.20.0.1',
  '192.168.1.1',
  '169.254.169.254',
  '100.64.0.1',
  '0.0.0.0',
  '[::1]',
  '[fe80::1]',
  '[fd00::1]',
  '[::ffff:10.0.0.1]',
  'localhost',
  'db.localhost',
])('%s is inside the house', (host) => {
  expect(isPrivateHost(host)).toBe(true)
})

test.each(['8.8.8.8', '172.32.0.1', '[2606:4700::1111]', 'example.com', 'notlocalhost.cn'])('%s may be outside', (host) => {
  expect(isPrivateHost(host)).toBe(false)
})
