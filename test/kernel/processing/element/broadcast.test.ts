import { describe, expect, test } from 'vitest'
import { expectNothingLeft, play } from '../../../helpers/kernel-harness.ts'
import { type ProcessBuilder, process } from '../../../helpers/process-builder.ts'

describe('escalation', () => {
  const inspected = (catchers: (model: ReturnType<typeof process>) => void) => {
    const model = process('p')
      .start()
      .subProcess('inspect', (inner) =>
        inner.start('s').throwEvent('raise', { escalation: 'x' }).serviceTask('goOn', { type: 'g' }).end('e'),
      )
      .end('done')
    catchers(model)
    return model
  }

  test('without interrupting lets its thrower go on', async () => {
    const run = await play(
      inspected((model) =>
        model.boundary('inspect', 'heard', { escalation: 'x', interrupting: false }).serviceTask('act', { type: 'a' }).end('acted'),
      ),
    )

    expect(run.waiting()).toEqual(['act', 'goOn'])
  })

  test('that interrupts ends its scope', async () => {
    const run = await play(inspected((model) => model.boundary('inspect', 'heard', { escalation: 'x' }).end('acted')))

    expect(run.state).toMatchObject({ status: 'completed', endElementId: 'acted' })
    expectNothingLeft(run.state)
  })

  test('is taken by the catcher with its code only, not also by the one for all (F15)', async () => {
    const run = await play(
      inspected((model) => {
        model.boundary('inspect', 'any', { escalation: '', interrupting: false }).serviceTask('wrong', { type: 'w' }).end('w')
        model.boundary('inspect', 'exact', { escalation: 'x', interrupting: false }).serviceTask('right', { type: 'r' }).end('r')
      }),
    )

    expect(run.waiting()).toEqual(['goOn', 'right'])
  })

  test('that nothing catches is no mistake', async () => {
    const run = await play(inspected(() => undefined))

    expect(run.waiting()).toEqual(['goOn'])
    expect(run.incidents()).toEqual([])
  })
})

describe('signal', () => {
  test('is announced to everyone, and wakes whoever waits for it in its own instance at once and once only', async () => {
    const model = process('p').start().parallel('fork').catchEvent('hear', { signal: 'storm' }).end('heard')
    model
      .at('fork')
      .throwEvent('warn', { signal: 'storm', inputs: { force: '=9' } })
      .end('warned')
    const run = await play(model)
    const opened = run.events.find((event) => event.type === 'subscription.opened')
    const waiting = opened?.type === 'subscription.opened' ? { key: opened.subscriptionKey } : undefined

    expect(run.events).toContainEqual(expect.objectContaining({ type: 'signal.thrown', signalName: 'storm', variables: { force: 9 } }))
    expect(run.state).toMatchObject({ status: 'completed', result: { force: 9 } })
    const told = { type: 'triggerSignal', subscriptionKey: waiting?.key as never, signalKey: 's1', variables: { force: 9 } } as const

    expect(run.run(told)?.code).toBe('NOT_FOUND')
  })
})

describe('signal thrown inside a subprocess', () => {
  test('is caught by the boundary event around it, which ends the thrower', async () => {
    const model = process('p')
      .start()
      .subProcess('inner', (inner) => inner.start('s').end('warn', { signal: 'storm' }))
      .end('done')
    const run = await play(model.boundary('inner', 'heard', { signal: 'storm' }).end('caught'))

    expect(run.state).toMatchObject({ status: 'completed', endElementId: 'caught' })
    expectNothingLeft(run.state)
  })

  test('wakes a listener that goes on beside it once, also when the broadcast comes back', async () => {
    const model = process('p').start().throwEvent('warn', { signal: 'storm' }).userTask('work').end('done')
    const run = await play(
      model.eventSubProcess('aside', (aside) =>
        aside.startOn('on', { signal: 'storm', interrupting: false }).serviceTask('note', { type: 'n' }).end('noted'),
      ),
    )
    const [subscription] = Object.values(run.state.subscriptions)
    const thrown = run.events.find((event) => event.type === 'signal.thrown')

    const again = run.run({
      type: 'triggerSignal',
      subscriptionKey: subscription?.key as never,
      signalKey: thrown?.type === 'signal.thrown' ? thrown.elementInstanceKey : '',
      variables: {},
    })

    expect(again?.code).toBe('ALREADY_EXISTS')
    expect(run.waiting()).toEqual(['note', 'work'])
  })
})

describe('link', () => {
  test('comes out at the catch of the same name', async () => {
    const model = process('p').start().throwEvent('away', { link: 'two' })
    model.at('').catchEvent('here', { link: 'two' }).end('done')
    const xml = model
      .xml()
      .replaceAll(
        /<bpmn:sequenceFlow id="_here"[^>]*>|<bpmn:incoming>_here<\/bpmn:incoming>|<bpmndi:BPMNEdge[^>]*_here[\s\S]*?<\/bpmndi:BPMNEdge>/g,
        '',
      )

    const run = await play(xml)

    expect(run.completed()).toEqual(['start', 'away', 'here', 'done'])
    expect(run.state.status).toBe('completed')
  })
})

