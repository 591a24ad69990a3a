import { describe, expect, test } from 'vitest'
import { checkMigration } from '../../../../engine/kernel/index.ts'
import { deployed, expectNothingLeft, type Play, play } from '../../../helpers/kernel-harness.ts'
import { type ProcessBuilder, process } from '../../../helpers/process-builder.ts'

const rulesOf = (refusal: { readonly violations?: readonly { readonly rule: string; readonly elementId: string }[] } | undefined) =>
  refusal?.violations?.map(({ rule, elementId }) => `${rule} ${elementId}`)

const counts = ({ state }: Play) =>
  [state.elements, state.jobs, state.userTasks, state.timers, state.subscriptions].map((entries) => Object.keys(entries).length)

describe('tasks', () => {
  test('keep their work, and go on by the target', async () => {
    const run = await play(process('p').start().userTask('a').end())
    const before = { ...Object.values(run.state.userTasks)[0] }

    expect(await run.migrate(process('q').start().userTask('x').userTask('y').end(), { mapping: { a: 'x' } })).toBeUndefined()

    expect(run.state).toMatchObject({ bpmnProcessId: 'q', processDefinitionKey: '2', version: 2 })
    expect(Object.values(run.state.userTasks)).toEqual([{ ...before, elementId: 'x' }])
    run.completeUserTask('x')
    run.completeUserTask('y')
    expectNothingLeft(run.state)
  })

  test('of a worker keep the old job type', async () => {
    const run = await play(process('p').start().serviceTask('a', { type: 'old' }).end())

    await run.migrate(process('p').start().serviceTask('a', { type: 'new' }).end(), { same: ['a'] })

    expect(run.job('a').jobType).toBe('old')
    run.complete('a')
    expect(run.state.status).toBe('completed')
  })

  test('keep their variables, and input mappings are not run again', async () => {
    const run = await play(
      process('p')
        .start()
        .userTask('a', { inputs: { x: '=1' } })
        .end(),
    )

    await run.migrate(
      process('p')
        .start()
        .userTask('a', { inputs: { x: '=2' } })
        .end(),
      { same: ['a'] },
    )

    expect(run.live('a')[0]?.variables).toEqual({ x: 1 })
  })

  test('may be mapped to the same one', async () => {
    const run = await play(process('p').start().parallel('s').userTask('a').end().at('s').userTask('b').end())

    await run.migrate(process('p').start().userTask('one').end(), { mapping: { a: 'one', b: 'one' } })

    expect(run.live('one')).toHaveLength(2)
    run.completeUserTask('one')
    run.completeUserTask('one')
    expect(run.state.status).toBe('completed')
  })

  test('in the middle of a failing exit go out by the target', async () => {
    const run = await play(process('p').start().exclusive('choose').when('=x > 1').userTask('b').end())

    expect(
      await run.migrate(process('p').start().exclusive('choose').otherwise().userTask('c').end(), { same: ['choose'] }),
    ).toBeUndefined()
    run.resolve()

    expect(run.waiting()).toEqual(['c'])
  })
})

