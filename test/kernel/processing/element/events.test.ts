import { describe, expect, test } from 'vitest'
import { expectNothingLeft, play } from '../../../helpers/kernel-harness.ts'
import { process } from '../../../helpers/process-builder.ts'

const HOUR = 3_600_000

describe('boundary event', () => {
  test('an interrupting timer ends the activity and takes its own flow', async () => {
    const model = process('p')
      .start()
      .serviceTask('work', { type: 'w' })
      .end('done')
      .boundary('work', 'late', { duration: 'PT1H' })
      .end('lapsed')
    const run = await play(model)

    run.advance(HOUR)

    expect(run.state).toMatchObject({ status: 'completed', endElementId: 'lapsed' })
    expect(run.events).toContainEqual(expect.objectContaining({ type: 'job.canceled' }))
    expectNothingLeft(run.state)
  })

  test('a non-interrupting timer leaves the activity at work', async () => {
    const model = process('p')
      .start()
      .serviceTask('work', { type: 'w' })
      .end('done')
      .boundary('work', 'remind', { duration: 'PT1H', interrupting: false })
      .serviceTask('mail', { type: 'm' })
      .end('mailed')
    const run = await play(model)

    run.advance(HOUR)
    expect(run.waiting()).toEqual(['mail', 'work'])
    run.complete('work')
    expect(run.state.status).toBe('active')
    run.complete('mail')

    expect(run.state.status).toBe('completed')
  })

  test('a cycle fires on its grid as long as the activity lives', async () => {
    const model = process('p')
      .start()
      .serviceTask('work', { type: 'w' })
      .end('done')
      .boundary('work', 'remind', { cycle: 'R3/PT1H', interrupting: false })
      .end('reminded')
    const run = await play(model)

    run.advance(10 * HOUR)

    expect(run.completed().filter((id) => id === 'remind')).toHaveLength(3)
  })

  test('a non-interrupting message is taken as often as it comes, the same one only once', async () => {
    const model = process('p')
      .start()
      .serviceTask('work', { type: 'w' })
      .end('done')
      .boundary('work', 'news', { message: 'news', correlationKey: '=id', interrupting: false })
      .serviceTask('read', { type: 'r' })
      .end('seen')
    const run = await play(model, { variables: { id: 'x' } })

    run.message('news', 'x', {}, 'm1')
    run.message('news', 'x', {}, 'm2')
    const again = run.message('news', 'x', {}, 'm2')

    expect(Object.values(run.state.jobs).filter((job) => job.elementId === 'read')).toHaveLength(2)
    expect(again?.code).toBe('ALREADY_EXISTS')
  })

  test('a non-interrupting message remembers only the latest of the many it has taken', async () => {
    const model = process('p')
      .start()
      .serviceTask('work', { type: 'w' })
      .end('done')
      .boundary('work', 'news', { message: 'news', correlationKey: '=id', interrupting: false })
      .end('seen')
    const run = await play(model, { variables: { id: 'x' } }, false)

    for (let turn = 0; turn < 250; turn++) run.message('news', 'x', {}, `m${turn}`)

    expect(Object.values(run.state.subscriptions)[0]?.correlated).toHaveLength(100)
    expect(run.message('news', 'x', {}, 'm240')?.code).toBe('ALREADY_EXISTS')
  })

  test('still interrupts after an event subprocess inside was triggered (F12)', async () => {
    const model = process('p')
      .start()
      .subProcess('inner', (inner) => {
        inner.start('innerStart').serviceTask('t', { type: 't' }).end('innerEnd')
        inner.eventSubProcess('aside', (aside) =>
          aside
            .startOn('a', { message: 'a', correlationKey: '=id', interrupting: false })
            .serviceTask('t2', { type: 't2' })
            .end('asideEnd'),
        )
      })
    model.end('done').boundary('inner', 'b', { message: 'b', correlationKey: '=id' }).end('stopped')
    const run = await play(model, { variables: { id: '1' } })

    run.message('a', '1')
    expect(run.waiting()).toEqual(['t', 't2'])
    run.message('b', '1')

    expect(run.state).toMatchObject({ status: 'completed', endElementId: 'stopped' })
    expectNothingLeft(run.state)
  })
})

