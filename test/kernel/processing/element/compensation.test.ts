import { describe, expect, test } from 'vitest'
import { expectNothingLeft, play } from '../../../helpers/kernel-harness.ts'
import { process } from '../../../helpers/process-builder.ts'

describe('compensation', () => {
  const booked = () =>
    process('p')
      .start()
      .serviceTask('book', { type: 'b' })
      .undo('book', 'unbook', { type: 'u' })
      .serviceTask('pay', { type: 'p' })
      .undo('pay', 'refund', { type: 'r' })

  test('undoes what completed, the last first, and goes on when all is undone', async () => {
    const run = await play(booked().throwEvent('undo', { compensate: '' }).serviceTask('after', { type: 'a' }).end())
    run.complete('book')
    run.complete('pay')

    expect(run.waiting()).toEqual(['refund', 'undo'])
    run.complete('refund')
    expect(run.waiting()).toEqual(['unbook', 'undo'])
    run.complete('unbook')

    expect(run.waiting()).toEqual(['after'])
    run.complete('after')
    expectNothingLeft(run.state)
    expect(run.state.compensations).toBeUndefined()
  })

  test('of one activity leaves the others as they are', async () => {
    const run = await play(booked().end('undo', { compensate: 'book' }))
    run.complete('book')
    run.complete('pay')

    expect(run.waiting()).toEqual(['unbook', 'undo'])
    run.complete('unbook')

    expect(run.state.status).toBe('completed')
  })

  test('of what has not completed does nothing', async () => {
    const model = process('p').start().parallel('fork').serviceTask('book', { type: 'b' }).undo('book', 'unbook', { type: 'u' }).end('done')
    model.at('fork').throwEvent('undo', { compensate: '' }).end('undone')
    const run = await play(model)

    expect(run.waiting()).toEqual(['book'])
  })

  test('reaches into completed subprocesses, not into running ones', async () => {
    const model = process('p')
      .start()
      .subProcess('trip', (inner) => inner.start('s').serviceTask('book', { type: 'b' }).undo('book', 'unbook', { type: 'u' }).end('e'))
      .throwEvent('undo', { compensate: '' })
      .end()
    const run = await play(model)

    run.complete('book')
    expect(run.waiting()).toEqual(['unbook', 'undo'])
    run.complete('unbook')

    expect(run.state.status).toBe('completed')
  })

  test('is forgotten with a scope that is interrupted', async () => {
    const model = process('p')
      .start()
      .subProcess('trip', (inner) =>
        inner.start('s').serviceTask('book', { type: 'b' }).undo('book', 'unbook', { type: 'u' }).userTask('wait').end('e'),
      )
    model.end('done').boundary('trip', 'late', { duration: 'PT1H' }).throwEvent('undo', { compensate: '' }).end('undone')
    const run = await play(model)

    run.complete('book')
    run.advance(3_600_000)

    expect(run.state).toMatchObject({ status: 'completed', endElementId: 'undone' })
    expect(run.completed()).not.toContain('unbook')
  })

  test('by an event subprocess sees the variables as they were when its subprocess completed', async () => {
    const model = process('p')
      .start()
      .subProcess(
        'trip',
        (inner) => {
          inner.start('s').serviceTask('book', { type: 'b' }).end('e')
          inner.eventSubProcess('undoTrip', (aside) =>
            aside.startOn('on', { compensate: '' }).serviceTask('cancelTrip', { type: 'c' }).end('ce'),
          )
        },
        { inputs: { seats: '=2' } },
      )
    const run = await play(model.throwEvent('undo', { compensate: '' }).end())

    run.complete('book', { seats: 3 })

    const handler = run.state.elements[run.job('cancelTrip').elementInstanceKey]
    expect(run.state.elements[handler?.scopeKey ?? '']?.variables).toEqual({ seats: 3 })
    run.complete('cancelTrip')
    expect(run.state.status).toBe('completed')
  })
})

describe('transaction', () => {
  test('that is cancelled undoes what completed in it and leaves by its cancel event', async () => {
    const model = process('p')
      .start()
      .transaction('trade', (inner) => {
        inner
          .start('s')
          .serviceTask('reserve', { type: 'r' })
          .undo('reserve', 'free', { type: 'f' })
          .parallel('fork')
          .serviceTask('check', { type: 'c' })
          .end('bad', { cancel: true })
        inner.at('fork').userTask('sign').end('good')
      })
    model.end('done').boundary('trade', 'cancelled', { cancel: true }).serviceTask('tell', { type: 't' }).end('told')
    const run = await play(model)
    run.complete('reserve')

    run.complete('check')

    expect(run.waiting()).toEqual(['free'])
    run.complete('free')
    expect(run.waiting()).toEqual(['tell'])
    run.complete('tell')
    expect(run.state).toMatchObject({ status: 'completed', endElementId: 'told' })
    expectNothingLeft(run.state)
  })
})