describe('all that stands against it', () => {
  test('is told at once, and nothing has changed', async () => {
    const source = process('p')
      .start()
      .parallel('s')
      .userTask('native')
      .end()
      .at('s')
      .serviceTask('work', { type: 'w' })
      .end()
      .at('s')
      .userTask('lost')
      .end()
      .at('s')
      .subProcess('sub', (inner) => inner.start('sub_start').userTask('inside').end('sub_end'))
      .end()
      .at('s')
      .catchEvent('clock', { duration: 'PT1H' })
      .end()
    const run = await play(source)
    const target = process('p')
      .start()
      .userTask('outside')
      .serviceTask('service', { type: 'w' })
      .scriptTask('script', { expression: '=1', resultVariable: 'x' })
      .subProcess('other', (inner) => inner.start('other_start').end('other_end'))
      .catchEvent('mail', { message: 'm', correlationKey: '="k"' })
      .end()

    const refusal = await run.migrate(target, {
      mapping: { native: 'service', work: 'script', sub: 'other', inside: 'outside', clock: 'mail' },
    })

    expect(rulesOf(refusal)?.sort()).toEqual([
      'EVENT_DIFFERS clock',
      'NOT_MAPPED lost',
      'SCOPE_DIFFERS inside',
      'TYPE_DIFFERS native',
      'TYPE_DIFFERS work',
    ])
    expect(refusal?.code).toBe('INVALID_STATE')
    expect(run.state.processDefinitionKey).toBe('1')
  })

  test('of the mapping itself: unknown ids, an id twice, a flow for an element', async () => {
    const run = await play(process('p').start().userTask('a').end())
    run.definitions.set('2', await deployed(process('p').start().userTask('a').end()))

    const refusal = run.run({
      type: 'migrateInstance',
      targetProcessDefinitionKey: '2' as never,
      version: 2,
      mapping: [
        { sourceElementId: 'a', targetElementId: 'a' },
        { sourceElementId: 'a', targetElementId: 'a' },
        { sourceElementId: 'ghost', targetElementId: 'a' },
        { sourceElementId: 'start', targetElementId: 'ghost' },
        { sourceElementId: 'end', targetElementId: 'start_a' },
      ],
    })

    expect(rulesOf(refusal)).toEqual(['MAPPED_TWICE a', 'UNKNOWN_SOURCE ghost', 'UNKNOWN_TARGET start', 'KIND_DIFFERS end'])
    expect(refusal?.code).toBe('INVALID_ARGUMENT')
  })

  test('is told by a dry run without the instance being touched', async () => {
    const run = await play(process('p').start().userTask('a').end())
    const target = await deployed(process('p').start().serviceTask('a', { type: 'x' }).end())
    const before = structuredClone(run.state)

    expect(checkMigration(run.process, target, run.state, [{ sourceElementId: 'a', targetElementId: 'a' }])).toMatchObject([
      { rule: 'TYPE_DIFFERS' },
    ])
    expect(checkMigration(run.process, target, run.state, [])).toMatchObject([{ rule: 'NOT_MAPPED', elementId: 'a' }])
    expect(run.state).toEqual(before)
  })

  test('is that no such definition is deployed, or the instance has ended', async () => {
    const run = await play(process('p').start().userTask('a').end())
    const command = { type: 'migrateInstance', targetProcessDefinitionKey: '9' as never, version: 1, mapping: [] } as const
    expect(run.run(command)).toMatchObject({ code: 'NOT_FOUND' })
    run.completeUserTask('a')

    expect(run.run(command)).toMatchObject({ code: 'NOT_FOUND' })
  })

  test('is a job-based user task that would become a native one', async () => {
    const jobBased = process('p').start().userTask('a').end().xml().replace('<zeebe:userTask />', '')
    const run = await play(jobBased)

    expect(rulesOf(await run.migrate(process('p').start().userTask('a').end(), { same: ['a'] }))).toEqual(['WORK_DIFFERS a'])
  })

  test('is an embedded subprocess that would become an event subprocess', async () => {
    const run = await play(
      process('p')
        .start()
        .subProcess('sub', (inner) => inner.start('s').userTask('a').end('e'))
        .end(),
    )
    const target = process('p').start().userTask('b').end()
    target.eventSubProcess('sub', (inner) => inner.startOn('s', { duration: 'PT1H' }).userTask('a').end('e'))

    expect(rulesOf(await run.migrate(target, { same: ['sub', 'a'] }))).toEqual(['TYPE_DIFFERS sub'])
  })
})

