import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type ExecutableProcess, parseBpmn } from '../../engine/kernel/index.ts'
import { projectRoot } from '../../engine/root.ts'
import { calledProcesses, explore, KNOWN_FAULTS, verifyDefinition } from '../../engine/verify/index.ts'
import { type ProcessBuilder, process } from '../helpers/process-builder.ts'

const found = async (model: ProcessBuilder) => {
  const { findings, cut, witness } = await verifyDefinition(model.xml())
  return { findings: findings.map(({ kind, elementId }) => `${kind} ${elementId}`), cut, witness, all: findings }
}
const message = { message: 'news', correlationKey: '="k"' }

describe('a definition', () => {
  test('that is sound gives no finding, and both engines take the same paths', async () => {
    const model = process('p').start().parallel('fork').serviceTask('a', { type: 'a' }).exclusive('choice')
    model.when('=good').userTask('b').exclusive('merge').parallel('join').end()
    model.at('choice').otherwise().to('merge').at('fork').manualTask('c').to('join')

    const { findings, cut, witness } = await found(model)

    expect(findings).toEqual([])
    expect(cut).toBe(false)
    expect(witness).toMatchObject({ disagreed: 0, notAsked: 0 })
    expect(witness.agreed + Object.values(witness.knownFaults).reduce((sum, count) => sum + count, 0)).toBeGreaterThan(1)
  })

  test('that waits at a parallel join behind a choice is a deadlock, with the path that shows it', async () => {
    const model = process('p').start().userTask('ask').exclusive('choice')
    model.when('=good').manualTask('a').parallel('join').end()
    model.at('choice').otherwise().manualTask('b').to('join')

    const { findings, all } = await found(model)

    expect(findings).toEqual(['deadlock join'])
    expect(all[0]?.path.map(({ kind, elementId }) => `${kind} ${elementId}`)).toEqual(['start p', 'complete ask'])
  })

  test('that merges a fork by a choice ends improperly', async () => {
    const model = process('p').start().parallel('fork').serviceTask('a', { type: 'a' }).exclusive('merge').userTask('after').end()
    model.at('fork').serviceTask('b', { type: 'b' }).to('merge')

    expect((await found(model)).findings).toEqual(['improper-end after'])
  })

  test('with an element that no path reaches has a dead element', async () => {
    const model = process('p').start().serviceTask('a', { type: 'a' }).end()
    model.boundary('a', 'late', { duration: 'PT1H' }).end('gone', { terminate: true })
    model.boundary('a', 'broken', { escalation: 'never' }).end('never')

    expect((await found(model)).findings).toEqual(['dead-element broken'])
  })

  test('with a loop that never waits has a straight-through loop', async () => {
    const model = process('p').start().exclusive('entry').manualTask('a').exclusive('again')
    model.when('=more').to('entry').at('again').otherwise().end()

    const { findings, all } = await found(model)

    expect(findings).toEqual(['straight-through-loop entry'])
    expect(all[0]?.path[0]?.completed).toContain('entry')
  })

  test('that goes round for ever never ends', async () => {
    const model = process('p').start().exclusive('entry').userTask('a').exclusive('choice')
    model.when('=more').to('entry').at('choice').otherwise().userTask('b').to('entry')

    expect((await found(model)).findings).toEqual(['never-ends a'])
  })

  test('with boundary events, event-based gateways and event subprocesses is followed through all of them', async () => {
    const model = process('p').start().serviceTask('a', { type: 'a' }).eventGateway('race').catchEvent('told', message).end('by-message')
    model.at('race').catchEvent('late', { duration: 'PT1H' }).end('by-timer')
    model.boundary('a', 'wrong', { error: 'E' }).end('by-error')
    model.eventSubProcess('aside', (inner) =>
      inner.startOn('called', { message: 'call', correlationKey: '="k"' }).userTask('answer').end('answered'),
    )

    const { findings, witness } = await found(model)

    expect(findings).toEqual([])
    expect(witness.disagreed).toBe(0)
    expect(witness.agreed).toBeGreaterThan(0)
  })

  test('that cannot be explored within the budget says so, and calls only dead what no flow leads to', async () => {
    const model = process('p').start().inclusive('fork')
    for (const id of ['a', 'b', 'c', 'd', 'e']) model.at('fork').when(`=${id}`).userTask(id).userTask(`${id}2`).to('merge')
    model.at('fork').otherwise().exclusive('merge').end()
    const lost =
      '<bpmn:userTask id="lost"><bpmn:incoming>back</bpmn:incoming><bpmn:outgoing>back</bpmn:outgoing></bpmn:userTask>' +
      '<bpmn:sequenceFlow id="back" sourceRef="lost" targetRef="lost" />'
    const { processes } = await parseBpmn(model.xml().replace('</bpmn:process>', `${lost}</bpmn:process>`))

    const { cut, findings, unreached } = explore(processes[0] as ExecutableProcess, { budget: 4 })

    expect([cut, unreached.includes('e2')]).toEqual([true, true])
    expect(findings.map(({ kind, elementId }) => `${kind} ${elementId}`)).toEqual(['dead-element lost'])
  })

  test('that throws an error nobody catches stops at an incident, but not when another process calls it', async () => {
    const model = process('p').start().userTask('a').end('thrown', { error: 'E' })

    expect((await found(model)).findings).toEqual(['incident thrown'])
    expect((await verifyDefinition(model.xml(), { called: ['p'] })).findings).toEqual([])
  })

  test('that bpmn-engine runs otherwise, by no known fault, is told as a disagreement with the path', async () => {
    const xml = process('p').start().userTask('a').userTask('twice').end().xml()
    const { findings, witness } = await verifyDefinition(xml.replace('id="a"', 'id="a" completionQuantity="2"'))

    expect(findings.find(({ kind }) => kind === 'disagreement')).toMatchObject({ elementId: 'twice', path: [{}, {}, {}, {}] })
    expect(witness).toMatchObject({ disagreed: 1, knownFaults: {} })
  })
})

