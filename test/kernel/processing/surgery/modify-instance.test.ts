import { describe, expect, test } from 'vitest'
import { expectNothingLeft, play } from '../../../helpers/kernel-harness.ts'
import { process } from '../../../helpers/process-builder.ts'

const threeSteps = () => process('p').start().userTask('a').userTask('b').userTask('c').end()

const split = () =>
  process('p').start().parallel('split').userTask('a').parallel('join').userTask('after').end().at('split').userTask('b').to('join')

const nested = () =>
  process('p')
    .start()
    .userTask('first')
    .subProcess('outer', (outer) =>
      outer
        .start('outer_start')
        .subProcess('inner', (inner) => inner.start('inner_start').userTask('deep').userTask('deeper').end('inner_end'), {
          inputs: { weight: '=kg * 2' },
        })
        .end('outer_end'),
    )
    .boundary('outer', 'late', { duration: 'PT1H' })
    .end('too_late')
    .at('outer')
    .end()

const weighEach = (sequential = false) =>
  process('p')
    .start()
    .userTask('weigh')
    .forEach({ inputCollection: '=boxes', inputElement: 'box', outputCollection: 'weights', outputElement: '=kg', sequential })
    .userTask('load')
    .end()

const pack = () =>
  process('p')
    .start()
    .subProcess('pack', (inner) => inner.start('open').userTask('wrap').userTask('label').end('packed'))
    .forEach({ inputCollection: '=boxes', inputElement: 'box' })
    .end()

describe('an element', () => {
  test('is activated beside what runs, and the instance ends once both are done', async () => {
    const run = await play(threeSteps())

    expect(run.modify({ activate: [{ elementId: 'c' }] })).toBeUndefined()
    expect(run.waiting()).toEqual(['a', 'c'])
    run.completeUserTask('c')
    run.completeUserTask('a')
    run.completeUserTask('b')
    run.completeUserTask('c')

    expect(run.state.status).toBe('completed')
    expectNothingLeft(run.state)
  })

  test('is moved: the source is terminated, the target activated', async () => {
    const run = await play(threeSteps())

    run.modify({ move: [{ sourceElementId: 'a', targetElementId: 'c' }] })

    expect(run.waiting()).toEqual(['c'])
    expect(run.events.filter(({ type }) => type === 'userTask.canceled')).toHaveLength(1)
    run.completeUserTask('c')
    expect(run.state.status).toBe('completed')
  })

  test('that is moved to the end completes the instance', async () => {
    const run = await play(threeSteps())

    run.modify({ move: [{ sourceElementInstanceKey: run.live('a')[0]?.key as never, targetElementId: 'end' }] })

    expect(run.state).toMatchObject({ status: 'completed', endElementId: 'end' })
  })

  test('takes variables for itself, for scopes around it and for the root', async () => {
    const run = await play(nested(), { variables: { kg: 2 } })

    run.modify({
      activate: [
        {
          elementId: 'deep',
          variables: [
            { variables: { root: 1 } },
            { scopeId: 'outer', variables: { kg: 5 } },
            { scopeId: 'inner', variables: { seal: 'S' } },
            { scopeId: 'deep', variables: { own: true } },
          ],
        },
      ],
      terminate: [{ elementId: 'first' }],
    })

    expect(run.variables()).toEqual({ kg: 2, root: 1 })
    expect(run.live('outer')[0]?.variables).toEqual({ kg: 5 })
    expect(run.live('inner')[0]?.variables).toEqual({ seal: 'S', weight: 10 })
    expect(run.live('deep')[0]?.variables).toEqual({ own: true })
  })

  test('with an incident is left for another, and the incident goes with it', async () => {
    const run = await play(process('p').start().exclusive('choose').when('=x > 1').userTask('b').end())
    expect(run.incidents()).toHaveLength(1)

    run.modify({ move: [{ sourceElementId: 'choose', targetElementId: 'b' }] })

    expect(run.incidents()).toEqual([])
    run.completeUserTask('b')
    expectNothingLeft(run.state)
  })
})

