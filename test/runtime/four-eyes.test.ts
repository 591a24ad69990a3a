import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type EngineHarness, openEngineHarness } from '../helpers/engine-harness.ts'
import { process } from '../helpers/process-builder.ts'

const LIN = { id: 'lin', kind: 'user' } as const
const ZHOU = { id: 'zhou', kind: 'user' } as const

let house: EngineHarness
beforeEach(async () => {
  house = await openEngineHarness()
})
afterEach(async () => house.remove())

const reviewed = (notBy: string) => process('licence').start().userTask('review').userTask('decide', { properties: { notBy } }).end()

async function openTask(processInstanceKey: string, elementId: string) {
  const { items } = await house.temp.store.search('userTask', { filter: { processInstanceKey, elementId, state: 'CREATED' } })
  if (!items[0]) throw new Error(`Expected an open task ${elementId}`)
  return items[0].key
}

describe('a task with notBy', () => {
  test('is neither taken nor completed by who completed the other one; anybody else may', async () => {
    await house.deploy(reviewed('review'))
    const key = await house.start('licence')
    await house.engine.completeUserTask(await openTask(key, 'review'), {}, LIN)
    const decide = await openTask(key, 'decide')

    await expect(house.engine.assignUserTask(decide, 'lin', false, LIN)).rejects.toMatchObject({ code: 'FORBIDDEN' })
    await expect(house.engine.completeUserTask(decide, {}, LIN)).rejects.toMatchObject({
      code: 'FORBIDDEN',
      message: expect.stringContaining('lin'),
    })
    expect(await house.stateOf(key)).toBe('ACTIVE')
    await house.engine.completeUserTask(decide, {}, ZHOU)

    expect(await house.stateOf(key)).toBe('COMPLETED')
  })

  test('is open to who completed the other one in another instance', async () => {
    await house.deploy(reviewed('review'))
    const [mine, other] = [await house.start('licence'), await house.start('licence')]
    await house.engine.completeUserTask(await openTask(mine, 'review'), {}, LIN)
    await house.engine.completeUserTask(await openTask(other, 'review'), {}, ZHOU)

    await house.engine.completeUserTask(await openTask(other, 'decide'), {}, LIN)

    expect(await house.stateOf(other)).toBe('COMPLETED')
  })

  test('that names no user task is refused at deployment', async () => {
    await expect(house.deploy(reviewed('revue'))).rejects.toMatchObject({ problems: [expect.objectContaining({ elementId: 'decide' })] })
  })
})
