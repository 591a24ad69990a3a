import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type EngineHarness, openEngineHarness, TESTER } from '../helpers/engine-harness.ts'
import { process } from '../helpers/process-builder.ts'

let house: EngineHarness
beforeEach(async () => {
  house = await openEngineHarness()
})
afterEach(async () => house.remove())

const parent = (options = {}) =>
  process('parent')
    .start()
    .callActivity('call', { processId: 'child', ...options })
    .end()
const child = (type = 'work') => process('child').start().serviceTask('work', { type }).end()
async function complete(type: string, variables = {}) {
  for (const job of await house.take(type)) await house.engine.completeJob(job.jobKey, { variables, leaseToken: job.leaseToken }, TESTER)
  await house.settled()
}
async function childOf(key: string) {
  const { items } = await house.temp.store.search('instance', { filter: { parentProcessInstanceKey: key } })
  return items.at(-1)
}
async function incidentOf(key: string) {
  return (await house.temp.store.search('incident', { filter: { processInstanceKey: key, state: 'ACTIVE' } })).items[0]
}

describe('a call activity', () => {
  test('hands its variables down and gets the result up', async () => {
    await house.deploy(parent(), child())
    const key = await house.start('parent', { a: 1 })
    await house.settled()
    const called = await childOf(key)
    expect(await house.engine.getVariables(called?.key ?? '')).toEqual({ a: 1 })

    await complete('work', { b: 2 })

    expect(await house.stateOf(key)).toBe('COMPLETED')
    expect(await house.engine.getVariables(key)).toEqual({ a: 1, b: 2 })
  })

  test('cancels its child when its instance is cancelled', async () => {
    await house.deploy(parent(), child())
    const key = await house.start('parent')
    await house.settled()

    await house.engine.cancelInstance(key, TESTER)
    await house.settled()

    expect((await childOf(key))?.state).toBe('TERMINATED')
    expect(await house.take('work')).toEqual([])
  })

  test('starts no child for an instance that was cancelled in the same moment', async () => {
    await house.deploy(parent(), child())
    const key = await house.start('parent')

    await house.engine.cancelInstance(key, TESTER)
    await house.settled()

    expect((await childOf(key))?.state ?? 'TERMINATED').toBe('TERMINATED')
  })

  test('catches an error that left the child', async () => {
    const failing = process('child').start().end('failed', { error: 'NO_QUOTA' })
    await house.deploy(parent().boundary('call', 'caught', { error: 'NO_QUOTA' }).end('handled'), failing)

    const key = await house.start('parent')
    await house.settled()

    expect(await house.completed(key)).toContain('handled')
    expect(await house.stateOf(key)).toBe('COMPLETED')
  })

  test('of a process that is not deployed is an incident, and goes on once it is', async () => {
    await house.deploy(parent())
    const key = await house.start('parent')
    await house.settled()
    expect(await incidentOf(key)).toMatchObject({ incidentType: 'CALLED_ELEMENT_ERROR' })

    await house.deploy(child())
    await house.engine.resolveIncident((await incidentOf(key))?.key ?? '', TESTER)
    await house.settled()
    await complete('work')

    expect(await house.stateOf(key)).toBe('COMPLETED')
  })

  test('of a process that only messages start is an incident', async () => {
    await house.deploy(parent(), process('child').start('s', { message: 'go' }).end())

    const key = await house.start('parent')
    await house.settled()

    expect((await incidentOf(key))?.message).toContain('start event without trigger')
  })

  test.each([
    ['latest', 'new'],
    ['deployment', 'old'],
  ] as const)('bound to %s calls the %s version', async (bindingType, expected) => {
    await house.deploy(parent({ bindingType }), child('old'))
    await house.deploy(child('new'))

    await house.start('parent')
    await house.settled()

    expect(await house.take(expected)).toHaveLength(1)
  })

  test('bound to a version tag calls the newest version that has it', async () => {
    const tagged = (tag: string, type: string) => process('child', { versionTag: tag }).start().serviceTask('work', { type }).end()
    await house.deploy(tagged('spring', 'one'))
    await house.deploy(tagged('spring', 'two'))
    await house.deploy(tagged('autumn', 'three'))
    await house.deploy(parent({ bindingType: 'versionTag', versionTag: 'spring' }))

    await house.start('parent')
    await house.settled()

    expect(await house.take('two')).toHaveLength(1)
  })

  test('nested a hundred deep comes back up to the root', async () => {
    const nested = process('nested')
      .start()
      .exclusive('deeper')
      .when('=n < 100')
      .scriptTask('count', { expression: '=n + 1', resultVariable: 'n' })
    await house.deploy(nested.callActivity('call', { processId: 'nested' }).end().at('deeper').otherwise().end())

    const key = await house.start('nested', { n: 0 })
    await house.settled()

    expect(await house.stateOf(key)).toBe('COMPLETED')
    expect(await house.engine.getVariables(key)).toEqual({ n: 100 })
    expect(house.engine.metrics()['instances.completed']).toBe(101)
  })

  test('of nested calls that wait for the same message: the outermost interruption wins and nothing hangs (F11)', async () => {
    const interrupt = { message: 'stop', correlationKey: '=k' }
    const outer = process('outer')
      .start()
      .callActivity('callMiddle', { processId: 'middle' })
      .end()
      .boundary('callMiddle', 'stopOuter', interrupt)
      .end('outerStopped')
    const middle = process('middle')
      .start()
      .callActivity('callInner', { processId: 'child' })
      .end()
      .boundary('callInner', 'stopMiddle', interrupt)
      .end('middleStopped')
    await house.deploy(outer, middle, child())
    const key = await house.start('outer', { k: 'A' })
    await house.settled()

    await house.publish('stop', 'A')
    await house.settled()

    expect(await house.completed(key)).toContain('outerStopped')
    expect(await house.stateOf(key)).toBe('COMPLETED')
    expect((await house.temp.store.search('instance', { filter: { state: 'ACTIVE' } })).total).toBe(0)
  })
})