describe('scopes between', () => {
  test('are made with their mappings and boundary events', async () => {
    const run = await play(nested(), { variables: { kg: 1 } })

    run.modify({ move: [{ sourceElementId: 'first', targetElementId: 'deeper' }] })

    expect(run.waiting()).toEqual(['deeper'])
    expect(Object.values(run.state.timers)).toMatchObject([{ elementId: 'late' }])
    run.completeUserTask('deeper')
    expect(run.state.status).toBe('completed')
  })

  test('are made once for two activations of one command', async () => {
    const run = await play(nested(), { variables: { kg: 1 } })

    run.modify({ activate: [{ elementId: 'deep' }, { elementId: 'deeper' }], terminate: [{ elementId: 'first' }] })

    expect(run.live('outer')).toHaveLength(1)
    expect(run.live('inner')).toHaveLength(1)
    expect(run.waiting()).toEqual(['deep', 'deeper'])
  })

  test('that are live are used', async () => {
    const run = await play(nested(), { variables: { kg: 1 } })
    run.completeUserTask('first')

    run.modify({ activate: [{ elementId: 'deeper' }] })

    expect(run.live('inner')).toHaveLength(1)
  })

  test('are made anew below an ancestor that is named', async () => {
    const run = await play(nested(), { variables: { kg: 1 } })
    run.completeUserTask('first')

    run.modify({ activate: [{ elementId: 'deeper', ancestorElementInstanceKey: run.live('outer')[0]?.key as never }] })

    expect(run.live('outer')).toHaveLength(1)
    expect(run.live('inner')).toHaveLength(2)
  })

  test('that are live several times are ambiguous until one is named', async () => {
    const run = await play(nested(), { variables: { kg: 1 } })
    run.completeUserTask('first')
    run.modify({ activate: [{ elementId: 'deeper', ancestorElementInstanceKey: run.state.key }] })
    expect(run.live('outer')).toHaveLength(2)

    expect(run.modify({ activate: [{ elementId: 'deep' }] })).toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: expect.stringContaining('ancestorElementInstanceKey'),
    })
    expect(
      run.modify({ activate: [{ elementId: 'deep', ancestorElementInstanceKey: run.live('inner')[1]?.key as never }] }),
    ).toBeUndefined()
    expect(run.live('deep')).toHaveLength(2)
  })

  test('that cannot be made refuse the whole command', async () => {
    const run = await play(nested(), { variables: { kg: 'heavy' } })

    expect(run.modify({ activate: [{ elementId: 'b' }], terminate: [{ elementId: 'first' }] })).toMatchObject({ code: 'INVALID_ARGUMENT' })
    const early = await play(
      process('p')
        .start()
        .userTask('first')
        .subProcess('sub', (inner) => inner.start('s').userTask('deep').end('e'))
        .boundary('sub', 'told', { message: 'm', correlationKey: '=order' })
        .end('done')
        .at('sub')
        .end(),
    )
    expect(early.modify({ move: [{ sourceElementId: 'first', targetElementId: 'deep' }] })).toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: expect.stringContaining('correlation key'),
    })
    expect(early.waiting()).toEqual(['first'])
  })
})

describe('what cannot begin (F03)', () => {
  test.each([
    ['join', 'cannot start at a join'],
    ['nowhere', 'it has no element nowhere'],
    ['split_a', 'it has no element split_a'],
  ])('%s is refused, and nothing has changed', async (elementId, text) => {
    const run = await play(split())

    expect(run.modify({ activate: [{ elementId }] })).toMatchObject({ code: 'INVALID_ARGUMENT', message: expect.stringContaining(text) })
    expect(run.waiting()).toEqual(['a', 'b'])
  })

  test('is a boundary event, an event subprocess, or its start', async () => {
    const model = process('p').start().userTask('a').end()
    model.eventSubProcess('on_time', (inner) =>
      inner.startOn('clock', { duration: 'PT1H', interrupting: false }).userTask('remind').end('reminded'),
    )
    model.boundary('a', 'late', { duration: 'PT2H' }).userTask('hurry').end('hurried')
    const run = await play(model)

    for (const elementId of ['late', 'on_time', 'clock'])
      expect(run.modify({ activate: [{ elementId }] })).toMatchObject({ code: 'INVALID_ARGUMENT' })
    expect(run.modify({ activate: [{ elementId: 'remind' }] })).toBeUndefined()
    expect(run.modify({ activate: [{ elementId: 'hurry' }] })).toBeUndefined()
    for (const id of ['remind', 'hurry', 'a']) run.completeUserTask(id)
    expectNothingLeft(run.state)
  })

  test('is what a live scope that is terminated by the same command holds', async () => {
    const run = await play(nested(), { variables: { kg: 1 } })
    run.completeUserTask('first')

    expect(
      run.modify({
        activate: [{ elementId: 'deeper', ancestorElementInstanceKey: run.live('inner')[0]?.key as never }],
        terminate: [{ elementId: 'outer' }],
      }),
    ).toMatchObject({ message: expect.stringContaining('terminated by the same command') })
  })

  test('is anything when the command names nothing, a dead element, a foreign ancestor or a foreign scope of variables', async () => {
    const run = await play(nested(), { variables: { kg: 1 } })

    expect(run.modify({})).toMatchObject({ code: 'INVALID_ARGUMENT' })
    expect(run.modify({ terminate: [{ elementInstanceKey: '7' as never }] })).toMatchObject({ code: 'INVALID_ARGUMENT' })
    expect(run.modify({ terminate: [{ elementInstanceKey: run.state.key }] })).toMatchObject({
      message: expect.stringContaining('cancel it'),
    })
    expect(run.modify({ terminate: [{ elementId: 'deep' }] })).toMatchObject({ code: 'INVALID_ARGUMENT' })
    expect(run.modify({ activate: [{ elementId: 'deep', ancestorElementInstanceKey: run.live('first')[0]?.key as never }] })).toMatchObject(
      {
        code: 'INVALID_ARGUMENT',
      },
    )
    expect(run.modify({ activate: [{ elementId: 'deep', variables: [{ scopeId: 'first', variables: { x: 1 } }] }] })).toMatchObject({
      code: 'INVALID_ARGUMENT',
    })
  })
})

