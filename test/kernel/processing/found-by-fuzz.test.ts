import { describe, expect, test } from 'vitest'
import { expectNothingLeft, play } from '../../helpers/kernel-harness.ts'
import { process } from '../../helpers/process-builder.ts'

/** The smallest models of what random runs found (see test/fuzz). */
describe('a repeated receive task', () => {
  test('takes its outgoing flow once, after the last repetition', async () => {
    const run = await play(
      process('p')
        .start()
        .receiveTask('wait', { message: 'news', correlationKey: '="k"' })
        .forEach({ inputCollection: '=[1, 2]' })
        .manualTask('after')
        .end(),
    )
    run.message('news', 'k')
    expect(run.completed()).not.toContain('after')

    run.message('news', 'k')

    expect(run.flows()).toEqual(['start_wait', 'wait_after', 'after_end'])
    expectNothingLeft(run.state)
  })
})

describe('a condition that is true whenever its task begins, and begins it again', () => {
  test('comes to an incident without looking at every waiting task each time', async () => {
    const model = process('p').start().exclusive('again').serviceTask('work', { type: 'job' }).end()
    model.boundary('work', 'ready', { condition: '=true', interrupting: false }).to('again')

    const run = await play(model, {}, false)

    expect(run.incidents().map(({ incidentType }) => incidentType)).toEqual(['STEP_BUDGET_EXCEEDED'])
  }, 10_000)
})

describe('a receive task on its way out', () => {
  test('takes no second message while its end listener is asked', async () => {
    const run = await play(process('p').start().receiveTask('wait', { message: 'news', correlationKey: '="k"' }).listen('end:check').end())

    run.message('news', 'k')

    expect(run.state.subscriptions).toEqual({})
    run.complete('wait')
    expectNothingLeft(run.state)
  })

  test('takes no second message while no flow leads on', async () => {
    const run = await play(process('p').start().receiveTask('wait', { message: 'news', correlationKey: '="k"' }).when('=good').end())

    run.message('news', 'k', { good: false })

    expect(run.incidents()).toMatchObject([{ elementId: 'wait', incidentType: 'CONDITION_ERROR' }])
    expect(run.state.subscriptions).toEqual({})
  })
})

describe('an ended child that is told of twice', () => {
  test('is refused the second time, also while the instance is suspended', async () => {
    const run = await play(process('p').start().callActivity('call', { processId: 'child' }).userTask('after').end())
    const [call] = Object.values(run.state.elements).filter(({ elementId }) => elementId === 'call')
    const told = {
      type: 'childEnded',
      elementInstanceKey: call?.key ?? ('' as never),
      childInstanceKey: call?.childInstanceKey ?? ('' as never),
      outcome: { kind: 'completed', variables: {} },
    } as const
    run.must(told)
    run.must({ type: 'suspendInstance' })

    expect(run.run(told)).toMatchObject({ code: 'NOT_FOUND' })
    expect(run.state.suspended?.deferred).toEqual([])
  })
})

describe('signals that wake each other without end', () => {
  test('come to an incident before they have filled the memory', async () => {
    const model = process('p').start().exclusive('again').parallel('fork').serviceTask('work', { type: 'job' }).end('done')
    model.at('fork').end('alarm', { signal: 'alarm' })
    model.boundary('work', 'heard', { signal: 'alarm', interrupting: false }).to('again')

    const run = await play(model, {}, false)

    expect(run.events.length).toBeLessThan(200_000)
    expect(run.incidents().map(({ incidentType }) => incidentType)).toContain('STEP_BUDGET_EXCEEDED')
  }, 20_000)

  test('go on with one that was over the budget when its incident is resolved', async () => {
    const model = process('p').start().exclusive('again').parallel('fork').serviceTask('work', { type: 'job' }).end('done')
    model.at('fork').end('alarm', { signal: 'alarm' })
    model.boundary('work', 'heard', { signal: 'alarm', interrupting: false }).exclusive('more').when('=more').to('again')
    model.at('more').otherwise().end('enough')
    const run = await play(model, { variables: { more: true } }, false)
    run.must({ type: 'setVariables', scopeKey: run.state.key, variables: { more: false }, local: false })
    const held = run.incidents().find(({ elementId }) => elementId === 'alarm')
    expect(run.state.elements[held?.elementInstanceKey ?? '']?.state).toBe('activating')

    run.must({ type: 'resolveIncident', incidentKey: held?.key as never })

    const thrown = run.events.filter((event) => event.type === 'signal.thrown').map(({ elementInstanceKey }) => elementInstanceKey)
    expect(thrown).toContain(held?.elementInstanceKey)
  }, 20_000)
})