describe('error', () => {
  const guarded = (code: string) =>
    process('p').start().serviceTask('work', { type: 'w' }).end('done').boundary('work', 'catch', { error: code }).end('caught')

  test('thrown by a job is caught by the boundary event with its code', async () => {
    const run = await play(guarded('NO_ANSWER'))

    run.throwError('work', 'NO_ANSWER', { reason: 'silent' })

    expect(run.state).toMatchObject({ status: 'completed', endElementId: 'caught', result: { reason: 'silent' } })
  })

  test.each(['', 'other'])('without code on the catch is caught whatever it is (F14): %j', async (thrown) => {
    const run = await play(guarded(''))

    run.throwError('work', thrown)

    expect(run.state.endElementId).toBe('caught')
  })

  test('prefers the catch with its code to the one that catches all, and the inner scope to the outer (F14)', async () => {
    const model = process('p')
      .start()
      .subProcess('outer', (outer) =>
        outer
          .start('s')
          .serviceTask('work', { type: 'w' })
          .end('e')
          .boundary('work', 'any', { error: '' })
          .end('anyEnd')
          .boundary('work', 'exact', { error: 'E1' })
          .serviceTask('right', { type: 'r' })
          .end('exactEnd'),
      )
    model.end('done').boundary('outer', 'far', { error: 'E1' }).end('farEnd')
    const run = await play(model)

    run.throwError('work', 'E1')

    expect(run.waiting()).toEqual(['right'])
  })

  test('that nothing catches raises an incident; resolved, the work is offered again', async () => {
    const run = await play(guarded('OTHER'))

    run.throwError('work', 'E1')

    expect(run.incidents()).toMatchObject([{ elementId: 'work', incidentType: 'UNHANDLED_ERROR_EVENT' }])
    expect(run.state.jobs).toEqual({})
    run.resolve()
    run.complete('work')
    expect(run.state.endElementId).toBe('done')
  })

  test('end event ends its subprocess and is caught outside', async () => {
    const model = process('p')
      .start()
      .subProcess('inner', (inner) =>
        inner.start('s').parallel('fork').end('bad', { error: 'E' }).at('fork').serviceTask('other', { type: 'o' }).end('fine'),
      )
    model.end('done').boundary('inner', 'catch', { error: 'E' }).end('caught')
    const run = await play(model)

    expect(run.state).toMatchObject({ status: 'completed', endElementId: 'caught' })
    expectNothingLeft(run.state)
  })

  test('event subprocess catches before the boundary of its scope', async () => {
    const model = process('p')
      .start()
      .subProcess('inner', (inner) => {
        inner.start('s').serviceTask('work', { type: 'w' }).end('e')
        inner.eventSubProcess('mend', (mend) => mend.startOn('oops', { error: 'E' }).serviceTask('fix', { type: 'f' }).end('mended'))
      })
    model.end('done').boundary('inner', 'catch', { error: 'E' }).end('caught')
    const run = await play(model)

    run.throwError('work', 'E')
    expect(run.waiting()).toEqual(['fix'])
    run.complete('fix')

    expect(run.state.endElementId).toBe('done')
  })

  test('thrown inside an event subprocess is not caught by its siblings but outside', async () => {
    const model = process('p')
      .start()
      .subProcess('inner', (inner) => {
        inner.start('s').serviceTask('work', { type: 'w' }).end('e')
        inner.eventSubProcess('mend', (mend) => mend.startOn('oops', { error: 'E' }).serviceTask('fix', { type: 'f' }).end('mended'))
      })
    model.end('done').boundary('inner', 'catch', { error: 'E' }).end('caught')
    const run = await play(model)

    run.throwError('work', 'E')
    run.throwError('fix', 'E')

    expect(run.state.endElementId).toBe('caught')
  })
})

describe('terminate end event', () => {
  test('ends its own scope only', async () => {
    const model = process('p')
      .start()
      .subProcess('inner', (inner) =>
        inner.start('s').parallel('fork').end('stop', { terminate: true }).at('fork').serviceTask('other', { type: 'o' }).end('fine'),
      )
    model.serviceTask('after', { type: 'a' }).end('done')
    const run = await play(model)

    expect(run.waiting()).toEqual(['after'])
    run.complete('after')
    expect(run.state).toMatchObject({ status: 'completed', endElementId: 'done' })
  })
})

