import { describe, expect, test } from 'vitest'
import { parseBpmn } from '../../../../engine/kernel/index.ts'
import { expectNothingLeft, Play, play } from '../../../helpers/kernel-harness.ts'
import { type CatchOptions, type ProcessBuilder, process } from '../../../helpers/process-builder.ts'

const news = (name: string): CatchOptions => ({ message: name, correlationKey: '="k"' })
const HOUR = 3_600_000

async function rules(model: ProcessBuilder): Promise<string[]> {
  return (await parseBpmn(model.xml())).problems.map(({ elementId, rule }) => `${elementId} ${rule}`)
}

describe('a catch event with several definitions', () => {
  const either = (trigger: CatchOptions) => play(process('p').start().catchEvent('wait', trigger).end())

  test('goes on with the first that happens, and gives the others up', async () => {
    const run = await either({ any: [news('one'), { duration: 'PT1H' }, { signal: 'go' }, { condition: '=ready' }] })
    expect(Object.keys(run.state.subscriptions)).toHaveLength(2)
    expect(Object.keys(run.state.timers)).toHaveLength(1)
    run.message('one', 'k', { text: 'hello' })

    expect(run.variables()).toEqual({ text: 'hello' })
    expectNothingLeft(run.state)
  })

  test('goes on by a condition or a timer just as well', async () => {
    const byCondition = await either({ any: [news('one'), { condition: '=ready' }, { condition: '=other' }] })
    byCondition.must({ type: 'setVariables', scopeKey: byCondition.state.key, variables: { other: true }, local: false })
    const byTimer = await either({ any: [news('one'), { duration: 'PT1H' }] })
    byTimer.advance(HOUR)

    expectNothingLeft(byCondition.state)
    expectNothingLeft(byTimer.state)
  })

  test('goes on when all have happened, in whatever order, with all that came', async () => {
    const run = await either({ all: [news('one'), { duration: 'PT1H' }, news('two'), { condition: '=ready' }] })
    run.message('two', 'k', { b: 2 })
    expect(() => run.message('two', 'k')).toThrow('Expected a subscription to two')
    run.advance(HOUR)
    run.must({ type: 'setVariables', scopeKey: run.state.key, variables: { ready: true }, local: false })
    expect(run.waiting()).toEqual(['wait'])
    run.message('one', 'k', { a: 1 })

    expect(run.state.status).toBe('completed')
    expect(run.variables()).toEqual({ a: 1, b: 2, ready: true })
    expectNothingLeft(run.state)
  })
})

describe('boundary events with several definitions', () => {
  const guarded = (trigger: CatchOptions & { readonly interrupting?: boolean }) =>
    play(process('p').start().serviceTask('a', { type: 'work' }).end().boundary('a', 'guard', trigger).end('aside'))

  test('interrupt by an error or a message, whichever comes', async () => {
    const byError = await guarded({ any: [{ error: 'E' }, news('one')] })
    byError.throwError('a', 'E')
    const byMessage = await guarded({ any: [{ error: 'E' }, news('one')] })
    byMessage.message('one', 'k')

    expect(byError.state.endElementId).toBe('aside')
    expect(byMessage.state.endElementId).toBe('aside')
    expectNothingLeft(byMessage.state)
  })

  test('that do not interrupt fire for each definition', async () => {
    const run = await guarded({ any: [news('one'), { duration: 'PT1H' }], interrupting: false })
    run.message('one', 'k')
    run.advance(HOUR)
    run.message('one', 'k')

    expect(run.completed().filter((id) => id === 'aside')).toHaveLength(3)
    run.complete('a')
    expectNothingLeft(run.state)
  })

  test('that wait for all do so again and again when they do not interrupt', async () => {
    const run = await guarded({ all: [news('one'), news('two')], interrupting: false })
    for (const name of ['one', 'two', 'two', 'one']) run.message(name, 'k')

    expect(run.completed().filter((id) => id === 'aside')).toHaveLength(2)
    run.complete('a')
    expectNothingLeft(run.state)
  })
})

