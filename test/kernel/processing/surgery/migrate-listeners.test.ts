import { describe, expect, test } from 'vitest'
import { expectNothingLeft, type Play, play } from '../../../helpers/kernel-harness.ts'
import { type ProcessBuilder, process } from '../../../helpers/process-builder.ts'

const open = (run: Play) => Object.values(run.state.jobs).map(({ kind, jobType }) => `${kind} ${jobType}`)
function answer(run: Play, variables: Record<string, string | number> = {}): void {
  const [job] = Object.values(run.state.jobs)
  if (!job) throw new Error(`Expected an open job\n${run.log()}`)
  run.must({ type: 'completeJob', jobKey: job.key, variables })
}
/** Answers whatever is open; the jobs in order. */
function answerAll(run: Play): string[] {
  const order: string[] = []
  while (Object.keys(run.state.jobs).length > 0) {
    order.push(...open(run))
    answer(run)
  }
  return order
}

describe('a task whose start listeners are asked', () => {
  const work = (type: string, ...listeners: readonly string[]): ProcessBuilder => {
    const model = process('p')
      .start()
      .serviceTask('a', { type, inputs: { given: '=1' } })
    if (listeners.length > 0) model.listen(...listeners)
    return model.end()
  }

  test.each([
    ['none', work('new'), ['EXECUTION_LISTENER one', 'BPMN_ELEMENT new']],
    ['fewer', work('new', 'start:one'), ['EXECUTION_LISTENER one', 'BPMN_ELEMENT new']],
    ['more', work('new', 'start:one', 'start:two'), ['EXECUTION_LISTENER one', 'EXECUTION_LISTENER two', 'BPMN_ELEMENT new']],
  ])('finishes the one that is asked, goes on with those of the target, then does its work: %s', async (_, target, order) => {
    const run = await play(work('old', 'start:one', 'start:other'))

    expect(await run.migrate(target, { same: ['a'] })).toBeUndefined()

    expect(answerAll(run)).toEqual(order)
    expectNothingLeft(run.state)
  })

  test('and one of which cannot be evaluated keeps what the others and the inputs said', async () => {
    const run = await play(work('old', 'start:one', 'start:=missing'))
    answer(run, { given: 2 })
    expect(run.incidents()).toHaveLength(1)

    expect(await run.migrate(work('=string(given)'), { same: ['a'] })).toBeUndefined()
    run.resolve()

    expect(open(run)).toEqual(['BPMN_ELEMENT 2'])
  })

  test('opens the boundary events of the target only when it gets in', async () => {
    const run = await play(work('old', 'start:one'))
    const target = work('new', 'start:one').boundary('a', 'late', { duration: 'PT1H' }).end('too_late')

    expect(await run.migrate(target, { same: ['a'] })).toBeUndefined()

    expect(Object.values(run.state.timers)).toHaveLength(0)
    answer(run)
    expect(Object.values(run.state.timers)).toHaveLength(1)
  })

  test('whose job has no retries left goes on after its incident is resolved', async () => {
    const run = await play(work('old', 'start:one'))
    run.must({ type: 'failJob', jobKey: run.job('a').key, retries: 0, errorMessage: 'no' })

    expect(await run.migrate(work('new', 'start:one'), { same: ['a'] })).toBeUndefined()
    run.must({ type: 'updateJob', jobKey: run.job('a').key, retries: 1 })
    run.resolve()

    expect(answerAll(run)).toEqual(['EXECUTION_LISTENER one', 'BPMN_ELEMENT new'])
    expectNothingLeft(run.state)
  })
})

describe('a task whose end listeners are asked', () => {
  const counted = (...listeners: readonly string[]): ProcessBuilder => {
    const model = process('p')
      .start()
      .serviceTask('a', { type: 'work', outputs: { turns: '=if turns = null then 1 else turns + 1' } })
    if (listeners.length > 0) model.listen(...listeners)
    return model.end()
  }

  test('goes on with those of the target, and its outputs are not mapped again', async () => {
    const run = await play(counted('end:one', 'end:=missing'))
    answer(run)
    answer(run)
    expect(run.incidents()).toHaveLength(1)

    expect(await run.migrate(counted(), { same: ['a'] })).toBeUndefined()
    run.resolve()

    expect(run.state).toMatchObject({ status: 'completed', result: { turns: 1 } })
  })

  test('leaves by the flows and events of the target', async () => {
    const run = await play(counted('end:one'))
    answer(run)

    const target = process('p').start().serviceTask('a', { type: 'work' }).listen('end:one', 'end:two').end('other')
    expect(await run.migrate(target, { same: ['a'] })).toBeUndefined()

    expect(answerAll(run)).toEqual(['EXECUTION_LISTENER one', 'EXECUTION_LISTENER two'])
    expect(run.state.endElementId).toBe('other')
  })
})

