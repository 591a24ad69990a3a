import { describe, expect, test } from 'vitest'
import { expectNothingLeft, play } from '../../../helpers/kernel-harness.ts'
import { process } from '../../../helpers/process-builder.ts'

describe('service task', () => {
  const model = () =>
    process('p')
      .start()
      .serviceTask('work', { type: '=kind', retries: '=tries', headers: { agency: 'customs' } })
      .end()

  test('offers a job with evaluated type and retries, and ends when it is completed', async () => {
    const run = await play(model(), { variables: { kind: 'weigh', tries: 2 } })

    expect(run.job('work')).toMatchObject({ jobType: 'weigh', retries: 2, customHeaders: { agency: 'customs' } })

    run.complete('work', { tonnes: 4 })

    expect(run.state).toMatchObject({ status: 'completed', result: { kind: 'weigh', tries: 2, tonnes: 4 } })
    expectNothingLeft(run.state)
  })

  test('completed twice is refused the second time', async () => {
    const run = await play(process('p').start().serviceTask('work', { type: 'w' }).serviceTask('next', { type: 'n' }).end())
    const { key } = run.job('work')

    run.complete('work')

    expect(run.run({ type: 'completeJob', jobKey: key, variables: {} })?.code).toBe('NOT_FOUND')
  })

  test('without retries left is held by an incident until someone gives it retries (F27)', async () => {
    const run = await play(process('p').start().serviceTask('work', { type: 'w' }).end())
    const { key } = run.job('work')
    run.must({ type: 'failJob', jobKey: key, retries: 0, errorMessage: 'scale is broken' })

    expect(run.incidents()).toMatchObject([{ incidentType: 'JOB_NO_RETRIES', message: 'scale is broken', jobKey: key }])
    const [incident] = run.incidents()
    expect(run.run({ type: 'resolveIncident', incidentKey: incident?.key as never })?.code).toBe('INVALID_STATE')
    expect(run.run({ type: 'completeJob', jobKey: key, variables: {} })?.code).toBe('INVALID_STATE')

    run.must({ type: 'updateJob', jobKey: key, retries: 1 })
    run.resolve()
    run.complete('work')

    expect(run.state.status).toBe('completed')
  })

  test('waits out its back-off after a failure', async () => {
    const run = await play(process('p').start().serviceTask('work', { type: 'w' }).end())

    run.must({ type: 'failJob', jobKey: run.job('work').key, retries: 2, errorMessage: 'busy', retryBackOffMs: 60_000 })

    expect(run.events).toContainEqual(expect.objectContaining({ type: 'job.failed', retries: 2, availableAt: run.now + 60_000 }))
    expect(run.incidents()).toEqual([])
  })

  test('whose type does not evaluate is an incident, and is offered once the variable is there', async () => {
    const run = await play(model(), { variables: { tries: 1 } })

    expect(run.incidents()).toMatchObject([{ elementId: 'work', incidentType: 'EXTRACT_VALUE_ERROR' }])
    run.must({ type: 'setVariables', scopeKey: run.state.key, variables: { kind: 'x' }, local: false })
    run.resolve()

    expect(run.job('work').jobType).toBe('x')
  })
})

describe('user task', () => {
  test('is created with its people, dates and priority, and can be claimed by one of them only', async () => {
    const model = process('p')
      .start()
      .userTask('decide', { candidateGroups: '=["customs.doc-officer"]', dueDate: '2026-03-01T10:00:00+08:00', priority: '80' })
      .end()
    const run = await play(model)
    const [task] = Object.values(run.state.userTasks)
    const userTaskKey = task?.key as never

    expect(run.events).toContainEqual(
      expect.objectContaining({
        type: 'userTask.created',
        candidateGroups: ['customs.doc-officer'],
        priority: 80,
        dueDate: '2026-03-01T10:00:00+08:00',
      }),
    )
    run.must({ type: 'assignUserTask', userTaskKey, assignee: 'li', allowOverride: false })
    const second = run.run({ type: 'assignUserTask', userTaskKey, assignee: 'chen', allowOverride: false })

    expect(second).toMatchObject({ code: 'INVALID_STATE', message: expect.stringContaining('li already holds it') })
    run.completeUserTask('decide', { decision: 'accept' })
    expect(run.state).toMatchObject({ status: 'completed', result: { decision: 'accept' } })
  })

  test('with a priority out of range is an incident', async () => {
    const run = await play(process('p').start().userTask('decide', { priority: '=101' }).end())

    expect(run.incidents()).toMatchObject([{ incidentType: 'EXTRACT_VALUE_ERROR' }])
  })
})

describe('script task', () => {
  test('puts its result into a variable', async () => {
    const run = await play(process('p').start().scriptTask('add', { expression: '=0.1 + 0.2', resultVariable: 'sum' }).end())

    expect(run.state.result).toEqual({ sum: 0.3 })
  })
})

describe('receive task', () => {
  test('waits for the message with its key', async () => {
    const run = await play(process('p').start().receiveTask('answer', { message: 'customs.answer', correlationKey: '=receiptNo' }).end(), {
      variables: { receiptNo: 'SW1' },
    })

    run.message('customs.answer', 'SW1', { answer: 'accepted' })

    expect(run.state.result).toEqual({ receiptNo: 'SW1', answer: 'accepted' })
    expectNothingLeft(run.state)
  })
})