describe('an event subprocess with several definitions', () => {
  test('begins once all have happened', async () => {
    const run = await play(
      process('p')
        .start()
        .eventSubProcess('aside', (inner) => inner.startOn('on', { all: [news('one'), news('two')] }).end('asideEnd'))
        .serviceTask('a', { type: 'work' })
        .end(),
    )
    run.message('one', 'k', { a: 1 })
    expect(run.waiting()).toEqual(['a'])
    run.message('two', 'k', { b: 2 })

    expect(run.state).toMatchObject({ status: 'completed', endElementId: 'asideEnd' })
    expect(run.variables()).toEqual({ a: 1, b: 2 })
  })
})

describe('a throw or end event with several definitions', () => {
  test('throws all of them, in document order', async () => {
    const run = await play(
      process('p')
        .start()
        .subProcess('sub', (inner) =>
          inner
            .start('in')
            .throwEvent('thrown', { any: [{ signal: 'one' }, { escalation: 'E' }, { signal: 'two' }] })
            .end('inner'),
        )
        .end()
        .boundary('sub', 'raised', { escalation: 'E', interrupting: false })
        .end('aside'),
    )

    expect(
      run.events.flatMap((event) =>
        event.type === 'signal.thrown' ? [event.signalName] : event.type === 'escalation.thrown' ? ['E'] : [],
      ),
    ).toEqual(['one', 'E', 'two'])
    expect(run.state.status).toBe('completed')
  })

  test('ends its scope or throws its error after the rest', async () => {
    const terminating = await play(
      process('p')
        .start()
        .parallel('fork')
        .userTask('t')
        .end()
        .at('fork')
        .end('stop', { any: [{ signal: 'stopped' }, { terminate: true }] }),
    )
    const failing = await play(
      process('p')
        .start()
        .subProcess('sub', (inner) => inner.start('in').end('failed', { any: [{ error: 'E' }, { signal: 'told' }] }))
        .end()
        .boundary('sub', 'caught', { error: 'E' })
        .end('aside'),
    )

    expect(terminating.state.endElementId).toBe('stop')
    expectNothingLeft(terminating.state)
    expect(failing.state.endElementId).toBe('aside')
    for (const run of [terminating, failing]) expect(run.events.filter(({ type }) => type === 'signal.thrown')).toHaveLength(1)
  })

  test('throws nothing when the last cannot be thrown, and all once the incident is resolved', async () => {
    const run = await play(
      process('p')
        .start()
        .end('failed', { any: [{ signal: 'told' }, { error: 'E' }] }),
    )

    expect(run.incidents()).toMatchObject([{ incidentType: 'UNHANDLED_ERROR_EVENT' }])
    expect(run.events.filter(({ type }) => type === 'signal.thrown')).toEqual([])
  })
})

describe('what starts a process', () => {
  test('by several triggers on one start event is each of them', async () => {
    const parsed = await parseBpmn(
      process('p')
        .start('begin', { any: [{ message: 'one' }, { signal: 'go' }, { cycle: 'R/PT1H' }, { condition: '=amount > 5' }] })
        .end()
        .xml(),
    )

    expect(parsed.problems).toEqual([])
    expect(parsed.processes[0]?.startTriggers).toEqual([
      { kind: 'message', elementId: 'begin', messageName: 'one' },
      { kind: 'signal', elementId: 'begin', signalName: 'go' },
      { kind: 'timer', elementId: 'begin', timer: { kind: 'cycle', value: 'R/PT1H' } },
      { kind: 'condition', elementId: 'begin', condition: 'amount > 5' },
    ])
  })

  test('may be a receive task', async () => {
    const model = process('p')
      .receiveTask('first', { message: 'one', instantiate: true, outputs: { seen: '=text' } })
      .end()
    const parsed = await parseBpmn(model.xml())
    const run = await play(model, { startElementId: 'first', variables: { text: 'hello' } })

    expect(parsed.processes[0]?.startTriggers).toEqual([{ kind: 'message', elementId: 'first', messageName: 'one' }])
    expect(run.completed()).toEqual(['first', 'end'])
    expect(run.variables()).toMatchObject({ seen: 'hello' })
  })

  const gateway = (instantiate: 'first' | 'all') =>
    process('p')
      .eventGateway('gate', { instantiate })
      .catchEvent('one', news('one'))
      .parallel('join')
      .end()
      .at('gate')
      .catchEvent('two', news('two'))
      .to('join')

  test('may be the first event behind a gateway', async () => {
    const parsed = await parseBpmn(gateway('first').xml())
    const run = await play(gateway('first'), { startElementId: 'two' })

    expect(parsed.processes[0]?.startTriggers.map(({ elementId }) => elementId)).toEqual(['one', 'two'])
    expect(run.completed()).toEqual(['gate', 'two'])
    expect(Object.keys(run.state.subscriptions)).toEqual([])
  })

  test('may be all events behind a gateway: one starts it, it waits for the others', async () => {
    const run = await play(gateway('all'), { startElementId: 'two' })
    expect(run.waiting()).toEqual(['one'])
    run.message('one', 'k')

    expect(run.completed()).toEqual(['gate', 'two', 'one', 'join', 'end'])
    expectNothingLeft(run.state)
  })
})