describe('catch events', () => {
  const withClock = (id: string, duration: string, interrupting = true) => {
    const model = process('p').start().userTask('a')
    model.boundary('a', id, { duration, interrupting }).userTask(`after_${id}`).end(`end_${id}`)
    return model.at('a').end()
  }

  test('that are mapped are kept: the timer keeps its due date', async () => {
    const run = await play(withClock('soon', 'PT1H'))
    const [timer] = Object.values(run.state.timers)
    run.now += 1000

    await run.migrate(withClock('late', 'PT9H'), { same: ['a'], mapping: { soon: 'late' } })

    expect(Object.values(run.state.timers)).toEqual([{ ...timer, elementId: 'late' }])
    run.advance(3_600_000)
    expect(run.waiting()).toEqual(['after_late'])
  })

  test('that are not mapped are closed, those of the target opened fresh', async () => {
    const run = await play(withClock('soon', 'PT1H'))
    run.now += 1000

    await run.migrate(withClock('late', 'PT9H'), { same: ['a'] })

    expect(Object.values(run.state.timers)).toMatchObject([{ elementId: 'late', dueAt: run.now + 9 * 3_600_000 }])
    run.advance(9 * 3_600_000)
    expect(run.waiting()).toEqual(['after_late'])
    expectClosed(run, 'timer.canceled', 1)
  })

  test('of a message keep the old name, and the interrupting flag of the target', async () => {
    const told = (message: string, interrupting: boolean) => {
      const model = process('p').start().userTask('a')
      model.boundary('a', 'told', { message, correlationKey: '="k"', interrupting }).userTask('b').end('told_end')
      return model.at('a').end()
    }
    const run = await play(told('old', true))

    await run.migrate(told('new', false), { same: ['a', 'told'] })

    expect(Object.values(run.state.subscriptions)).toMatchObject([{ messageName: 'old', interrupting: false }])
    run.message('old', 'k')
    expect(run.waiting()).toEqual(['a', 'b'])
  })

  test('of the same message name that are not mapped are closed and opened again', async () => {
    const told = (id: string) => {
      const model = process('p').start().userTask('a')
      model.boundary('a', id, { message: 'm', correlationKey: '="k"' }).end(`end_${id}`)
      return model.at('a').end()
    }
    const run = await play(told('one'))

    await run.migrate(told('two'), { same: ['a'] })

    expect(Object.values(run.state.subscriptions)).toMatchObject([{ elementId: 'two', messageName: 'm' }])
  })

  test('of an element that waits itself go with it', async () => {
    const run = await play(process('p').start().catchEvent('wait', { message: 'old', correlationKey: '="k"' }).end())

    await run.migrate(process('p').start().catchEvent('await', { message: 'new', correlationKey: '="k"' }).userTask('b').end(), {
      mapping: { wait: 'await' },
    })
    run.message('old', 'k')

    expect(run.waiting()).toEqual(['b'])
  })

  test('go only to a catch event of the mapped element, of the same kind, one to one', async () => {
    const source = process('p').start().userTask('a')
    source.boundary('a', 'one', { duration: 'PT1H' }).end('e1')
    source.boundary('a', 'two', { duration: 'PT2H' }).end('e2')
    source.boundary('a', 'three', { duration: 'PT3H' }).end('e3')
    const run = await play(source.at('a').end())
    const target = process('p').start().userTask('a')
    target.boundary('a', 'clock', { duration: 'PT1H' }).end('t1')
    target.boundary('a', 'mail', { message: 'm', correlationKey: '="k"' }).end('t2')
    target.at('a').userTask('b').end()
    target.boundary('b', 'elsewhere', { duration: 'PT1H' }).end('t3')

    const refusal = await run.migrate(target, { same: ['a'], mapping: { one: 'clock', two: 'clock', three: 'mail' } })
    expect(rulesOf(refusal)).toEqual(['CATCH_MAPPED_TWICE two', 'EVENT_DIFFERS three'])
    expect(rulesOf(await run.migrate(target, { same: ['a'], mapping: { one: 'elsewhere' } }))).toEqual(['CATCH_ELSEWHERE one'])
    expect(run.state.processDefinitionKey).toBe('1')
  })

  test('that cannot be opened refuse the migration', async () => {
    const run = await play(process('p').start().userTask('a').end())
    const target = process('p').start().userTask('a')
    target.boundary('a', 'told', { message: 'm', correlationKey: '=missing' }).end('e1')

    expect(rulesOf(await run.migrate(target.at('a').end(), { same: ['a'] }))).toEqual(['CATCH_NOT_OPENED a'])
    expect(run.state.subscriptions).toEqual({})
  })

  test('behind an event gateway are kept, closed and opened like the others', async () => {
    const gate = (...catches: [string, string][]) => {
      const model = process('p').start().eventGateway('gate')
      for (const [id, duration] of catches) model.at('gate').catchEvent(id, { duration }).userTask(`after_${id}`).end(`end_${id}`)
      return model
    }
    const run = await play(gate(['one', 'PT1H'], ['two', 'PT2H']))

    expect(await run.migrate(gate(['uno', 'PT8H'], ['tres', 'PT3H']), { same: ['gate'], mapping: { one: 'uno' } })).toBeUndefined()

    expect(Object.values(run.state.timers).map(({ elementId, dueAt }) => [elementId, (dueAt - run.now) / 3_600_000])).toEqual([
      ['uno', 1],
      ['tres', 3],
    ])
    run.advance(3_600_000)
    expect(run.waiting()).toEqual(['after_uno'])
    expect(run.state.timers).toEqual({})
  })

  test('of event subprocesses belong to the scope they are in', async () => {
    const withEvent = (sub: string, start: string) => {
      const model = process('p').start().userTask('a').end()
      model.eventSubProcess(sub, (inner) =>
        inner.startOn(start, { duration: 'PT1H', interrupting: false }).userTask(`in_${sub}`).end(`end_${sub}`),
      )
      return model
    }
    const run = await play(withEvent('old', 'old_start'))
    const other = await play(withEvent('old', 'old_start'))

    await run.migrate(withEvent('new', 'new_start'), { same: ['a'], mapping: { old_start: 'new_start' } })
    expect(run.events.some(({ type }) => type === 'timer.canceled')).toBe(false)
    await other.migrate(withEvent('new', 'new_start'), { same: ['a'] })
    expectClosed(other, 'timer.canceled', 1)

    for (const each of [run, other]) {
      each.advance(3_600_000)
      expect(each.waiting()).toEqual(['a', 'in_new'])
    }
  })

  test('of a scope that an event subprocess interrupted are not opened', async () => {
    const build = (extra: boolean) => {
      const model = process('p').start().userTask('a').end()
      model.eventSubProcess('stop', (inner) =>
        inner.startOn('stop_start', { message: 'stop', correlationKey: '="k"' }).userTask('clean').end('cleaned'),
      )
      if (extra) model.eventSubProcess('more', (inner) => inner.startOn('more_start', { duration: 'PT1H' }).userTask('m').end('m_end'))
      return model
    }
    const run = await play(build(false))
    run.message('stop', 'k')

    await run.migrate(build(true), { same: ['stop', 'clean'] })

    expect(run.state.timers).toEqual({})
    run.completeUserTask('clean')
    expectNothingLeft(run.state)
  })

  test('of a condition that the target adds fire at once when it holds', async () => {
    const run = await play(process('p').start().userTask('a').end(), { variables: { weight: 11 } })
    const target = process('p').start().userTask('a')
    target.boundary('a', 'heavy', { condition: '=weight > 10', interrupting: false }).userTask('weigh').end('weighed')

    await run.migrate(target.at('a').end(), { same: ['a'] })

    expect(run.waiting()).toEqual(['a', 'weigh'])
  })
})

