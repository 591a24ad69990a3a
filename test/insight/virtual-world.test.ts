import { describe, expect, test } from 'vitest'
import { type JobAnswer, type JobOffer, VirtualWorld, WorldNeverRests } from '../../engine/insight/index.ts'
import type { ExecutableProcess } from '../../engine/kernel/index.ts'
import { deployed } from '../helpers/kernel-harness.ts'
import { process } from '../helpers/process-builder.ts'

const MINUTE_MS = 60_000

function world(processes: readonly ExecutableProcess[], worker?: (offer: JobOffer) => JobAnswer | undefined): VirtualWorld {
  const made = new VirtualWorld({ now: Date.UTC(2026, 2, 1), zone: 'UTC', stepLimit: 100, ...(worker && { worker }) })
  made.deploy(processes)
  return made
}

const statuses = (made: VirtualWorld) => [...made.instances.values()].map(({ state }) => `${state.bpmnProcessId} ${state.status}`)

describe('a virtual world', () => {
  test('stands still until its clock is moved', async () => {
    const timed = await deployed(process('p').start().catchEvent('wait', { duration: 'PT5M' }).end())
    const made = world([timed])

    made.start('p', {})
    made.advance(5 * MINUTE_MS - 1)
    const before = statuses(made)
    made.advance(1)

    expect(before).toEqual(['p active'])
    expect(statuses(made)).toEqual(['p completed'])
  })

  test('lets a worker answer later, and takes the answer only while the job is open', async () => {
    const jobs = await deployed(process('p').start().serviceTask('work', { type: 'w' }).end())
    const made = world([jobs], () => ({ kind: 'complete', afterMs: MINUTE_MS }))

    const key = made.start('p', {})
    made.settle()
    made.run(key, { type: 'cancelInstance' })
    made.advance(2 * MINUTE_MS)

    expect(statuses(made)).toEqual(['p terminated'])
  })

  test('runs called processes and hands their result up', async () => {
    const parent = await deployed(process('parent').start().callActivity('call', { processId: 'child' }).end())
    const child = await deployed(process('child').start().serviceTask('work', { type: 'w' }).end())
    const made = world([parent, child], () => ({ kind: 'complete', variables: { answer: 42 } }))

    const key = made.start('parent', {})
    made.settle()

    expect(made.instances.get(key)?.state.result).toEqual({ answer: 42 })
  })

  test('keeps a message for its time to live, for one instance of each process', async () => {
    const waiting = await deployed(process('p').start().catchEvent('wait', { message: 'm', correlationKey: '="k"' }).end())
    const made = world([waiting])

    made.publish({ name: 'm', correlationKey: 'k', variables: {}, timeToLiveMs: MINUTE_MS })
    made.start('p', {})
    made.start('p', {})
    made.settle()

    expect(statuses(made)).toEqual(['p completed', 'p active'])
  })

  test('says so when a process never comes to rest', async () => {
    const looping = await deployed(process('p').start().serviceTask('work', { type: 'w' }).to('work'))
    const made = world([looping], () => ({ kind: 'complete' }))

    made.start('p', {})

    expect(() => made.settle()).toThrow(WorldNeverRests)
  })
})