describe('the witness', () => {
  test('disagrees about an inclusive join, which is counted as its known fault and is no finding', async () => {
    const model = process('p').start().inclusive('split').when('=a').userTask('a').userTask('a2').inclusive('join').userTask('after').end()
    model.at('split').when('=b').userTask('b').to('join').at('split').otherwise().manualTask('c').to('join')

    const { findings, witness } = await found(model)

    expect(findings).toEqual([])
    expect(witness.disagreed).toBe(0)
  })
})

describe('what is put to the witness', () => {
  test('waits where an end event waits for a worker', async () => {
    const { witness } = await verifyDefinition(process('p').start().userTask('a').end('told', { type: 'tell', message: 'm' }).xml())

    expect(witness).toMatchObject({ agreed: 1, disagreed: 0 })
  })

  test('leaves out paths on which something thrown comes back', async () => {
    const model = process('p')
      .start()
      .subProcess('sub', (inner) => inner.start().userTask('a').end('raised', { escalation: 'up' }))
      .end()
    model.boundary('sub', 'caught', { escalation: 'up' }).end('escalated')

    const { witness } = await verifyDefinition(model.xml())

    expect(witness).toMatchObject({ agreed: 0, disagreed: 0 })
  })
})

describe('the known faults of the witness', () => {
  test('each have a link to where they are told', () => {
    for (const { link } of Object.values(KNOWN_FAULTS)) expect(link).toMatch(/^https:\/\/github\.com\/paed01\/bpmn-(engine|elements)\//)
  })
})

describe('the models of the house', () => {
  const folder = join(projectRoot(), 'processes')
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.bpmn'))
  const xmlOf = (name: string) => readFileSync(join(folder, name), 'utf8')
  const called = files.flatMap((name) => calledProcesses(xmlOf(name)))

  test.each(files)('%s is explored in full without a finding', async (name) => {
    const { processes } = await parseBpmn(xmlOf(name))

    for (const model of processes) {
      const { findings, cut } = explore(model, { isCalled: called.includes(model.bpmnProcessId) })
      expect([findings, cut]).toEqual([[], false])
    }
  })

  test('are taken likewise by bpmn-engine, but for its known faults', async () => {
    const { findings, witness } = await verifyDefinition(xmlOf('shared/request-correction.bpmn'))

    expect(findings).toEqual([])
    expect(witness.agreed).toBeGreaterThan(0)
  })
})