describe('scopes', () => {
  const inside = (task: string) =>
    process('p')
      .start()
      .subProcess('sub', (inner) => inner.start('s').parallel('fork').userTask(task).end('e1').at('fork').userTask('two').end('e2'))
      .end()

  test('keep all that lives in them (F29)', async () => {
    const run = await play(inside('one'))

    await run.migrate(inside('uno'), { same: ['sub', 'two'], mapping: { one: 'uno' } })

    expect(run.waiting()).toEqual(['two', 'uno'])
    run.completeUserTask('uno')
    run.completeUserTask('two')
    expect(run.state.status).toBe('completed')
  })

  test('get the boundary events of the target (F29)', async () => {
    const run = await play(inside('one'))
    const target = inside('one')
    target.boundary('sub', 'late', { duration: 'PT1H' }).userTask('hurry').end('hurried')

    await run.migrate(target, { same: ['sub', 'one', 'two'] })
    run.advance(3_600_000)

    expect(run.waiting()).toEqual(['hurry'])
  })

  test('of a call leave the child alone', async () => {
    const run = await play(process('p').start().callActivity('call', { processId: 'q' }).end())
    const child = run.live('call')[0]?.childInstanceKey

    await run.migrate(process('p').start().callActivity('ring', { processId: 'r' }).userTask('after').end(), { mapping: { call: 'ring' } })

    expect(run.live('ring')[0]?.childInstanceKey).toBe(child)
    run.childEnded({ kind: 'completed', variables: {} })
    expect(run.waiting()).toEqual(['after'])
  })
})

