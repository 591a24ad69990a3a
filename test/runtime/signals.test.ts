import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type EngineHarness, openEngineHarness, TENANT, TESTER } from '../helpers/engine-harness.ts'
import { process } from '../helpers/process-builder.ts'

let house: EngineHarness
beforeEach(async () => {
  house = await openEngineHarness()
})
afterEach(async () => house.remove())

const broadcast = (signalName: string, variables = {}) => house.engine.broadcastSignal({ signalName, variables, tenantId: TENANT }, TESTER)
const waiter = process('waiter').start().catchEvent('wait', { signal: 'storm' }).end()

describe('a signal', () => {
  test('reaches every instance that waits for it, with its variables', async () => {
    await house.deploy(waiter)
    const keys = await Promise.all(Array.from({ length: 5 }, () => house.start('waiter')))

    await broadcast('storm', { wind: 11 })

    expect(await Promise.all(keys.map((key) => house.stateOf(key)))).toEqual(keys.map(() => 'COMPLETED'))
    expect(await house.engine.getVariables(keys[0] ?? '')).toEqual({ wind: 11 })
  })

  test('of another name reaches nobody, and none is kept for later', async () => {
    await house.deploy(waiter)
    await broadcast('storm')

    const key = await house.start('waiter')
    await broadcast('calm')
    await house.settled()

    expect(await house.stateOf(key)).toBe('ACTIVE')
  })

  test('thrown by a process reaches others', async () => {
    await house.deploy(waiter, process('thrower').start().throwEvent('warn', { signal: 'storm' }).end())
    const key = await house.start('waiter')

    await house.start('thrower')
    await house.settled()

    expect(await house.stateOf(key)).toBe('COMPLETED')
  })

  test('starts one instance of every process it starts', async () => {
    await house.deploy(process('alarm').start('heard', { signal: 'storm' }).end())

    await broadcast('storm', { wind: 9 })

    const { items } = await house.temp.store.search('instance', {})
    expect(items.map(({ bpmnProcessId, state }) => `${bpmnProcessId} ${state}`)).toEqual(['alarm COMPLETED'])
  })

  test('carried out twice, as after a crash, is taken once', async () => {
    const watch = process('watch').start().serviceTask('work', { type: 'work' }).end()
    watch.boundary('work', 'heard', { signal: 'storm', interrupting: false }).end('noted')
    await house.deploy(watch, process('alarm').start('begin', { signal: 'storm' }).end())
    const key = await house.start('watch')
    const { signalKey } = await broadcast('storm')
    const payload = { signalKey, tenantId: TENANT, name: 'storm', variables: {} }
    await house.temp.store.addOutbox([{ key: 'again', kind: 'broadcastSignal', payload, availableAt: house.clock.now(), attempts: 0 }])

    await house.restart()
    await house.settled()

    expect((await house.completed(key)).filter((id) => id === 'noted')).toHaveLength(1)
    expect((await house.temp.store.search('instance', { filter: { bpmnProcessId: 'alarm' } })).total).toBe(1)
  })

  test('is no message: a message of its name does not reach its subscriptions', async () => {
    await house.deploy(waiter)
    const key = await house.start('waiter')

    await house.publish('storm', '')
    await expect(house.publish('signal:storm', '')).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' })

    expect(await house.stateOf(key)).toBe('ACTIVE')
  })
})

describe('an escalation that a child does not catch', () => {
  const child = process('child').start().throwEvent('late', { escalation: 'LATE' }).end()

  test('reaches the boundary of the call activity before the child’s end does', async () => {
    const parent = process('parent').start().callActivity('call', { processId: 'child' }).end('done')
    parent.boundary('call', 'escalated', { escalation: 'LATE', interrupting: false }).end('noted')
    await house.deploy(parent, child)

    const key = await house.start('parent')
    await house.settled()

    const completed = await house.completed(key)
    expect(completed).toContain('noted')
    expect(completed).toContain('done')
    expect(await house.stateOf(key)).toBe('COMPLETED')
  })

  test('told twice, as after a crash, is taken once', async () => {
    const slow = process('child').start().throwEvent('late', { escalation: 'LATE' }).serviceTask('work', { type: 'work' }).end()
    const parent = process('parent').start().callActivity('call', { processId: 'child' }).end('done')
    parent.boundary('call', 'escalated', { escalation: 'LATE', interrupting: false }).end('noted')
    await house.deploy(parent, slow)
    const key = await house.start('parent')
    await house.settled()
    const [called] = (await house.temp.store.search('instance', { filter: { parentProcessInstanceKey: key } })).items
    const history = await house.engine.getHistory(key)
    const told = history.find(({ command }) => command === 'childEscalated')
    const payload = {
      parent: { processInstanceKey: key, elementInstanceKey: called?.parentElementInstanceKey ?? '', depth: 1 },
      ...{ childInstanceKey: called?.key ?? '', escalationCode: 'LATE', variables: {} },
    }
    const rowKey = told?.actor.id.replace('escalation ', '') ?? ''
    await house.temp.store.addOutbox([{ key: rowKey, kind: 'escalateToParent', payload, availableAt: house.clock.now(), attempts: 0 }])

    await house.restart()
    await house.settled()

    expect((await house.completed(key)).filter((id) => id === 'noted')).toHaveLength(1)
  })
})
