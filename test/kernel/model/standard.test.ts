import { describe, expect, test } from 'vitest'
import { parseBpmn } from '../../../engine/kernel/index.ts'

/** A plain file around the content of one process, or around root elements. */
function plain(content: string, roots = ''): string {
  return `<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" targetNamespace="t">
${roots}<process id="p" isExecutable="true">${content}</process></definitions>`
}

const flow = (id: string, from: string, to: string) => `<sequenceFlow id="${id}" sourceRef="${from}" targetRef="${to}"/>`
const around = (id: string, element: string) =>
  `<startEvent id="start"/>${element}<endEvent id="end"/>${flow('into', 'start', id)}${flow('out', id, 'end')}`

async function errorsOf(xml: string): Promise<string[]> {
  const { problems } = await parseBpmn(xml)
  return problems.filter(({ severity }) => severity === 'error').map(({ rule, elementId }) => `${rule} ${elementId}`)
}

const BROKEN: readonly (readonly [rule: string, xml: string])[] = [
  ['FLOW_AT_ARTIFACT f', plain(`${around('t', '<task id="t"/>')}<textAnnotation id="note"/>${flow('f', 't', 'note')}`)],
  [
    'LOOP_MARKERS t',
    plain(
      around(
        't',
        '<task id="t"><standardLoopCharacteristics><loopCondition xsi:type="tFormalExpression">true</loopCondition></standardLoopCharacteristics><multiInstanceLoopCharacteristics><loopCardinality xsi:type="tFormalExpression">3</loopCardinality></multiInstanceLoopCharacteristics></task>',
      ),
    ),
  ],
  ['GATEWAY_DIRECTION g', plain(`${around('g', '<parallelGateway id="g" gatewayDirection="Mixed"/>')}`)],
  ['GATEWAY_FLOWS g', plain(around('g', '<parallelGateway id="g"/>'))],
  ['END_WITHOUT_START p', plain(`<task id="t"/><endEvent id="end"/>${flow('f', 't', 'end')}`)],
  ['START_WITHOUT_END p', plain(`<startEvent id="start"/><task id="t"/>${flow('f', 'start', 't')}`)],
  ['INCOMING_FLOW_MISSING t', plain(`<startEvent id="start"/><endEvent id="end"/>${flow('f', 'start', 'end')}<task id="t"/>`)],
  ['OUTGOING_FLOW_MISSING t', plain(`<startEvent id="start"/><endEvent id="end"/>${flow('f', 'start', 'end')}<task id="t"/>`)],
  [
    'LINK_WITHOUT_SOURCE c',
    plain(
      `${around('t', '<task id="t"/>')}<intermediateCatchEvent id="c"><linkEventDefinition id="l" name="x"/></intermediateCatchEvent>${flow('f', 'c', 'end')}`,
    ),
  ],
  [
    'TIMER_INVALID e',
    plain(
      around(
        'e',
        '<intermediateCatchEvent id="e"><timerEventDefinition><timeDuration xsi:type="tFormalExpression">soon</timeDuration></timerEventDefinition></intermediateCatchEvent>',
      ),
    ),
  ],
  [
    'EXPRESSION_NOT_FORMAL e',
    plain(
      around(
        'e',
        '<intermediateCatchEvent id="e"><timerEventDefinition><timeDuration>PT1M</timeDuration></timerEventDefinition></intermediateCatchEvent>',
      ),
    ),
  ],
  [
    'CONDITION_NOT_BOOLEAN t',
    plain(
      around(
        't',
        '<task id="t"><standardLoopCharacteristics><loopCondition xsi:type="tFormalExpression">23</loopCondition></standardLoopCharacteristics></task>',
      ),
    ),
  ],
  [
    'ESCALATION_CODE_MISSING end',
    plain(`<startEvent id="start"/><endEvent id="end"><escalationEventDefinition/></endEvent>${flow('f', 'start', 'end')}`),
  ],
  [
    'OPERATION_MISSING end',
    plain(`<startEvent id="start"/><endEvent id="end"><messageEventDefinition/></endEvent>${flow('f', 'start', 'end')}`),
  ],
  ['ENDLESS_LOOP a', plain(`${around('a', '<task id="a"/><task id="b"/>')}${flow('f', 'a', 'b')}${flow('back', 'b', 'a')}`)],
  [
    'CANCEL_OUTSIDE_TRANSACTION b',
    plain(
      `${around('t', '<task id="t"/>')}<boundaryEvent id="b" attachedToRef="t"><cancelEventDefinition/></boundaryEvent>${flow('f', 'b', 'end')}`,
    ),
  ],
  [
    'PARTICIPANT_MULTIPLICITY pool',
    plain(
      around('t', '<task id="t"/>'),
      '<collaboration id="c"><participant id="pool" processRef="p"><participantMultiplicity minimum="-1"/></participant></collaboration>',
    ),
  ],
  [
    'MESSAGE_FLOW_IN_POOL m',
    plain(
      around('t', '<task id="t"/>'),
      '<collaboration id="c"><participant id="pool" processRef="p"/><messageFlow id="m" sourceRef="pool" targetRef="t"/></collaboration>',
    ),
  ],
  [
    'COLLECTION_MISMATCH d',
    plain(`<dataObject id="d" itemSubjectRef="list"/>${around('t', '<task id="t"/>')}`, '<itemDefinition id="list" isCollection="true"/>'),
  ],
  [
    'DATA_NOT_IN_SET in',
    plain(around('t', '<task id="t"><ioSpecification><dataInput id="in"/><inputSet/><outputSet/></ioSpecification></task>')),
  ],
  ['UNKNOWN_ATTRIBUTE t', plain(around('t', '<task id="t" colour="red"/>'))],
]