describe('event subprocess', () => {
  test('interrupts everything else in its scope, and takes no second trigger', async () => {
    const model = process('p').start().serviceTask('work', { type: 'w' }).end('done')
    model.eventSubProcess('withdraw', (inner) =>
      inner.startOn('withdrawn', { message: 'withdraw', correlationKey: '=id' }).serviceTask('tell', { type: 't' }).end('gone'),
    )
    const run = await play(model, { variables: { id: 'R1' } })

    run.message('withdraw', 'R1', { why: 'mistake' })

    expect(run.waiting()).toEqual(['tell'])
    expect(run.state.subscriptions).toEqual({})
    run.complete('tell')
    expect(run.state).toMatchObject({ status: 'completed', result: { id: 'R1', why: 'mistake' } })
  })

  test('without interrupting runs beside, once for every message', async () => {
    const model = process('p').start().serviceTask('work', { type: 'w' }).end('done')
    model.eventSubProcess('amend', (inner) =>
      inner
        .startOn('amended', { message: 'amend', correlationKey: '=id', interrupting: false })
        .serviceTask('send', { type: 's' })
        .end('sent'),
    )
    const run = await play(model, { variables: { id: 'R1' } })

    run.message('amend', 'R1', {}, 'm1')
    run.message('amend', 'R1', {}, 'm2')

    expect(run.waiting()).toEqual(['send', 'send', 'work'])
  })

  test('by timer is armed when its scope is entered', async () => {
    const model = process('p').start().serviceTask('work', { type: 'w' }).end('done')
    model.eventSubProcess('lapse', (inner) => inner.startOn('tooLate', { duration: 'PT72H' }).end('lapsed'))
    const run = await play(model)

    run.advance(72 * HOUR)

    expect(run.state.status).toBe('completed')
    expect(run.completed()).toContain('tooLate')
    expectNothingLeft(run.state)
  })
})

describe('timer', () => {
  test.each([
    ['P30D', 30 * 24 * HOUR],
    ['P2Y', 731 * 24 * HOUR],
  ])('waits %s, beyond what a 32-bit delay holds (F24)', async (duration, ms) => {
    const run = await play(process('p').start().catchEvent('wait', { duration }).end())

    run.advance(ms - 1)
    expect(run.state.status).toBe('active')
    run.advance(1)
    expect(run.state.status).toBe('completed')
  })

  test('in the past fires at once', async () => {
    const run = await play(process('p').start().catchEvent('wait', { date: '2020-01-01T00:00:00Z' }).end())

    run.advance(0)

    expect(run.state.status).toBe('completed')
  })

  test('that does not read as a time is an incident naming it', async () => {
    const run = await play(process('p').start().catchEvent('wait', { duration: '=howLong' }).end(), { variables: { howLong: 'soon' } })

    expect(run.incidents()).toMatchObject([{ incidentType: 'EXTRACT_VALUE_ERROR', message: expect.stringContaining("'soon'") }])
  })

  test('is refused before it is due', async () => {
    const run = await play(process('p').start().catchEvent('wait', { duration: 'PT1H' }).end())
    const [timer] = Object.values(run.state.timers)

    expect(run.run({ type: 'triggerTimer', timerKey: timer?.key as never })?.code).toBe('INVALID_STATE')
  })
})

describe('message', () => {
  test('published by a throw event carries what the input mappings name', async () => {
    const model = process('p')
      .start()
      .throwEvent('tell', { message: 'news', correlationKey: '=id', timeToLive: 'PT1H', inputs: { text: '=greeting' } })
      .end()
    const run = await play(model, { variables: { id: 4, greeting: 'hi' } })

    expect(run.events).toContainEqual(
      expect.objectContaining({
        type: 'message.thrown',
        messageName: 'news',
        correlationKey: '4',
        timeToLiveMs: HOUR,
        variables: { text: 'hi' },
      }),
    )
  })
})
