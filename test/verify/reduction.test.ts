import { describe, expect, test } from 'vitest'
import { type ExecutableProcess, parseBpmn } from '../../engine/kernel/index.ts'
import { type Exploration, explore } from '../../engine/verify/index.ts'
import { xmlOf } from '../fuzz/graph-xml.ts'
import { narrowCaseOf } from '../fuzz/random-model.ts'
import { type ProcessBuilder, process } from '../helpers/process-builder.ts'

const BUDGET = 400
const told = ({ findings, unreached }: Exploration) => [
  findings.map(({ kind, elementId }) => `${kind} ${elementId}`).sort(),
  [...unreached].sort(),
]
async function both(xml: string): Promise<readonly (readonly [reduced: Exploration, full: Exploration])[]> {
  const { processes } = await parseBpmn(xml)
  return processes.map((model: ExecutableProcess) => [
    explore(model, { budget: BUDGET }),
    explore(model, { budget: BUDGET, reduced: false }),
  ])
}
const only = async (model: ProcessBuilder) => {
  const [pair] = await both(model.xml())
  if (!pair) throw new Error('Expected a process')
  return pair
}

describe('exploration without every order', () => {
  test('finds in random models what every order finds', async () => {
    let compared = 0
    for (let seed = 1; seed <= 60; seed++)
      for (const [reduced, full] of await both(xmlOf(narrowCaseOf(seed).graphs))) {
        if (full.cut) continue
        expect(told(reduced), `seed ${seed}`).toEqual(told(full))
        compared++
      }

    expect(compared).toBeGreaterThan(30)
  })

  test('adds up the steps of parallel branches instead of multiplying them', async () => {
    const model = process('p').start().parallel('fork').parallel('join').end()
    for (const id of ['a', 'b', 'c', 'd']) model.at('fork').userTask(id).userTask(`${id}2`).userTask(`${id}3`).to('join')

    const [reduced, full] = await only(model)

    expect([reduced.cut, reduced.unreached, reduced.findings]).toEqual([false, [], []])
    expect(reduced.commands).toBeLessThan(20)
    expect(full.states).toBeGreaterThan(200)
  })

  test('tries what runs beside and what interrupts once, not in every state', async () => {
    const model = process('p').start().userTask('a').userTask('b').userTask('c').userTask('d').end()
    model.eventSubProcess('aside', (inner) =>
      inner.startOn('called', { message: 'call', correlationKey: '="k"', interrupting: false }).userTask('x').userTask('y').end('answered'),
    )
    model.eventSubProcess('stop', (inner) =>
      inner.startOn('stopped', { message: 'stop', correlationKey: '="k"' }).userTask('z').end('gone'),
    )

    const [reduced, full] = await only(model)

    expect(told(reduced)).toEqual([[], []])
    expect(reduced.states).toBeLessThanOrEqual(9)
    expect(full.states).toBeGreaterThan(reduced.states)
  })

  test('waits for every part of a trigger that comes in parts', async () => {
    const model = process('p').start().userTask('a').userTask('b').end()
    model.eventSubProcess('aside', (inner) =>
      inner.startOn('both', { message: 'one', correlationKey: '="k"', interrupting: false }).userTask('x').end('answered'),
    )
    const second =
      '<bpmn:timerEventDefinition id="later"><bpmn:timeDuration xsi:type="bpmn:tFormalExpression">PT1H</bpmn:timeDuration></bpmn:timerEventDefinition>'
    const xml = model.xml().replace('<bpmn:startEvent id="both"', '<bpmn:startEvent id="both" parallelMultiple="true"')

    const [pair] = await both(xml.replace('<bpmn:messageEventDefinition', `${second}<bpmn:messageEventDefinition`))

    expect(pair?.[0].unreached).toEqual([])
  })

  test('tries both orders where one branch throws a signal that the other may wait for', async () => {
    const model = process('p').start().parallel('fork').userTask('a').throwEvent('shout', { signal: 'go' }).parallel('join').end()
    model.at('fork').eventGateway('race').catchEvent('heard', { signal: 'go' }).to('join')
    model.at('race').catchEvent('late', { duration: 'PT1H' }).end('gave-up')

    const [reduced, full] = await only(model)

    expect(reduced.findings.map(({ kind, elementId }) => `${kind} ${elementId}`)).toEqual(['deadlock join'])
    expect(told(reduced)).toEqual(told(full))
  })

  test('still gives a turn to what stands beside a branch that never gets on', async () => {
    const model = process('p').start().parallel('fork').exclusive('entry').userTask('round').to('entry')
    model.at('fork').userTask('z').userTask('z2').end()

    const [reduced] = await only(model)

    expect(reduced.unreached).toEqual([])
    expect(reduced.findings.map(({ kind }) => kind)).toEqual(['never-ends'])
  })

  test('tells a deadlock that something runs beside', async () => {
    const model = process('p').start().exclusive('choice')
    model.when('=good').manualTask('a').parallel('join').end()
    model.at('choice').otherwise().userTask('b').to('join')
    model.eventSubProcess('aside', (inner) =>
      inner.startOn('called', { message: 'call', correlationKey: '="k"', interrupting: false }).userTask('x').end('answered'),
    )

    expect((await only(model))[0].findings.map(({ kind, elementId }) => `${kind} ${elementId}`)).toEqual(['deadlock join'])
  })
})