describe('what is terminated', () => {
  test('last ends the instance as terminated', async () => {
    const run = await play(threeSteps())

    run.modify({ terminate: [{ elementInstanceKey: run.live('a')[0]?.key as never }] })

    expect(run.state.status).toBe('terminated')
    expectNothingLeft(run.state)
  })

  test('last in a subprocess takes the subprocess with it, and goes no further while something else lives', async () => {
    const run = await play(nested(), { variables: { kg: 1 } })
    run.completeUserTask('first')
    run.modify({ activate: [{ elementId: 'first' }] })

    run.modify({ terminate: [{ elementId: 'deep' }] })

    expect(run.waiting()).toEqual(['first'])
    expect(run.state.timers).toEqual({})
    expect(run.state.status).toBe('active')
  })

  test('before a join leaves the other token waiting, and that token can be moved on', async () => {
    const run = await play(split())
    run.completeUserTask('a')
    run.modify({ terminate: [{ elementId: 'b' }] })
    expect(run.state.status).toBe('active')

    run.modify({ move: [{ sourceElementId: 'join', targetElementId: 'after' }] })

    expect(run.waiting()).toEqual(['after'])
    run.completeUserTask('after')
    expect(run.state.status).toBe('completed')
    expectNothingLeft(run.state)
  })

  test('before an inclusive join lets the join go on', async () => {
    const run = await play(
      process('p')
        .start()
        .inclusive('split')
        .when('=true')
        .userTask('a')
        .inclusive('join')
        .userTask('after')
        .end()
        .at('split')
        .when('=true')
        .userTask('b')
        .to('join'),
    )
    run.completeUserTask('a')

    run.modify({ terminate: [{ elementId: 'b' }] })

    expect(run.waiting()).toEqual(['after'])
  })

  test('is a compensation handler: the next activity is undone', async () => {
    const model = process('p').start().userTask('a').userTask('b').throwEvent('undo', { compensate: '' }).end()
    model.undo('a', 'undo_a', { type: 'u' }).undo('b', 'undo_b', { type: 'u' })
    const run = await play(model)
    run.completeUserTask('a')
    run.completeUserTask('b')
    expect(run.job('undo_b')).toBeDefined()

    run.modify({ terminate: [{ elementId: 'undo_b' }] })
    run.complete('undo_a')

    expect(run.state.status).toBe('completed')
  })
})