describe('a rule of the standard', () => {
  test.each(BROKEN)('refuses with %s', async (problem, xml) => {
    expect(await errorsOf(xml)).toContain(problem)
  })

  test('says expected, found, way out and the clause', async () => {
    const { problems } = await parseBpmn(plain(around('g', '<parallelGateway id="g"/>')))

    expect(problems.filter(({ severity }) => severity === 'error').map(({ message }) => message)).toEqual([
      'Expected g to split or to join, but 1 flows lead there and 1 leave; connect it or remove it (BPMN 2.0.2 §10.6.1)',
    ])
  })

  test('does not bind a process that is a picture', async () => {
    const picture = plain(around('g', '<parallelGateway id="g"/>')).replace('isExecutable="true"', 'isExecutable="false"')

    expect(await errorsOf(picture)).toEqual([])
  })

  test('leaves to Camunda 8 what it allows in its own dialect', async () => {
    const dialect = plain(around('g', '<parallelGateway id="g"/>')).replace(
      '<definitions ',
      '<definitions xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" ',
    )

    expect(await errorsOf(dialect)).toEqual([])
  })
})

describe('a plain file', () => {
  test('is accepted as it is, its work becoming jobs of the type of their id', async () => {
    const { processes, problems } = await parseBpmn(plain(around('pay', '<serviceTask id="pay"/>')))

    expect(problems).toMatchObject([{ severity: 'warning', rule: 'PLAIN_BPMN' }])
    expect(processes[0]?.elements.get('pay')?.job?.jobType).toEqual({ kind: 'literal', text: 'pay' })
  })

  test('begins with all that no flow leads to, where it has no start event', async () => {
    const { processes, problems } = await parseBpmn(plain(`<task id="a"/><task id="b"/><task id="c"/>${flow('f', 'a', 'c')}`))

    expect(problems).toMatchObject([{ severity: 'warning', rule: 'PLAIN_BPMN' }])
    expect(processes[0]?.root.startEvent?.outgoing.map(({ targetId }) => targetId)).toEqual(['a', 'b'])
  })

  test('may carry the marks of the tool that drew it', async () => {
    const marked = around(
      't',
      '<task id="t"><extensionElements><x:style xmlns:x="http://bpmn.sourceforge.net" bold="true"/></extensionElements></task>',
    )

    const { problems } = await parseBpmn(plain(marked))

    expect(problems.map(({ severity, rule }) => `${severity} ${rule}`)).toEqual(['warning UNKNOWN_EXTENSION', 'warning PLAIN_BPMN'])
  })

  test('may not carry what another vendor would make of it', async () => {
    const marked = around(
      't',
      '<task id="t"><extensionElements><x:retry xmlns:x="http://vendor.example" times="3"/></extensionElements></task>',
    )

    expect(await errorsOf(plain(marked))).toEqual(['UNKNOWN_EXTENSION t'])
  })

  test('of another engine is no plain file: what its extensions say is not left out silently', async () => {
    const foreign = plain(around('pay', '<serviceTask id="pay"/>')).replace(
      '<definitions ',
      '<definitions xmlns:camunda="http://camunda.org/schema/1.0/bpmn" ',
    )

    expect(await errorsOf(foreign)).toEqual(['IMPLEMENTATION_MISSING pay'])
  })
})