describe('joins with waiting tokens', () => {
  const join = (kind: 'parallel' | 'inclusive', ids: readonly string[], name = 'join') => {
    const model = process('p').start().parallel('split')
    for (const [index, id] of ids.entries()) {
      model.at('split').userTask(id)
      if (index === 0) model[kind](name).userTask('after').end()
      else model.to(name)
    }
    return model
  }

  test('go on with each taken flow on the flow it is mapped to', async () => {
    const run = await play(join('parallel', ['a', 'b']))
    run.completeUserTask('a')

    const refusal = await run.migrate(join('parallel', ['a', 'b', 'c'], 'meet'), { same: ['b'] })
    expect(rulesOf(refusal)).toEqual(['NOT_MAPPED join'])
    expect(rulesOf(await run.migrate(join('parallel', ['a', 'b', 'c'], 'meet'), { same: ['b'], mapping: { join: 'meet' } }))).toEqual([
      'FLOW_NOT_MAPPED a_join',
    ])
    expect(
      rulesOf(await run.migrate(join('parallel', ['a', 'b', 'c'], 'meet'), { same: ['b'], mapping: { join: 'meet', a_join: 'split_a' } })),
    ).toEqual(['FLOW_DIFFERS a_join'])
    expect(
      await run.migrate(join('parallel', ['a', 'b'], 'meet'), { same: ['b'], mapping: { join: 'meet', a_join: 'a_meet' } }),
    ).toBeUndefined()

    run.completeUserTask('b')
    expect(run.waiting()).toEqual(['after'])
    expect(run.state.elements[run.state.key]?.tokens).toBeUndefined()
  })

  test('need as many flows in the target, each taken one its own', async () => {
    const run = await play(join('parallel', ['a', 'b', 'c']))
    run.completeUserTask('a')
    run.completeUserTask('b')

    expect(
      rulesOf(await run.migrate(join('parallel', ['a', 'c']), { same: ['c', 'join'], mapping: { a_join: 'a_join', b_join: 'a_join' } })),
    ).toEqual(['FLOWS_MISSING join', 'FLOW_MAPPED_TWICE b_join'])
  })

  test('of inclusive gateways fire when the target has nothing more to wait for', async () => {
    const run = await play(join('inclusive', ['a', 'b']))
    run.completeUserTask('a')
    const target = process('p').start().parallel('split').userTask('a').inclusive('join').userTask('after').end()
    target.at('split').userTask('x').to('join')
    target.at('split').userTask('b').end('b_end')

    await run.migrate(target, { same: ['b', 'join', 'a_join'] })

    expect(run.waiting()).toEqual(['after', 'b'])
  })
})

