import { describe, expect, test } from 'vitest'
import { parseBpmn, type UserTaskKey } from '../../../engine/kernel/index.ts'
import { expectNothingLeft, type Play, play } from '../../helpers/kernel-harness.ts'
import { process, type UserTaskOptions } from '../../helpers/process-builder.ts'

type Result = NonNullable<Extract<Parameters<Play['run']>[0], { type: 'completeJob' }>['result']>

const start = (listeners: readonly string[], options: UserTaskOptions = {}) =>
  play(
    process('p')
      .start()
      .userTask('t', { candidateGroups: 'desk', ...options })
      .listenToTask(...listeners)
      .end(),
  )
function listener(run: Play) {
  const [job] = Object.values(run.state.jobs)
  if (!job) throw new Error(`Expected a listener to be asked\n${run.log()}`)
  return job
}
const answer = (run: Play, result?: Result) =>
  run.run({ type: 'completeJob', jobKey: listener(run).key, variables: {}, ...(result && { result }) })
function task(run: Play) {
  const [found] = Object.values(run.state.userTasks)
  if (!found) throw new Error(`Expected a user task\n${run.log()}`)
  return found
}
const taskKey = (run: Play): UserTaskKey => task(run).key
const told = (run: Play, prefix: string) => run.events.filter(({ type }) => type.startsWith(prefix))

describe('task listeners', () => {
  test('to the creation are asked one after the other, then those to the assignment it brings', async () => {
    const run = await start(['creating:c1', 'creating:c2', 'assigning:a1'], { assignee: 'lin' })
    const asked: string[] = []
    while (Object.keys(run.state.jobs).length > 0) {
      const { jobType, kind } = listener(run)
      asked.push(`${kind} ${jobType} while ${task(run).phase}, held by ${task(run).assignee}`)
      answer(run)
    }

    expect(asked).toEqual([
      'TASK_LISTENER c1 while creating, held by undefined',
      'TASK_LISTENER c2 while creating, held by undefined',
      'TASK_LISTENER a1 while assigning, held by undefined',
    ])
    expect(task(run)).toMatchObject({ assignee: 'lin' })
    expect(task(run).phase).toBeUndefined()
  })

  test('hold a completion, its variables and the token until they have agreed', async () => {
    const run = await start(['completing:check'])
    run.must({ type: 'completeUserTask', userTaskKey: taskKey(run), variables: { decision: 'accept' } })

    expect(run.state.status).toBe('active')
    expect(run.variables()).toEqual({})
    answer(run)
    expect(run.state.status).toBe('completed')
    expect(run.variables()).toEqual({ decision: 'accept' })
    expectNothingLeft(run.state)
  })

  test('may deny, with a reason, and the task is as it was', async () => {
    const run = await start(['completing:check', 'assigning:check', 'updating:check'])
    run.must({ type: 'completeUserTask', userTaskKey: taskKey(run), variables: {} })
    answer(run, { denied: true, deniedReason: 'two eyes are not four' })
    run.must({ type: 'assignUserTask', userTaskKey: taskKey(run), assignee: 'wang', allowOverride: false })
    answer(run, { denied: true })
    run.must({ type: 'updateUserTask', userTaskKey: taskKey(run), changes: { priority: 90 } })
    answer(run, { denied: true })

    expect(told(run, 'userTask.settled')).toMatchObject([{ denied: true, deniedReason: 'two eyes are not four' }, {}, {}])
    expect(told(run, 'userTask.assigned')).toEqual([])
    expect(told(run, 'userTask.updated')).toEqual([])
    expect(run.waiting()).toEqual(['t'])
  })

  test('may correct attributes, and the next one sees the corrections', async () => {
    const run = await start(['assigning:first', 'assigning:second'])
    run.must({ type: 'assignUserTask', userTaskKey: taskKey(run), assignee: 'wang', allowOverride: false })
    expect(listener(run).customHeaders).toMatchObject({ 'io.camunda.zeebe:action': 'claim', 'io.camunda.zeebe:assignee': 'wang' })
    answer(run, { corrections: { assignee: 'chen', priority: 80, candidateGroups: ['seniors'] } })
    expect(listener(run).customHeaders).toMatchObject({
      'io.camunda.zeebe:assignee': 'chen',
      'io.camunda.zeebe:priority': '80',
      'io.camunda.zeebe:changedAttributes': '["assignee","priority","candidateGroups"]',
    })
    answer(run)

    expect(task(run).assignee).toBe('chen')
    expect(told(run, 'userTask.updated')).toMatchObject([{ changes: { priority: 80, candidateGroups: ['seniors'] } }])
  })

  test('may not deny a creation, send variables, or correct to what is not allowed', async () => {
    const run = await start(['creating:c'])

    expect(answer(run, { denied: true })).toMatchObject({ code: 'INVALID_ARGUMENT' })
    expect(answer(run, { corrections: { priority: 101 } })).toMatchObject({ code: 'INVALID_ARGUMENT' })
    expect(answer(run, { corrections: { dueDate: 'soon' } })).toMatchObject({ code: 'INVALID_ARGUMENT' })
    expect(run.run({ type: 'completeJob', jobKey: listener(run).key, variables: { a: 1 } })).toMatchObject({ code: 'INVALID_ARGUMENT' })
  })

  test('are the only ones who may act on the task while they are asked', async () => {
    const run = await start(['completing:check'])
    run.must({ type: 'completeUserTask', userTaskKey: taskKey(run), variables: {} })

    expect(run.run({ type: 'completeUserTask', userTaskKey: taskKey(run), variables: {} })).toMatchObject({ code: 'INVALID_STATE' })
    expect(run.run({ type: 'unassignUserTask', userTaskKey: taskKey(run) })).toMatchObject({ code: 'INVALID_STATE' })
  })

  test('raise an incident of their own kind when retries are used up, and are tried again alone', async () => {
    const run = await start(['completing:one', 'completing:two'])
    run.must({ type: 'completeUserTask', userTaskKey: taskKey(run), variables: {} })
    answer(run)
    const { key } = listener(run)
    run.must({ type: 'failJob', jobKey: key, retries: 0, errorMessage: 'broken' })
    expect(run.incidents()).toMatchObject([{ incidentType: 'TASK_LISTENER_NO_RETRIES' }])
    run.must({ type: 'updateJob', jobKey: key, retries: 1 })
    run.resolve()
    answer(run)

    expect(run.state.status).toBe('completed')
  })

  test('whose type cannot be evaluated hold the task in an incident and do not make a second one', async () => {
    const run = await start(['completing:=kind.name'])
    run.must({ type: 'completeUserTask', userTaskKey: taskKey(run), variables: {} })
    expect(run.incidents()).toMatchObject([{ incidentType: 'EXTRACT_VALUE_ERROR' }])
    run.must({ type: 'setVariables', scopeKey: run.state.key, variables: { kind: { name: 'check' } }, local: false })
    run.resolve()
    answer(run)

    expect(told(run, 'userTask.created')).toHaveLength(1)
    expect(run.state.status).toBe('completed')
  })

  test('keep their old names', async () => {
    const run = await start(['create:c', 'complete:d'])
    answer(run)
    run.must({ type: 'completeUserTask', userTaskKey: taskKey(run), variables: {} })

    expect(listener(run).jobType).toBe('d')
  })

  test('are refused on what is no native user task, and for events there are none of', async () => {
    const model = process('p')
      .start()
      .serviceTask('a', { type: 'x' })
      .listenToTask('completing:y')
      .userTask('t')
      .listenToTask('sleeping:z')
      .end()

    const { problems } = await parseBpmn(model.xml())

    expect(problems.map(({ elementId, rule }) => `${elementId} ${rule}`)).toEqual(['a TASK_LISTENER_NOT_ALLOWED', 't LISTENER_NOT_ALLOWED'])
  })
})