describe('multi-instance', () => {
  test('gets a repetition more, whose result is collected behind the others', async () => {
    const run = await play(weighEach(), { variables: { boxes: ['A', 'B'] } })

    run.modify({
      activate: [
        {
          elementId: 'weigh',
          ancestorElementInstanceKey: run.live('weigh')[0]?.key as never,
          variables: [{ scopeId: 'weigh', variables: { box: 'C' } }],
        },
      ],
    })

    expect(run.live('weigh').map(({ variables }) => variables)).toEqual([
      undefined,
      { loopCounter: 1, box: 'A' },
      { loopCounter: 2, box: 'B' },
      { loopCounter: 3, box: 'C' },
    ])
    for (const kg of [1, 2, 3]) run.completeUserTask('weigh', { kg })
    expect(run.variables()).toMatchObject({ weights: [1, 2, 3] })
    expect(run.waiting()).toEqual(['load'])
  })

  test('one after the other takes the repetition in its turn', async () => {
    const run = await play(weighEach(true), { variables: { boxes: ['A'] } })

    run.modify({
      activate: [
        {
          elementId: 'weigh',
          ancestorElementInstanceKey: run.live('weigh')[0]?.key as never,
          variables: [{ scopeId: 'weigh', variables: { box: 'B' } }],
        },
      ],
    })
    run.completeUserTask('weigh', { kg: 1 })

    expect(run.live('weigh')[1]?.variables).toEqual({ loopCounter: 2, box: 'B' })
    run.completeUserTask('weigh', { kg: 2 })
    expect(run.variables()).toMatchObject({ weights: [1, 2] })
  })

  test('loses a repetition, and goes on once the others are done', async () => {
    const run = await play(weighEach(), { variables: { boxes: ['A', 'B'] } })

    run.modify({ terminate: [{ elementInstanceKey: run.live('weigh')[1]?.key as never }] })
    run.completeUserTask('weigh', { kg: 2 })

    expect(run.variables()).toMatchObject({ weights: [null, 2] })
    expect(run.waiting()).toEqual(['load'])
  })

  test('one after the other begins the next when its repetition is taken away', async () => {
    const run = await play(weighEach(true), { variables: { boxes: ['A', 'B'] } })

    run.modify({ terminate: [{ elementInstanceKey: run.live('weigh')[1]?.key as never }] })

    expect(run.live('weigh')[1]?.variables).toEqual({ loopCounter: 2, box: 'B' })
  })

  test('is taken away as a whole by its element id', async () => {
    const run = await play(weighEach(), { variables: { boxes: ['A', 'B', 'C'] } })

    run.modify({ move: [{ sourceElementId: 'weigh', targetElementId: 'load' }] })

    expect(run.waiting()).toEqual(['load'])
  })

  test('of a subprocess gets a repetition that begins in its middle', async () => {
    const run = await play(pack(), { variables: { boxes: ['A', 'B'] } })
    const body = run.live('pack')[0]

    run.modify({
      activate: [
        { elementId: 'label', ancestorElementInstanceKey: body?.key as never, variables: [{ scopeId: 'pack', variables: { box: 'C' } }] },
      ],
    })

    expect(run.live('pack')[3]?.variables).toEqual({ loopCounter: 3, box: 'C' })
    expect(run.waiting()).toEqual(['label', 'wrap', 'wrap'])
    for (const id of ['label', 'wrap', 'wrap', 'label', 'label']) run.completeUserTask(id)
    expectNothingLeft(run.state)
  })

  test('moves a token inside one repetition, the others are left alone', async () => {
    const run = await play(pack(), { variables: { boxes: ['A', 'B'] } })
    const [first] = run.live('wrap')

    run.modify({ move: [{ sourceElementInstanceKey: first?.key as never, targetElementId: 'label' }] })

    expect(run.waiting()).toEqual(['label', 'wrap'])
    expect(run.live('label')[0]?.scopeKey).toBe(first?.scopeKey)
    expect(run.modify({ activate: [{ elementId: 'label' }] })).toMatchObject({ message: expect.stringContaining('active 2 times') })
  })

  test('takes a token that is moved to a scope that is named', async () => {
    const run = await play(pack(), { variables: { boxes: ['A', 'B'] } })
    const [first, second] = run.live('wrap')

    run.modify({
      move: [
        {
          sourceElementInstanceKey: first?.key as never,
          targetElementId: 'label',
          ancestorElementInstanceKey: second?.scopeKey as never,
        },
      ],
    })

    expect(run.live('label')[0]?.scopeKey).toBe(second?.scopeKey)
    expect(run.live('pack')).toHaveLength(2)
  })

  test('that is not active cannot be entered in its middle', async () => {
    const run = await play(
      process('p')
        .start()
        .userTask('first')
        .subProcess('pack', (inner) => inner.start('s').userTask('wrap').end('e'))
        .forEach({ inputCollection: '=boxes' })
        .end(),
    )

    expect(run.modify({ activate: [{ elementId: 'wrap' }] })).toMatchObject({ message: expect.stringContaining('activate pack') })
  })
})

describe('an instance', () => {
  test('begins at chosen elements with the variables of an ended one', async () => {
    const run = await play(nested(), { variables: { kg: 3 }, startAt: ['deeper', 'first'] })

    expect(run.waiting()).toEqual(['deeper', 'first'])
    expect(run.live('inner')[0]?.variables).toEqual({ weight: 6 })
    run.completeUserTask('deeper')
    run.completeUserTask('first')
    run.completeUserTask('deep')
    run.completeUserTask('deeper')
    expect(run.state.status).toBe('completed')
  })

  test.each([[['join']], [['nowhere']], [[]]])('does not begin at %j', async (startAt) => {
    const run = await play(split(), { startAt })

    expect(run.wasRefused).toMatchObject({ code: 'INVALID_ARGUMENT' })
    expect(run.state).toBeUndefined()
  })
})
