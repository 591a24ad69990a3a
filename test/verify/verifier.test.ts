import { Worker } from 'node:worker_threads'
import { afterEach, describe, expect, test } from 'vitest'
import { Verifier, type VerifierOptions } from '../../engine/verify/index.ts'
import { startVerifyWorker } from '../../engine/verify/start-verify-worker.ts'
import { process } from '../helpers/process-builder.ts'

let verifier: Verifier
const open = (options: VerifierOptions = {}) => {
  verifier = new Verifier(options)
  return verifier
}
afterEach(() => verifier.close())

const small = (id = 'p') => process(id).start().serviceTask('a', { type: 'a' }).end().xml()
/** More interleavings than the budget has commands: branches that run into one another. */
function large(): string {
  const model = process('large').start().parallel('fork')
  for (const id of ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']) model.at('fork').userTask(id).userTask(`${id}2`).to('merge')
  model.at('fork').exclusive('merge').userTask('after').end()
  return model.xml()
}
const script = (code: string) => async () => new Worker(code, { eval: true, execArgv: [] })

describe('the verifier', () => {
  test('leaves the event loop free while it explores', async () => {
    open()
    await verifier.verify(small())
    const order: string[] = []
    const explored = verifier.verify(large(), { budget: 1_500 }).then(({ commands }) => {
      order.push('explored')
      return commands
    })
    const turns = (async () => {
      for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve))
      order.push('twenty turns')
    })()

    const [commands] = await Promise.all([explored, turns])

    expect(commands).toBeGreaterThan(1_000)
    expect(order).toEqual(['twenty turns', 'explored'])
  })

  test('tells the same content from memory, and other content or callers anew', async () => {
    let started = 0
    const answer = `const { parentPort } = require('node:worker_threads'); let asked = 0
      parentPort.on('message', () => parentPort.postMessage({ verification: { commands: ++asked } }))`
    open({
      startWorker: () => {
        started++
        return script(answer)()
      },
    })

    const first = await verifier.verify(small())
    const again = await Promise.all([verifier.verify(small()), verifier.verify(small())])
    const other = await verifier.verify(small('q'))
    const called = await verifier.verify(small(), { called: ['p'] })

    expect(again).toEqual([first, first])
    expect([first, other, called].map(({ commands }) => commands)).toEqual([1, 2, 3])
    expect(started).toBe(1)
  })

  test('says that its thread died, and works on with a new one', async () => {
    const dying = script(`require('node:worker_threads').parentPort.on('message', () => process.exit(3))`)
    let started = 0
    open({ startWorker: () => (started++ === 0 ? dying() : startVerifyWorker()) })

    await expect(verifier.verify(small())).rejects.toMatchObject({ code: 'UNAVAILABLE', message: expect.stringContaining('exit code 3') })
    expect((await verifier.verify(small())).findings).toEqual([])
  })

  test('ends a thread that takes too long, and goes on with the next file', async () => {
    let started = 0
    const endless = `require('node:worker_threads').parentPort.on('message', () => { for (;;); })`
    const quick = `const { parentPort } = require('node:worker_threads'); parentPort.on('message', () => parentPort.postMessage({ verification: {} }))`
    open({ limitMs: 1_000, startWorker: () => script(started++ === 0 ? endless : quick)() })

    const [slow, next] = await Promise.allSettled([verifier.verify(small()), verifier.verify(small('q'))])

    expect(slow).toMatchObject({ status: 'rejected', reason: { code: 'DEADLINE_EXCEEDED' } })
    expect(next.status).toBe('fulfilled')
  })

  test('refuses what waits when it is closed', async () => {
    open()
    const waiting = verifier.verify(small())
    const refused = expect(waiting).rejects.toMatchObject({ code: 'UNAVAILABLE' })
    await verifier.close()

    await refused
    await expect(verifier.verify(small('q'))).rejects.toMatchObject({ code: 'UNAVAILABLE' })
  })
})