describe('a complex gateway with a start listener', () => {
  test('fires once, and waits for the rest once its listener has answered', async () => {
    const model = process('p').start().parallel('fork').userTask('a').complex('join', '=activationCount >= 1').listen('start:check').end()
    model.at('fork').userTask('b').to('join')
    const run = await play(model)

    run.completeUserTask('a')
    expect(run.live('join')).toHaveLength(1)
    run.complete('join')
    run.completeUserTask('b')
    expect(run.live('join')).toHaveLength(1)
    run.complete('join')

    expect(run.flows().filter((id) => id === 'join_end')).toHaveLength(1)
    expectNothingLeft(run.state)
  })
})

describe('an instance that is held by a listener before it begins', () => {
  const model = (first: string) =>
    process('p').listen('start:check').eventGateway('gate', { instantiate: 'first' }).catchEvent(first, { message: 'one' }).end()
  const startedBy = (first: string) => {
    const builder = model(first)
    builder.at('gate').catchEvent('other', { message: 'two' }).end('otherEnd')
    return builder
  }

  test('begins in the definition it was migrated to', async () => {
    const run = await play(startedBy('first'), { startElementId: 'first' })

    expect(await run.migrate(startedBy('renamed'), { mapping: { first: 'renamed' } })).toBeUndefined()
    run.complete('p')

    expect(run.completed()).toContain('renamed')
    expectNothingLeft(run.state)
  })

  test('is not migrated where nothing is mapped to what it begins with', async () => {
    const run = await play(startedBy('first'), { startElementId: 'first' })

    expect(await run.migrate(startedBy('renamed'), { mapping: {} })).toMatchObject({
      violations: [{ rule: 'NOT_MAPPED', elementId: 'first' }],
    })
  })
})

describe('the answer of a listener to a suspended instance', () => {
  test('is refused at once when it could not be carried out later', async () => {
    const run = await play(process('p').start().userTask('a').listenToTask('completing:check').end())
    run.completeUserTask('a')
    const { key: jobKey } = run.job('a')
    run.must({ type: 'suspendInstance' })

    expect(run.run({ type: 'completeJob', jobKey, variables: { x: 1 } })).toMatchObject({ code: 'INVALID_ARGUMENT' })
    expect(run.run({ type: 'throwJobError', jobKey, errorCode: 'E' })).toMatchObject({ code: 'INVALID_STATE' })

    run.must({ type: 'completeJob', jobKey, variables: {} })
    run.must({ type: 'resumeInstance' })
    expectNothingLeft(run.state)
  })
})

describe('a transaction that is cancelled beside a task whose listeners are asked', () => {
  test('leaves by its cancel event once all is undone and the task is gone', async () => {
    const model = process('p')
      .start()
      .transaction('deal', (inner) => {
        inner.start('in').serviceTask('paid', { type: 'pay' }).undo('paid', 'refund', { type: 'refund' }).parallel('fork')
        inner.userTask('sign').listenToTask('canceling:check').end('signed')
        inner.at('fork').serviceTask('check', { type: 'check' }).end('stop', { cancel: true })
      })
      .end()
    model.boundary('deal', 'cancelled', { cancel: true }).end('undone')
    const run = await play(model)
    run.complete('paid')

    run.complete('check')
    run.complete('refund')
    expect(run.live('deal')).toHaveLength(1)
    expect(run.completed()).not.toContain('cancelled')
    run.complete('sign')

    expect(run.state.endElementId).toBe('undone')
    expectNothingLeft(run.state)
  })
})
