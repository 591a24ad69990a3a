import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { businessCalendar, PUBLIC_CALENDAR } from '../../engine/runtime/index.ts'
import { type EngineHarness, openEngineHarness, TESTER } from '../helpers/engine-harness.ts'
import { process } from '../helpers/process-builder.ts'

const WORKER = { id: 'checker', kind: 'apiKey' } as const

let house: EngineHarness
beforeEach(async () => {
  house = await openEngineHarness({ calendar: PUBLIC_CALENDAR })
})
afterEach(async () => house.remove())

async function taskOf(key: string) {
  const { items } = await house.temp.store.search('userTask', { filter: { processInstanceKey: key } })
  const [task] = items
  if (!task) throw new Error('Expected a user task')
  return task
}
async function answer(type: string, result?: Parameters<EngineHarness['engine']['completeJob']>[1]['result']): Promise<void> {
  const [job] = await house.take(type)
  if (!job) throw new Error(`Expected a job of type ${type}`)
  await house.engine.completeJob(job.jobKey, { variables: {}, leaseToken: job.leaseToken, ...(result && { result }) }, WORKER)
}

describe('a task listener', () => {
  test('is a job that holds a completion; the row says who submitted what, and what was denied or corrected', async () => {
    await house.deploy(process('checked').start().userTask('decide', { candidateGroups: 'desk' }).listenToTask('completing:check').end())
    const key = await house.start('checked')
    const { key: userTaskKey } = await taskOf(key)

    await house.engine.completeUserTask(userTaskKey, { decision: 'accept' }, TESTER)
    expect(await taskOf(key)).toMatchObject({ state: 'COMPLETING' })
    await answer('check', { denied: true, deniedReason: 'alone' })
    expect((await taskOf(key)).completedBy).toBeUndefined()
    expect(await taskOf(key)).toMatchObject({ state: 'CREATED' })
    await house.engine.completeUserTask(userTaskKey, { decision: 'reject' }, TESTER)
    await answer('check', { corrections: { priority: 80 } })

    expect(await taskOf(key)).toMatchObject({ state: 'COMPLETED', completedBy: 'tester', submitted: { decision: 'reject' }, priority: 80 })
    expect(await house.stateOf(key)).toBe('COMPLETED')
  })

  test('is not needed to change attributes of a task', async () => {
    await house.deploy(process('changed').start().userTask('decide', { dueDate: '2026-05-01T09:00:00+08:00' }).end())
    const key = await house.start('changed')
    const { key: userTaskKey } = await taskOf(key)

    await house.engine.updateUserTask(userTaskKey, { priority: 90, dueDate: '', candidateGroups: ['seniors'] }, TESTER)

    expect(await taskOf(key)).toMatchObject({ priority: 90, candidateGroups: ['seniors'], state: 'CREATED' })
    expect((await taskOf(key)).dueDate).toBeUndefined()
    await expect(house.engine.updateUserTask(userTaskKey, { priority: 900 }, TESTER)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' })
  })
})

describe('an execution listener', () => {
  test('is a job of its kind; jobs of higher priority are handed out first', async () => {
    const model = process('told').start().parallel('fork').serviceTask('low', { type: 'work' }).end().at('fork')
    await house.deploy(
      model.serviceTask('high', { type: 'work' }).extend('<zeebe:jobPriorityDefinition priority="9" />').listen('start:work').end(),
    )
    await house.start('told')

    const [first, second] = await house.take('work')
    expect([first, second].map((job) => `${job?.kind} ${job?.elementId}`)).toEqual(['BPMN_ELEMENT low', 'EXECUTION_LISTENER high'])
    await house.engine.completeJob(second?.jobKey ?? '', { variables: {} }, WORKER)
    await house.engine.failJob(first?.jobKey ?? '', { retries: 2, errorMessage: 'busy' }, WORKER)

    expect((await house.take('work')).map(({ elementId }) => elementId)).toEqual(['high', 'low'])
  })
})

describe('a timer of working time', () => {
  test('goes by the calendar the engine was given', async () => {
    await house.deploy(process('working').start().catchEvent('wait', { duration: '=pause' }).end())
    const key = await house.start('working', { pause: 'working P1D' })

    const { items } = await house.temp.store.search('timer', { filter: { processInstanceKey: key } })
    const due = new Date((items[0]?.dueAt ?? 0) + 8 * 3_600_000).toISOString().slice(0, 10)
    const calendar = businessCalendar(PUBLIC_CALENDAR)
    expect(calendar.isWorkingDay(due)).toBe(true)
  })
})
