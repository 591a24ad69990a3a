import { expect, it } from 'vitest'
import { aMessage, instanceKey } from '../helpers/store-rows.ts'
import type { Bench } from './contract.ts'

const claimOf = (number: number, confirmed = false) => ({
  processInstanceKey: instanceKey(number),
  subscriptionKey: `s${number}`,
  confirmed,
})

export function messageContract(bench: Bench): void {
  it('buffers messages by tenant, name and correlation key until they expire, oldest first', async () => {
    const { store } = bench
    const [second, first] = [aMessage('2', { publishedAt: 200, messageId: 'm' }), aMessage('1')]
    await store.insertMessage(second)
    await store.insertMessage(first)
    await store.insertMessage(aMessage('3', { correlationKey: 'R2', messageId: 'm' }))
    await store.insertMessage(aMessage('4', { expiresAt: 150 }))

    expect(await store.bufferedMessages('<default>', 'answer', 'R1', 150)).toEqual([first, second])
    expect(await store.bufferedMessages('elsewhere', 'answer', 'R1', 150)).toEqual([])
    expect(await store.bufferedMessages('<default>', 'answer', 'R1', 1_000)).toEqual([])
  })

  it('refuses a message whose id is still buffered, and takes it once that one expired', async () => {
    await bench.store.insertMessage(aMessage('1', { messageId: 'm' }))

    await expect(bench.store.insertMessage(aMessage('2', { messageId: 'm' }))).rejects.toMatchObject({
      code: 'DUPLICATE',
      field: 'messageId',
    })
    await expect(bench.store.insertMessage(aMessage('1'))).rejects.toMatchObject({ code: 'DUPLICATE', field: 'key' })

    await bench.store.insertMessage(aMessage('3', { messageId: 'm', publishedAt: 1_000, expiresAt: 2_000 }))
    expect((await bench.store.bufferedMessages('<default>', 'answer', 'R1', 1_500)).map(({ key }) => key)).toEqual(['3'])
  })

  it('lets at most one instance of a process id claim a message', async () => {
    await bench.store.insertMessage(aMessage('1'))

    const claims = await Promise.all(Array.from({ length: 8 }, (_, n) => bench.store.claimMessage('1', 'permit', claimOf(n))))

    expect(claims.filter(Boolean)).toHaveLength(1)
    const winner = claims.indexOf(true)
    expect(await bench.store.claimMessage('1', 'permit', claimOf(winner))).toBe(true)
    expect(await bench.store.claimMessage('1', 'other', claimOf(9))).toBe(true)
    expect(await bench.store.claimMessage('unknown', 'permit', claimOf(1))).toBe(false)
    const [message] = await bench.store.bufferedMessages('<default>', 'answer', 'R1', 1)
    expect(message?.claims).toEqual({ permit: claimOf(winner), other: claimOf(9) })
  })

  it('frees a claim that is given back and keeps one that is confirmed', async () => {
    await bench.store.insertMessage(aMessage('1'))
    await bench.store.claimMessage('1', 'permit', claimOf(1))

    await bench.store.settleMessage('1', 'permit', undefined)
    expect(await bench.store.claimMessage('1', 'permit', claimOf(2))).toBe(true)
    await bench.store.settleMessage('1', 'permit', claimOf(2, true))

    expect(await bench.store.claimMessage('1', 'permit', claimOf(1))).toBe(false)
    expect(await bench.store.claimMessage('1', 'permit', claimOf(2))).toBe(true)
    expect((await bench.store.bufferedMessages('<default>', 'answer', 'R1', 1))[0]?.claims).toEqual({ permit: claimOf(2, true) })
  })

  it('tells messages with an open claim and lets them not expire', async () => {
    await bench.store.insertMessage(aMessage('1'))
    await bench.store.insertMessage(aMessage('2'))
    await bench.store.claimMessage('1', 'permit', claimOf(1))
    expect((await bench.store.unsettledMessages(10)).map(({ key, claims }) => [key, claims])).toEqual([['1', { permit: claimOf(1) }]])

    expect(await bench.store.expireMessages(999, 10)).toBe(0)
    expect(await bench.store.expireMessages(1_000, 10)).toBe(1)
    await bench.store.settleMessage('1', 'permit', claimOf(1, true))

    expect(await bench.store.unsettledMessages(10)).toEqual([])
    expect(await bench.store.expireMessages(1_000, 10)).toBe(1)
    expect(await bench.store.bufferedMessages('<default>', 'answer', 'R1', 0)).toEqual([])
  })
}
