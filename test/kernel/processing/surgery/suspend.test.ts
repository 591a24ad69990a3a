import { describe, expect, test } from 'vitest'
import { expectNothingLeft, type Play, play } from '../../../helpers/kernel-harness.ts'
import { process } from '../../../helpers/process-builder.ts'

const suspend = (run: Play) => run.must({ type: 'suspendInstance' })
const resume = (run: Play) => run.must({ type: 'resumeInstance' })

const model = () =>
  process('p')
    .start()
    .parallel('split')
    .serviceTask('job', { type: 'j' })
    .userTask('after_job')
    .end()
    .at('split')
    .userTask('task')
    .boundary('task', 'late', { duration: 'PT1H', interrupting: false })
    .userTask('remind')
    .end('reminded')
    .at('task')
    .end('done')
    .at('split')
    .catchEvent('wait', { message: 'm', correlationKey: '="k"' })
    .end('told')

describe('a suspended instance', () => {
  test('refuses what can be asked for again, and tells the way out', async () => {
    const run = await play(model())
    suspend(run)
    run.now += 2 * 3_600_000

    const task = Object.values(run.state.userTasks)[0]
    const timer = Object.values(run.state.timers)[0]
    const refusals = [
      run.run({ type: 'completeUserTask', userTaskKey: task?.key as never, variables: {} }),
      run.run({ type: 'triggerTimer', timerKey: timer?.key as never }),
      run.message('m', 'k'),
    ]

    for (const refusal of refusals) expect(refusal).toMatchObject({ code: 'INVALID_STATE', message: expect.stringContaining('resume it') })
    expect(run.waiting()).toEqual(['job', 'task', 'wait'])
  })

  test('keeps the answer to a job, and carries it out once resumed', async () => {
    const run = await play(model())
    const job = run.job('job')
    suspend(run)
    run.complete('job', { weight: 7 })

    expect(run.waiting()).toContain('job')
    expect(run.run({ type: 'completeJob', jobKey: job.key, variables: {} })).toMatchObject({ code: 'INVALID_STATE' })
    resume(run)

    expect(run.waiting()).toEqual(['after_job', 'task', 'wait'])
    expect(run.variables()).toEqual({ weight: 7 })
    expect(run.state.suspended).toBeUndefined()
  })

  test('refuses the answer to a job that is gone', async () => {
    const run = await play(model())
    suspend(run)

    expect(run.run({ type: 'completeJob', jobKey: '9' as never, variables: {} })).toMatchObject({ code: 'NOT_FOUND' })
  })

  test('carries kept answers out in order, and forgets one whose element an earlier one ended', async () => {
    const run = await play(
      process('p')
        .start()
        .parallel('split')
        .serviceTask('a', { type: 'a' })
        .end('stop', { terminate: true })
        .at('split')
        .serviceTask('b', { type: 'b' })
        .end(),
    )
    suspend(run)
    run.complete('a')
    run.complete('b')
    resume(run)

    expect(run.completed()).not.toContain('b')
    expectNothingLeft(run.state)
  })

  test('keeps that a child ended', async () => {
    const run = await play(process('p').start().callActivity('call', { processId: 'q' }).userTask('after').end())
    suspend(run)
    run.childEnded({ kind: 'completed', variables: { x: 1 } })
    expect(run.waiting()).toEqual(['call'])

    resume(run)

    expect(run.waiting()).toEqual(['after'])
  })

  test('looks at conditions that changed meanwhile once it is resumed', async () => {
    const builder = process('p').start().userTask('task')
    builder.boundary('task', 'heavy', { condition: '=weight > 10' }).userTask('weigh').end('weighed')
    const run = await play(builder.at('task').end())
    suspend(run)
    run.must({ type: 'setVariables', scopeKey: run.state.key, variables: { weight: 11 }, local: true })
    expect(run.waiting()).toEqual(['task'])

    resume(run)

    expect(run.waiting()).toEqual(['weigh'])
  })

  test('can be modified, and its new work waits too', async () => {
    const run = await play(model())
    suspend(run)

    expect(run.modify({ move: [{ sourceElementId: 'job', targetElementId: 'after_job' }] })).toBeUndefined()

    expect(run.waiting()).toEqual(['after_job', 'task', 'wait'])
    expect(run.state.suspended).toBeDefined()
  })

  test('can be cancelled', async () => {
    const run = await play(model())
    suspend(run)
    run.must({ type: 'cancelInstance' })

    expect(run.state.status).toBe('terminated')
    expectNothingLeft(run.state)
    expect(run.state.suspended).toBeUndefined()
  })

  test('that is cancelled stands still no longer when its task listeners are asked', async () => {
    const run = await play(process('p').start().userTask('a').listenToTask('canceling:ask').end())
    suspend(run)
    run.must({ type: 'cancelInstance' })
    expect(run.state.suspended).toBeUndefined()

    run.complete('a')

    expect(run.state.status).toBe('terminated')
    expectNothingLeft(run.state)
  })

  test('is not suspended twice, and only a suspended one is resumed', async () => {
    const run = await play(model())
    expect(run.run({ type: 'resumeInstance' })).toMatchObject({ code: 'INVALID_STATE' })
    suspend(run)

    expect(run.run({ type: 'suspendInstance' })).toMatchObject({ code: 'INVALID_STATE' })
  })

  test('fires an overdue timer after it was resumed', async () => {
    const run = await play(model())
    suspend(run)
    run.now += 2 * 3_600_000
    resume(run)

    run.advance(0)

    expect(run.waiting()).toContain('remind')
  })
})