test.each([
  ['process', process('p').listen('start:one').start().userTask('t').end(), ['start']],
  [
    'subprocess',
    process('p')
      .start()
      .subProcess('s', (inner) => inner.start('in').userTask('t').end('out'))
      .listen('start:one')
      .end(),
    ['s'],
  ],
  ['multi-instance body', process('p').start().userTask('t').forEach({ inputCollection: '=[1,2]' }).listen('beforeAll:one').end(), ['t']],
])('a %s whose listeners are asked begins by the target', async (_, model, same) => {
  const run = await play(model)
  expect(open(run)).toEqual(['EXECUTION_LISTENER one'])

  expect(await run.migrate(model, { same })).toBeUndefined()

  answer(run)
  expect(run.live('t').length).toBeGreaterThan(0)
})

describe('a user task whose listeners are asked', () => {
  const task = (...listeners: readonly string[]): ProcessBuilder => {
    const model = process('p').start().userTask('t', { candidateGroups: 'desk', assignee: 'ann' })
    if (listeners.length > 0) model.listenToTask(...listeners)
    return model.end()
  }
  const held = (run: Play) => Object.values(run.state.userTasks)[0]
  const ask: Record<string, (run: Play) => void> = {
    creating: () => undefined,
    assigning: () => undefined,
    updating: (run) => run.must({ type: 'updateUserTask', userTaskKey: held(run)?.key as never, changes: { priority: 7 } }),
    completing: (run) => run.completeUserTask('t', { done: true }),
    canceling: (run) => run.must({ type: 'cancelInstance' }),
  }
  const outcome: Record<string, (run: Play) => unknown> = {
    creating: (run) => held(run)?.assignee,
    assigning: (run) => held(run)?.assignee,
    updating: (run) => held(run)?.attributes?.priority,
    completing: (run) => run.state.result?.done,
    canceling: (run) => run.state.status,
  }
  const expected: Record<string, unknown> = { creating: 'ann', assigning: 'ann', updating: 7, completing: true, canceling: 'terminated' }

  describe.each(Object.keys(ask))('while %s', (phase) => {
    test.each([
      ['none', [], ['one']],
      ['as many', ['one'], ['one']],
      ['more', ['first', 'second', 'third'], ['one', 'second', 'third']],
    ])('finishes the one that is asked, goes on with those of the target, then what was held is done: %s', async (_, after, order) => {
      const run = await play(task(`${phase}:one`))
      ask[phase]?.(run)
      expect(held(run)?.phase).toBe(phase)

      expect(await run.migrate(task(...after.map((type) => `${phase}:${type}`)), { same: ['t'] })).toBeUndefined()

      expect(answerAll(run)).toEqual(order.map((type) => `TASK_LISTENER ${type}`))
      expect(outcome[phase]?.(run)).toEqual(expected[phase])
    })
  })

  test('may deny by the source what the target would let pass', async () => {
    const run = await play(task('completing:one'))
    run.completeUserTask('t')

    await run.migrate(task(), { same: ['t'] })
    run.must({ type: 'completeJob', jobKey: run.job('t').key, variables: {}, result: { denied: true } })

    expect(held(run)?.phase).toBeUndefined()
    expect(run.waiting()).toEqual(['t'])
  })

  test('is told about all of the task by listeners that only the target has', async () => {
    const run = await play(task())

    await run.migrate(task('completing:one'), { same: ['t'] })
    run.completeUserTask('t')

    expect(run.job('t').customHeaders).toMatchObject({
      'io.camunda.zeebe:assignee': 'ann',
      'io.camunda.zeebe:candidateGroups': '["desk"]',
    })
  })
})

describe('a multi-instance body', () => {
  const each = (collects: boolean) =>
    process('p')
      .start()
      .serviceTask('a', { type: 'work' })
      .forEach({ inputCollection: '=[1,2,3]', inputElement: 'n', ...(collects && { outputCollection: 'all', outputElement: '=n * 10' }) })
      .end()

  test('that collects only in the target collects from then on', async () => {
    const run = await play(each(false))
    run.complete('a')

    expect(await run.migrate(each(true), { same: ['a'] })).toBeUndefined()
    run.complete('a')
    run.complete('a')

    expect(run.state).toMatchObject({ status: 'completed', result: { all: [null, 20, 30] } })
  })

  test('that does not collect in the target any more says nothing of what it had', async () => {
    const run = await play(each(true))
    run.complete('a')

    expect(await run.migrate(each(false), { same: ['a'] })).toBeUndefined()
    run.complete('a')
    run.complete('a')

    expect(run.state.status).toBe('completed')
    expect(run.variables()).toEqual({})
  })
})