describe('multi-instance', () => {
  const each = (sequential: boolean, build?: (model: ProcessBuilder) => unknown) => {
    const model = process('p').start().userTask('weigh').forEach({ inputCollection: '=[1,2,3]', inputElement: 'box', sequential })
    build?.(model)
    return model.at('weigh').end()
  }

  test('keeps its repetitions and its number, none is doubled (F29)', async () => {
    const run = await play(each(false))
    run.completeUserTask('weigh')
    const before = counts(run)

    await run.migrate(each(false), { same: ['weigh'] })

    expect(counts(run)).toEqual(before)
    run.completeUserTask('weigh')
    run.completeUserTask('weigh')
    expect(run.state.status).toBe('completed')
  })

  test('gets a boundary event that the target adds, once for the body (F29)', async () => {
    const run = await play(each(false))

    expect(
      await run.migrate(
        each(false, (model) => model.boundary('weigh', 'late', { duration: 'PT1H' }).userTask('hurry').end('hurried')),
        { same: ['weigh'] },
      ),
    ).toBeUndefined()

    expect(Object.values(run.state.timers)).toHaveLength(1)
    run.advance(3_600_000)
    expect(run.waiting()).toEqual(['hurry'])
  })

  test.each([
    ['sequential', each(true)],
    ['not repeated', process('p').start().userTask('weigh').end()],
  ])('does not become %s', async (_, target) => {
    const run = await play(each(false))

    expect(rulesOf(await run.migrate(target, { same: ['weigh'] }))).toEqual(['REPETITION_DIFFERS weigh'])
  })
})

describe('compensation', () => {
  const booked = (undo: string, activity = 'book') => {
    const model = process('p').start().userTask(activity).userTask('decide').throwEvent('undo_all', { compensate: '' }).end()
    return model.undo(activity, undo, { type: 'u' })
  }

  test('that is registered goes over with its boundary event', async () => {
    const run = await play(booked('cancel'))
    run.completeUserTask('book')

    expect(
      await run.migrate(booked('annul', 'reserve'), { same: ['decide'], mapping: { cancel_boundary: 'annul_boundary' } }),
    ).toBeUndefined()
    run.completeUserTask('decide')

    run.complete('annul')
    expect(run.state.status).toBe('completed')
  })

  test('that is registered and not mapped is forgotten', async () => {
    const run = await play(booked('cancel'))
    run.completeUserTask('book')

    await run.migrate(booked('cancel'), { same: ['decide'] })
    run.completeUserTask('decide')

    expect(run.state.status).toBe('completed')
  })

  test('that the target adds counts for what completes after the migration', async () => {
    const run = await play(process('p').start().userTask('book').userTask('decide').throwEvent('undo_all', { compensate: '' }).end())

    await run.migrate(booked('cancel'), { same: ['book'] })
    run.completeUserTask('book')
    run.completeUserTask('decide')

    expect(run.job('cancel')).toBeDefined()
  })

  test('is not mapped to another kind of event', async () => {
    const run = await play(booked('cancel'))
    run.completeUserTask('book')
    const target = process('p').start().userTask('book').userTask('decide').end()
    target.boundary('book', 'late', { duration: 'PT1H' }).end('late_end')

    expect(rulesOf(await run.migrate(target, { same: ['decide'], mapping: { cancel_boundary: 'late' } }))).toEqual([
      'COMPENSATION_DIFFERS cancel_boundary',
    ])
  })
})

describe('an element with an incident', () => {
  test('gets its message subscription once, when the incident is resolved (F29)', async () => {
    const told = (correlationKey: string) => {
      const model = process('p').start().userTask('a')
      model.boundary('a', 'told', { message: 'm', correlationKey }).userTask('b').end('told_end')
      return model.at('a').end()
    }
    const run = await play(told('=missing'))
    expect(run.incidents()).toHaveLength(1)

    await run.migrate(told('="k"'), { same: ['a', 'told'] })
    run.resolve()

    expect(Object.values(run.state.subscriptions)).toHaveLength(1)
    run.message('m', 'k')
    expect(run.waiting()).toEqual(['b'])
  })

  test('without retries keeps its incident, and the job goes on after it is resolved', async () => {
    const run = await play(process('p').start().serviceTask('a', { type: 'x' }).end())
    run.must({ type: 'failJob', jobKey: run.job('a').key, retries: 0, errorMessage: 'no' })

    await run.migrate(process('p').start().serviceTask('b', { type: 'x' }).end(), { mapping: { a: 'b' } })

    expect(run.incidents()).toMatchObject([{ elementId: 'b' }])
    run.must({ type: 'updateJob', jobKey: run.job('b').key, retries: 1 })
    run.resolve()
    run.complete('b')
    expect(run.state.status).toBe('completed')
  })
})

