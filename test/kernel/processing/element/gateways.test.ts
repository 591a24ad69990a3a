import { describe, expect, test } from 'vitest'
import { expectNothingLeft, play } from '../../../helpers/kernel-harness.ts'
import { process } from '../../../helpers/process-builder.ts'

describe('exclusive gateway', () => {
  const sized = () =>
    process('p').start().exclusive('size').when('=tonnes > 10', 'big').end('large').at('size').otherwise('small').end('little')

  test('takes the first flow whose condition holds', async () => {
    const permit = await play(sized(), { variables: { tonnes: 11 } })

    expect(permit.flows()).toEqual(['start_size', 'big'])
    expect(permit.state).toMatchObject({ status: 'completed', endElementId: 'large' })
  })

  test('takes the default flow when no condition holds', async () => {
    const permit = await play(sized(), { variables: { tonnes: 4 } })

    expect(permit.flows()).toEqual(['start_size', 'small'])
  })

  test('stops with an incident when a condition is neither true nor false, and goes on once it is resolved', async () => {
    const permit = await play(sized())

    expect(permit.incidents()).toMatchObject([{ elementId: 'size', incidentType: 'CONDITION_ERROR' }])

    permit.must({ type: 'setVariables', scopeKey: permit.state.key, variables: { tonnes: 20 }, local: false })
    permit.resolve()

    expect(permit.state).toMatchObject({ status: 'completed', endElementId: 'large' })
  })

  test('raises a new incident at once when it is resolved without a change (F02)', async () => {
    const permit = await play(sized())

    permit.resolve()

    expect(permit.incidents()).toHaveLength(1)
    expect(permit.state.status).toBe('active')
  })

  test('lets every token of a merge pass (F08)', async () => {
    const model = process('p')
      .start()
      .parallel('fork')
      .serviceTask('a', { type: 'a' })
      .exclusive('merge')
      .serviceTask('c', { type: 'c' })
      .end()
      .at('fork')
      .serviceTask('b', { type: 'b' })
      .to('merge')
    const run = await play(model)

    run.complete('a')
    run.complete('b')

    expect(Object.values(run.state.jobs).map((job) => job.elementId)).toEqual(['c', 'c'])
  })
})

describe('parallel gateway', () => {
  test('waits for every branch', async () => {
    const model = process('p')
      .start()
      .parallel('fork')
      .serviceTask('a', { type: 'a' })
      .parallel('join')
      .end()
      .at('fork')
      .serviceTask('b', { type: 'b' })
      .to('join')
    const run = await play(model)

    run.complete('a')
    expect(run.state.status).toBe('active')
    run.complete('b')

    expect(run.completed().filter((id) => id === 'join')).toHaveLength(1)
    expect(run.state.status).toBe('completed')
    expectNothingLeft(run.state)
  })

  test('needs a token on every flow and keeps a surplus token for the next round (F04)', async () => {
    const model = process('p')
      .start()
      .parallel('fork')
      .serviceTask('a', { type: 'a' })
      .exclusive('merge')
      .parallel('join')
      .serviceTask('c', { type: 'c' })
      .end()
    model.at('fork').serviceTask('extra', { type: 'extra' }).to('merge')
    model.at('fork').serviceTask('b', { type: 'b' }).to('join')
    const run = await play(model)

    run.complete('a')
    run.complete('extra')

    expect(Object.values(run.state.jobs).map((job) => job.elementId)).toEqual(['b'])
    expect(run.state.elements[run.state.key]?.tokens).toEqual({ merge_join: 2 })

    run.complete('b')
    expect(Object.values(run.state.jobs).map((job) => job.elementId)).toEqual(['c'])
    expect(run.state.elements[run.state.key]?.tokens).toEqual({ merge_join: 1 })
  })

  test('is not fooled by a branch that ends in an exclusive merge (F05)', async () => {
    const model = process('p').start().parallel('fork').serviceTask('a', { type: 'a' }).parallel('join').end()
    model.at('fork').exclusive('choice').when('=yes', 'toB').serviceTask('b', { type: 'b' }).exclusive('merge').to('join')
    model.at('choice').otherwise('past').to('merge')
    const run = await play(model, { variables: { yes: false } })

    expect(run.state.status).toBe('active')
    run.complete('a')

    expect(run.state.status).toBe('completed')
  })

  test('fed by both flows of an exclusive choice waits for the third flow too: the deadlock is to be seen, not guessed away (F06)', async () => {
    const model = process('p').start().parallel('fork').serviceTask('a', { type: 'a' }).parallel('join').end()
    model.at('fork').exclusive('choice').when('=yes').to('join')
    model.at('choice').otherwise().to('join')
    const run = await play(model, { variables: { yes: true } })

    run.complete('a')

    expect(run.state.status).toBe('active')
    expect(run.state.elements[run.state.key]?.tokens).toEqual({ a_join: 1, choice_join: 1 })
  })

  test('drops tokens that wait at a join when an event subprocess interrupts (F10)', async () => {
    const model = process('p')
      .start()
      .parallel('fork')
      .serviceTask('a', { type: 'a' })
      .parallel('join')
      .end()
      .at('fork')
      .serviceTask('b', { type: 'b' })
      .to('join')
    model.eventSubProcess('stop', (inner) => inner.startOn('stopped', { message: 'stop', correlationKey: '=id' }).end('after'))
    const run = await play(model, { variables: { id: '7' } })

    run.complete('a')
    run.message('stop', '7')

    expect(run.state.status).toBe('completed')
    expectNothingLeft(run.state)
  })
})