/** As a file for no particular engine. */
const plain = (model: ProcessBuilder) => model.xml().replace(/ xmlns:zeebe="[^"]*"/, '')

describe('an event-based gateway', () => {
  const race = () =>
    process('p')
      .start()
      .eventGateway('race')
      .receiveTask('one', { message: 'one' })
      .end('got')
      .at('race')
      .catchEvent('late', { duration: 'PT1H' })
      .end('timedOut')

  test('may lead to a receive task', async () => {
    const [definition] = (await parseBpmn(plain(race()))).processes
    if (!definition) throw new Error('Expected the process to be read')
    const run = new Play(definition, {})
    const [subscription] = Object.values(run.state.subscriptions)
    run.message('one', subscription?.correlationKey ?? '', { text: 'hello' })

    expect(run.state.endElementId).toBe('got')
    expect(run.variables()).toEqual({ text: 'hello' })
    expectNothingLeft(run.state)
  })

  test('may not in a file for Camunda 8, which has no such thing', async () => {
    expect(await rules(race())).toContain('race EVENT_GATEWAY_TARGET')
  })
})

describe('a conditional event', () => {
  test('looks only at the kinds of changes its filter names', async () => {
    const model = (variableEvents: string) =>
      process('p').start().catchEvent('wait', { condition: '=x > 1', variableNames: 'x', variableEvents }).end()
    const set = { variables: { x: 5 }, local: false } as const
    const onUpdate = await play(model('update'))
    onUpdate.must({ type: 'setVariables', scopeKey: onUpdate.state.key, ...set })
    expect(onUpdate.state.status).toBe('active')
    onUpdate.must({ type: 'setVariables', scopeKey: onUpdate.state.key, ...set, variables: { x: 6 } })
    const onCreate = await play(model('create'))
    onCreate.must({ type: 'setVariables', scopeKey: onCreate.state.key, ...set })

    expect(onUpdate.state.status).toBe('completed')
    expect(onCreate.state.status).toBe('completed')
  })
})

describe('definitions that do not go together', () => {
  test('are refused, each with its element', async () => {
    const model = process('p')
      .start('begin', { all: [{ message: 'one' }, { signal: 'go' }] })
      .catchEvent('cycles', { all: [news('a'), { duration: 'PT1H' }, { error: 'E' }] })
      .serviceTask('a', { type: 'work' })
      .end('over', { any: [{ terminate: true }, { error: 'E' }] })
      .boundary('a', 'guard', { any: [{ compensate: '' }, news('x')] })
      .end()

    expect(await rules(model)).toEqual([
      'begin PARALLEL_MULTIPLE_START',
      'cycles CATCH_EVENT_KIND',
      'cycles MULTIPLE_EVENT_KIND',
      'cycles PARALLEL_MULTIPLE_KIND',
      'over MULTIPLE_EVENT_KIND',
      'guard MULTIPLE_EVENT_KIND',
    ])
  })

  test('are refused on what starts a process', async () => {
    const model = process('p')
      .start()
      .receiveTask('late', { message: 'one', instantiate: true })
      .end()
      .eventGateway('gate', { instantiate: 'first' })
      .catchEvent('timer', { duration: 'PT1H' })
      .end()
      .at('gate')
      .catchEvent('two', { message: 'two' })
      .end()

    expect(await rules(model)).toEqual(expect.arrayContaining(['late INSTANTIATE_PLACE', 'timer INSTANTIATE_EVENT']))
  })
})