describe('an element whose listeners are asked', () => {
  const listening = (...listeners: readonly string[]) => {
    const model = process('p').start().userTask('a')
    if (listeners.length > 0) model.listen(...listeners)
    return model.userTask('b').end()
  }

  test.each([
    ['fewer', ['start:one', 'start:two'], []],
    ['more', ['start:one'], ['start:one', 'start:two']],
    ['fewer on the way out', ['end:one', 'end:two'], ['end:one']],
    ['more on the way out', ['end:one'], ['end:one', 'end:two', 'end:three']],
  ])('goes on with the listeners of the target: %s', async (_, before, after) => {
    const run = await play(listening(...before))
    if (before[0]?.startsWith('end')) run.completeUserTask('a')
    run.complete('a')

    if (run.live('a').length > 0) expect(await run.migrate(listening(...after), { same: ['a'] })).toBeUndefined()
    else expect(await run.migrate(listening(...after), { same: ['b'] })).toBeUndefined()
    for (let turns = 0; turns < 10 && Object.keys(run.state.jobs).length > 0; turns++) run.complete('a')

    if (run.live('a').length > 0) run.completeUserTask('a')
    for (let turns = 0; turns < 10 && Object.keys(run.state.jobs).length > 0; turns++) run.complete('a')
    run.completeUserTask('b')
    expectNothingLeft(run.state)
  })
})

describe('an event of several definitions', () => {
  const waiting = (id: string, message = 'm') =>
    process('p')
      .start()
      .catchEvent(id, { all: [{ message, correlationKey: '="k"' }, { duration: 'PT1H' }] })
      .userTask('after')
      .end()

  test('remembers which of them have happened', async () => {
    const run = await play(waiting('both'))
    run.message('m', 'k')

    expect(await run.migrate(waiting('two', 'other'), { mapping: { both: 'two' } })).toBeUndefined()
    run.advance(3_600_000)

    expect(run.waiting()).toEqual(['after'])
  })

  test('goes only to one of the same', async () => {
    const run = await play(waiting('both'))
    const first = process('p')
      .start()
      .catchEvent('both', { any: [{ message: 'm', correlationKey: '="k"' }, { duration: 'PT1H' }] })
      .end()

    expect(rulesOf(await run.migrate(first, { same: ['both'] }))).toEqual(['EVENT_DIFFERS both'])
  })

  test('that is closed forgets what has happened', async () => {
    const attached = (id: string) => {
      const model = process('p').start().userTask('a')
      model.boundary('a', id, { all: [{ message: 'm', correlationKey: '="k"' }, { duration: 'PT1H' }] }).end(`end_${id}`)
      return model.at('a').end()
    }
    const run = await play(attached('one'))
    run.message('m', 'k')
    expect(run.live('a')[0]?.arrived).toBeDefined()

    await run.migrate(attached('two'), { same: ['a'] })

    expect(run.live('a')[0]?.arrived).toBeUndefined()
    expect(Object.values(run.state.subscriptions)).toHaveLength(1)
    expect(Object.values(run.state.timers)).toHaveLength(1)
  })
})

test('a suspended instance is migrated, and what it kept is carried out by the target', async () => {
  const run = await play(process('p').start().serviceTask('a', { type: 'x' }).end())
  run.must({ type: 'suspendInstance' })
  run.complete('a')

  await run.migrate(process('p').start().serviceTask('b', { type: 'x' }).userTask('c').end(), { mapping: { a: 'b' } })
  run.must({ type: 'resumeInstance' })

  expect(run.waiting()).toEqual(['c'])
})

function expectClosed(run: Play, type: string, times: number): void {
  expect(run.events.filter((event) => event.type === type)).toHaveLength(times)
}