describe('inclusive gateway', () => {
  /** Three branches by condition, joined, then C. */
  const choices = () => {
    const model = process('p')
      .start()
      .inclusive('split')
      .when('=a')
      .serviceTask('A', { type: 'a' })
      .inclusive('join')
      .serviceTask('C', { type: 'c' })
      .end()
    model.at('split').when('=b').serviceTask('B', { type: 'b' }).to('join')
    return model.at('split').otherwise().serviceTask('D', { type: 'd' }).to('join')
  }

  test('splits onto every flow that holds, and joins them once (F07)', async () => {
    const run = await play(choices(), { variables: { a: true, b: true } })
    expect(run.waiting()).toEqual(['A', 'B'])

    run.complete('A')
    expect(run.waiting()).toEqual(['B'])
    run.complete('B')

    expect(run.waiting()).toEqual(['C'])
    run.complete('C')
    expectNothingLeft(run.state)
  })

  test('takes the default flow alone when nothing holds', async () => {
    const run = await play(choices(), { variables: { a: false, b: false } })

    run.complete('D')

    expect(run.waiting()).toEqual(['C'])
  })

  test('raises its incident again when it is resolved without a change (F02)', async () => {
    const run = await play(choices(), { variables: { a: true } })

    run.resolve()

    expect(run.incidents()).toMatchObject([{ elementId: 'split', incidentType: 'CONDITION_ERROR' }])
  })

  test('fires once the other branch has left by an error (F01)', async () => {
    const model = choices()
    model.boundary('B', 'failed', { error: '' }).end('gaveUp')
    const run = await play(model, { variables: { a: true, b: true } })

    run.complete('A')
    run.throwError('B', 'E')

    expect(run.waiting()).toEqual(['C'])
    run.complete('C')
    expect(run.state.status).toBe('completed')
    expect(run.completed().filter((id) => id === 'C')).toHaveLength(1)
  })

  test('waits for a token that can still come round a loop', async () => {
    const model = process('p')
      .start()
      .parallel('fork')
      .exclusive('entry')
      .serviceTask('A', { type: 'a' })
      .exclusive('again')
      .when('=more')
      .to('entry')
    model.at('again').otherwise().inclusive('join').serviceTask('C', { type: 'c' }).end()
    model.at('fork').serviceTask('B', { type: 'b' }).to('join')
    const run = await play(model, { variables: { more: true } })

    run.complete('B')
    run.complete('A')
    expect(run.waiting()).toEqual(['A'])
    run.complete('A', { more: false })

    expect(run.waiting()).toEqual(['C'])
  })
})

describe('conditional flows out of an activity', () => {
  const weighed = () => {
    const model = process('p').start().serviceTask('weigh', { type: 'w' })
    model.when('=tonnes > 10').serviceTask('heavy', { type: 'h' }).end('h')
    model.at('weigh').when('=tonnes > 5').serviceTask('medium', { type: 'm' }).end('m')
    return model.at('weigh').otherwise().serviceTask('light', { type: 'l' }).end('l')
  }

  test.each([
    [12, ['heavy', 'medium']],
    [7, ['medium']],
    [1, ['light']],
  ])('with %d tonnes go to %j', async (tonnes, expected) => {
    const run = await play(weighed())

    run.complete('weigh', { tonnes })

    expect(run.waiting()).toEqual(expected)
  })
})

describe('event-based gateway', () => {
  const race = () =>
    process('p')
      .start()
      .eventGateway('race')
      .catchEvent('paid', { message: 'paid', correlationKey: '=id' })
      .end('thanks')
      .at('race')
      .catchEvent('late', { duration: 'PT2H' })
      .end('lapsed')

  test('takes the event that comes first and gives up the others', async () => {
    const run = await play(race(), { variables: { id: 5 } })

    run.message('paid', '5', { amount: 12 })

    expect(run.state).toMatchObject({ status: 'completed', endElementId: 'thanks', result: { id: 5, amount: 12 } })
    expectNothingLeft(run.state)
  })

  test('takes the timer when nothing else comes', async () => {
    const run = await play(race(), { variables: { id: 5 } })

    run.advance(2 * 3_600_000)

    expect(run.state).toMatchObject({ status: 'completed', endElementId: 'lapsed' })
  })
})

describe('a loop without a wait state', () => {
  test('stops with an incident instead of hanging (F09)', async () => {
    const model = process('p')
      .start()
      .exclusive('merge')
      .scriptTask('count', { expression: '=n + 1', resultVariable: 'n' })
      .exclusive('again')
      .when('=n > 0', 'back')
      .to('merge')
    model.at('again').otherwise('out').end()
    const run = await play(model, { variables: { n: 0 } })

    expect(run.incidents()).toMatchObject([{ incidentType: 'STEP_BUDGET_EXCEEDED' }])

    run.must({ type: 'setVariables', scopeKey: run.state.key, variables: { n: -5 }, local: false })
    run.resolve()
    expect(run.state.status).toBe('completed')
  })
})