describe('conditional event whose condition holds already when it is armed', () => {
  const script = (model: ProcessBuilder, id: string) => model.scriptTask(id, { expression: '=1', resultVariable: id })

  test('fires before the first element inside its activity', async () => {
    const model = process('p')
      .start()
      .subProcess('sub', (inner) => script(inner.start('in'), 'inside').end('out'))
      .end('done')
      .boundary('sub', 'ready', { condition: '=go' })
      .end('left')
    const run = await play(model, { variables: { go: true } })

    expect(run.completed()).toEqual(['start', 'ready', 'left'])
    expectNothingLeft(run.state)
  })

  test.each([
    [true, ['noted']],
    [false, ['noted', 'main']],
  ])('fires before the start event of its process, once (interrupting: %s)', async (interrupting, made) => {
    const model = process('p')
    model.eventSubProcess('esp', (inner) => script(inner.startOn('ready', { condition: '=go', interrupting }), 'noted').end('e'))
    script(model.start(), 'main').end()
    const run = await play(model, { variables: { go: true } })

    expect(run.completed().filter((id) => id === 'noted' || id === 'main')).toEqual(made)
    expect(run.state.status).toBe('completed')
    expectNothingLeft(run.state)
  })

  test('fires once more for a change that comes after it was armed', async () => {
    const model = process('p')
    model.eventSubProcess('esp', (inner) => inner.startOn('big', { condition: '=x > 1', interrupting: false }).end('e'))
    model.start().scriptTask('grow', { expression: '=x + 1', resultVariable: 'x' }).userTask('wait').end()
    const run = await play(model, { variables: { x: 2 } })

    expect(run.completed().filter((id) => id === 'big')).toHaveLength(2)
  })
})

describe('conditional event', () => {
  test('waits until a change makes its condition true', async () => {
    const run = await play(process('p').start().catchEvent('heavy', { condition: '=tonnes > 10' }).end(), { variables: { tonnes: 1 } })
    expect(run.state.status).toBe('active')

    run.must({ type: 'setVariables', scopeKey: run.state.key, variables: { tonnes: 5 }, local: false })
    expect(run.state.status).toBe('active')
    run.must({ type: 'setVariables', scopeKey: run.state.key, variables: { tonnes: 11 }, local: false })

    expect(run.state.status).toBe('completed')
    expectNothingLeft(run.state)
  })

  test('that is true already fires at once', async () => {
    const run = await play(process('p').start().catchEvent('heavy', { condition: '=tonnes > 10' }).end(), { variables: { tonnes: 12 } })

    expect(run.state.status).toBe('completed')
  })

  test('on a boundary interrupts the activity, or fires for each change beside it', async () => {
    const model = process('p').start().userTask('weigh').end('done')
    model.boundary('weigh', 'changed', { condition: '=tonnes > 10', interrupting: false }).serviceTask('note', { type: 'n' }).end('noted')
    model.boundary('weigh', 'stop', { condition: '=tonnes > 100' }).end('stopped')
    const run = await play(model, { variables: { tonnes: 1 } })
    const weigh = (tonnes: number) => run.must({ type: 'setVariables', scopeKey: run.state.key, variables: { tonnes }, local: false })

    weigh(20)
    weigh(30)
    expect(run.waiting()).toEqual(['note', 'note', 'weigh'])
    weigh(200)

    expect(run.completed()).toContain('stop')
    expect(run.waiting()).toEqual(['note', 'note', 'note'])
  })
})

describe('standard loop', () => {
  test('repeats while its condition holds, after the first time', async () => {
    const run = await play(process('p').start().serviceTask('try', { type: 't' }).loop({ condition: '=again' }).end(), {
      variables: { again: false },
    })

    run.complete('try', { again: true })
    run.complete('try', { again: false })

    expect(run.state.status).toBe('completed')
    expect(run.completed().filter((id) => id === 'try')).toHaveLength(3)
  })

  test('that tests before may not run at all, and stops at its maximum', async () => {
    const never = await play(process('p').start().serviceTask('try', { type: 't' }).loop({ condition: '=false', testBefore: true }).end())
    const thrice = await play(
      process('p').start().scriptTask('try', { expression: '=1', resultVariable: 'r' }).loop({ condition: '=true', maximum: 3 }).end(),
    )

    expect(never.state.status).toBe('completed')
    expect(thrice.completed().filter((id) => id === 'try')).toHaveLength(4)
  })
})

describe('complex gateway', () => {
  test('fires once enough tokens are there, swallows the rest, and begins anew', async () => {
    const model = process('p')
      .start()
      .parallel('fork')
      .serviceTask('a', { type: 'a' })
      .complex('two', '=activationCount >= 2')
      .serviceTask('after', { type: 'x' })
      .end()
    model.at('fork').serviceTask('b', { type: 'b' }).to('two')
    model.at('fork').serviceTask('c', { type: 'c' }).to('two')
    const run = await play(model)

    run.complete('a')
    expect(run.waiting()).toEqual(['b', 'c'])
    run.complete('b')
    expect(run.waiting()).toEqual(['after', 'c'])
    run.complete('c')
    expect(run.waiting()).toEqual(['after'])
    run.complete('after')

    expect(run.state.status).toBe('completed')
    expect(run.completed().filter((id) => id === 'after')).toHaveLength(1)
  })
})

describe('ad-hoc subprocess', () => {
  const model = (options: { activeElements?: string; completionCondition?: string }) =>
    process('p')
      .start()
      .adHoc('desk', (inner) => inner.userTask('call'), options)

  test('begins what its collection names and ends when nothing is active', async () => {
    const run = await play(model({ activeElements: '=["call"]' }).end())

    run.completeUserTask('call')

    expect(run.state.status).toBe('completed')
    expectNothingLeft(run.state)
  })

  test('refuses to begin what it does not hold', async () => {
    const run = await play(model({ activeElements: '=["nothing"]' }).end())

    expect(run.incidents()).toMatchObject([{ elementId: 'desk', incidentType: 'EXTRACT_VALUE_ERROR' }])
  })
})