describe('variables', () => {
  test('go to the nearest scope that has the name, else to the root', async () => {
    const model = process('p')
      .start()
      .subProcess('inner', (inner) => inner.start('s').serviceTask('work', { type: 'w' }).end('e'), { inputs: { local: '=1' } })
      .end()
    const run = await play(model, { variables: { known: 0 } })

    run.complete('work', { local: 2, known: 3, fresh: 4 })

    expect(run.state.result).toEqual({ known: 3, fresh: 4 })
  })

  test('leave through output mappings only, once there is one; siblings of a mapped path stay (F20)', async () => {
    const model = process('p')
      .start()
      .serviceTask('work', { type: 'w', outputs: { 'a.a2': '=a.a2' } })
      .end()
    const run = await play(model, { variables: { a: { a1: 1 } } })

    run.complete('work', { a: { a2: 2, a3: 3 }, extra: true })

    expect(run.state.result).toEqual({ a: { a1: 1, a2: 2 } })
  })

  test('of two branches that map into one object are both kept (F20)', async () => {
    const model = process('p')
      .start()
      .parallel('fork')
      .serviceTask('x', { type: 'x', outputs: { 'p.x': '=v' } })
      .parallel('join')
      .end()
    model
      .at('fork')
      .serviceTask('y', { type: 'y', outputs: { 'p.y': '=v' } })
      .to('join')
    const run = await play(model)

    run.complete('x', { v: 1 })
    run.complete('y', { v: 2 })

    expect(run.state.result).toEqual({ p: { x: 1, y: 2 } })
  })

  test('mapped one after the other see what was mapped before (F17)', async () => {
    const model = process('p')
      .start()
      .serviceTask('work', { type: 'w', outputs: { a: '=item', r: '=a' } })
      .end()
    const run = await play(model, { variables: { a: 'old' } })

    run.complete('work', { item: 'new' })

    expect(run.state.result).toEqual({ a: 'new', r: 'new' })
  })

  test('a mapping that fails holds the element with an incident; what the worker said is not lost', async () => {
    const model = process('p')
      .start()
      .serviceTask('work', { type: 'w' })
      .serviceTask('next', { type: 'n', inputs: { half: '=total.half' } })
      .end()
    const run = await play(model, { variables: { total: { half: 2 } } })

    run.complete('work')

    expect(run.job('next')).toBeDefined()
    expect(run.state.elements[run.job('next').elementInstanceKey]?.variables).toEqual({ half: 2 })
  })

  test('named like an object internals are refused', async () => {
    const run = await play(process('p').start().serviceTask('work', { type: 'w' }).end())

    const rejection = run.run({ type: 'completeJob', jobKey: run.job('work').key, variables: JSON.parse('{"__proto__":{"admin":true}}') })

    expect(rejection?.code).toBe('INVALID_ARGUMENT')
  })
})

describe('call activity', () => {
  const caller = () =>
    process('p')
      .start()
      .callActivity('call', { processId: 'child', propagateAllChildVariables: false, outputs: { got: '=answer' } })
      .end('done')
      .boundary('call', 'failed', { error: 'E' })
      .end('caught')

  test('asks for the child with all that it sees and maps the answer', async () => {
    const run = await play(caller(), { variables: { n: 1 } })

    expect(run.events).toContainEqual(
      expect.objectContaining({ type: 'child.requested', bpmnProcessId: 'child', variables: { n: 1 }, depth: 1 }),
    )
    run.childEnded({ kind: 'completed', variables: { answer: 42, noise: true } })

    expect(run.state).toMatchObject({ status: 'completed', result: { n: 1, got: 42 } })
  })

  test('catches an error that leaves the child', async () => {
    const run = await play(caller())

    run.childEnded({ kind: 'error', errorCode: 'E', errorMessage: '', variables: {} })

    expect(run.state.endElementId).toBe('caught')
  })

  test('whose process is missing is an incident; resolved, it is asked for again', async () => {
    const run = await play(caller())

    run.childEnded({ kind: 'notStarted', reason: "Expected process 'child' to be deployed, but it is not" })
    expect(run.incidents()).toMatchObject([{ incidentType: 'CALLED_ELEMENT_ERROR' }])
    run.resolve()
    run.childEnded({ kind: 'completed', variables: { answer: 1 } })

    expect(run.state.status).toBe('completed')
  })

  test('that is cancelled asks for the child to be cancelled, and the child that ends too late is refused', async () => {
    const run = await play(caller())
    const waiting = Object.values(run.state.elements).find((entry) => entry.childInstanceKey !== undefined)

    run.must({ type: 'cancelInstance' })

    expect(run.events).toContainEqual({ type: 'child.cancelRequested', childInstanceKey: waiting?.childInstanceKey })
    expectNothingLeft(run.state)
    expect(
      run.run({
        type: 'childEnded',
        elementInstanceKey: waiting?.key as never,
        childInstanceKey: waiting?.childInstanceKey as never,
        outcome: { kind: 'terminated' },
      })?.code,
    ).toBe('NOT_FOUND')
  })
})

describe('cancel', () => {
  test('ends everything and leaves nothing', async () => {
    const model = process('p')
      .start()
      .parallel('fork')
      .subProcess('inner', (inner) => inner.start('s').userTask('u').end('e'))
      .end('one')
    model.at('fork').catchEvent('wait', { duration: 'PT1H' }).end('two')
    model.at('fork').receiveTask('answer', { message: 'm', correlationKey: '="k"' }).end('three')
    const run = await play(model)

    run.must({ type: 'cancelInstance' })

    expect(run.state.status).toBe('terminated')
    expectNothingLeft(run.state)
    expect(run.run({ type: 'cancelInstance' })?.code).toBe('NOT_FOUND')
  })
})