describe('listeners to a cancellation', () => {
  test('keep the instance until they have answered', async () => {
    const run = await start(['canceling:clean'])
    run.must({ type: 'cancelInstance' })
    expect(run.state.status).toBe('active')
    expect(run.run({ type: 'completeUserTask', userTaskKey: taskKey(run), variables: {} })).toMatchObject({ code: 'INVALID_STATE' })
    answer(run)

    expect(run.state.status).toBe('terminated')
    expectNothingLeft(run.state)
  })

  test('are not waited for any longer when it is cancelled a second time', async () => {
    const run = await start(['canceling:clean'])
    run.must({ type: 'cancelInstance' })
    run.must({ type: 'cancelInstance' })

    expect(run.state.status).toBe('terminated')
    expectNothingLeft(run.state)
  })

  test('let an interrupting boundary event go on, and the scope end after them', async () => {
    const run = await play(
      process('p')
        .start()
        .subProcess('sub', (inner) => inner.start('in').userTask('t').listenToTask('canceling:clean').end('inner'))
        .end()
        .boundary('sub', 'late', { duration: 'PT1H' })
        .end('timedOut'),
    )
    run.advance(3_600_000)
    expect(run.completed()).toContain('timedOut')
    expect(run.state.status).toBe('active')
    answer(run)

    expect(run.state).toMatchObject({ status: 'completed', endElementId: 'timedOut' })
    expectNothingLeft(run.state)
  })

  test('are waited for by a multi-instance body whose completion condition holds', async () => {
    const run = await play(
      process('p')
        .start()
        .userTask('t')
        .forEach({ inputCollection: '=[1, 2, 3]', completionCondition: '=numberOfCompletedInstances = 1' })
        .listenToTask('canceling:clean')
        .end(),
    )
    run.completeUserTask('t')
    expect(Object.keys(run.state.jobs)).toHaveLength(2)
    answer(run)
    answer(run)

    expect(run.state.status).toBe('completed')
    expectNothingLeft(run.state)
  })

  test('are waited for by a terminate end event and by an interrupting event subprocess', async () => {
    const run = await play(
      process('p')
        .start()
        .parallel('fork')
        .userTask('t')
        .listenToTask('canceling:clean')
        .end()
        .at('fork')
        .serviceTask('a', { type: 'a' })
        .end('stop', { terminate: true }),
    )
    run.complete('a')
    expect(run.state.status).toBe('active')
    answer(run)

    expect(run.state.status).toBe('completed')
    expectNothingLeft(run.state)
  })
})
