import { describe, expect, test } from 'vitest'
import { deployed, expectNothingLeft, Play, play } from '../../../helpers/kernel-harness.ts'
import { process } from '../../../helpers/process-builder.ts'

const weighEach = (sequential: boolean) =>
  process('p')
    .start()
    .serviceTask('weigh', { type: 'w' })
    .forEach({ inputCollection: '=boxes', inputElement: 'box', outputCollection: 'weights', outputElement: '=kg', sequential })
    .end()

describe('parallel multi-instance', () => {
  test('begins one repetition for each item, each with its own item and number', async () => {
    const run = await play(weighEach(false), { variables: { boxes: ['A', 'B'] } })

    const scopes = Object.values(run.state.jobs).map((job) => run.state.elements[job.elementInstanceKey]?.variables)
    expect(scopes).toEqual([
      { loopCounter: 1, box: 'A' },
      { loopCounter: 2, box: 'B' },
    ])
  })

  test('collects results at the index of the item, whatever order they come in', async () => {
    const run = await play(weighEach(false), { variables: { boxes: ['A', 'B', 'C'] } })
    const [a, b, c] = Object.values(run.state.jobs)

    for (const [job, kg] of [
      [c, 3],
      [a, 1],
      [b, 2],
    ] as const)
      run.must({ type: 'completeJob', jobKey: job?.key as never, variables: { kg } })

    expect(run.state.result).toMatchObject({ weights: [1, 2, 3] })
    expectNothingLeft(run.state)
  })

  test('of an empty list is done at once with an empty result', async () => {
    const run = await play(weighEach(false), { variables: { boxes: [] } })

    expect(run.state).toMatchObject({ status: 'completed', result: { weights: [] } })
  })

  test('of what is no list is an incident', async () => {
    const run = await play(weighEach(false), { variables: { boxes: 7 } })

    expect(run.incidents()).toMatchObject([{ elementId: 'weigh', incidentType: 'EXTRACT_VALUE_ERROR' }])
  })

  test('ends early when its completion condition holds, and the rest is terminated', async () => {
    const model = process('p')
      .start()
      .userTask('vote')
      .forEach({ inputCollection: '=[1,2,3]', completionCondition: '=numberOfCompletedInstances / numberOfInstances > 0.5' })
      .end()
    const run = await play(model)

    run.completeUserTask('vote')
    expect(run.state.status).toBe('active')
    run.completeUserTask('vote')

    expect(run.state.status).toBe('completed')
    expectNothingLeft(run.state)
  })

  test('is not shaken by a worker that writes the output collection (F18)', async () => {
    const run = await play(weighEach(false), { variables: { boxes: ['A', 'B'], weights: 'mine' } })
    const [a, b] = Object.values(run.state.jobs)

    run.must({ type: 'completeJob', jobKey: a?.key as never, variables: { kg: 1, weights: 123 } })
    run.must({ type: 'completeJob', jobKey: b?.key as never, variables: { kg: 2, weights: [] } })

    expect(run.state.result).toMatchObject({ weights: [1, 2] })
  })

  test('ends as a whole when an error leaves one repetition (F13)', async () => {
    const model = process('p')
      .start()
      .subProcess('each', (inner) => inner.start('s').serviceTask('t', { type: 't' }).end('bad', { error: 'E' }))
      .forEach({ inputCollection: '=[1,2]' })
      .end('done')
    model.boundary('each', 'catch', { error: 'E' }).end('caught')
    const run = await play(model)

    run.complete('t')

    expect(run.state).toMatchObject({ status: 'completed', endElementId: 'caught' })
    expectNothingLeft(run.state)
  })

  test('lets an event subprocess inside catch for its own repetition only (F13)', async () => {
    const model = process('p')
      .start()
      .subProcess('each', (inner) => {
        inner.start('s').serviceTask('t', { type: 't' }).end('bad', { error: 'E' })
        inner.eventSubProcess('mend', (mend) => mend.startOn('oops', { error: 'E' }).serviceTask('fix', { type: 'f' }).end('mended'))
      })
    model.forEach({ inputCollection: '=[1,2]' }).end('done')
    const run = await play(model)

    run.complete('t')
    expect(run.waiting()).toEqual(['fix', 't'])
    run.complete('fix')
    run.complete('t')
    run.complete('fix')

    expect(run.state.endElementId).toBe('done')
  })

  test('takes conditional flows once, after the body (F16)', async () => {
    const model = process('p').start().serviceTask('t', { type: 't' }).forEach({ inputCollection: '=[1,2]' }).when('=false').end('no')
    model.at('t').when('=true').serviceTask('yes', { type: 'y' }).end('e')
    model.at('t').otherwise().end('other')
    const run = await play(model)

    run.complete('t')
    run.complete('t')

    expect(run.waiting()).toEqual(['yes'])
  })
})

describe('sequential multi-instance', () => {
  test('begins an item when the one before is done', async () => {
    const run = await play(weighEach(true), { variables: { boxes: ['A', 'B'] } })

    expect(Object.values(run.state.jobs)).toHaveLength(1)
    run.complete('weigh', { kg: 1 })
    expect(run.state.elements[run.job('weigh').elementInstanceKey]?.variables).toEqual({ loopCounter: 2, box: 'B' })
    run.complete('weigh', { kg: 2 })

    expect(run.state.result).toMatchObject({ weights: [1, 2] })
  })

  test('sees in each mapping what was mapped before in the same repetition (F17)', async () => {
    const model = process('p')
      .start()
      .serviceTask('t', { type: 't', outputs: { a: '=item', r: '=a' } })
      .forEach({ inputCollection: '=[1,2,3]', inputElement: 'item', outputCollection: 'results', outputElement: '=r', sequential: true })
      .end()
    const run = await play(model)

    for (let n = 0; n < 3; n++) run.complete('t')

    expect(run.state.result?.results).toEqual([1, 2, 3])
  })
})

describe('a large collection', () => {
  test.each([true, false])('of 5,000 items is begun in parts, each a commit of bounded size (F19), sequential: %s', async (sequential) => {
    const model = process('p')
      .start()
      .scriptTask('t', { expression: '=item * 2', resultVariable: 'r' })
      .forEach({ inputCollection: '=items', inputElement: 'item', outputCollection: 'out', outputElement: '=r', sequential })
      .end()
    const items = Array.from({ length: 5_000 }, (_, index) => index)

    const run = new Play(await deployed(model), { variables: { items } }, false)

    expect(run.state.status).toBe('completed')
    expect(run.state.result?.out).toEqual(items.map((item) => item * 2))
    expect(Math.max(...run.history.map((entry) => entry.events.length))).toBeLessThan(20_000)
  })
})
