import { describe, expect, test } from 'vitest'
import { parseBpmn } from '../../../engine/kernel/index.ts'
import { process } from '../../helpers/process-builder.ts'

const good = () => process('p').start().serviceTask('work', { type: 'w' }).end().xml()

async function problemsOf(xml: string) {
  const { problems } = await parseBpmn(xml)
  return problems.map(({ elementId, rule, severity }) => `${severity} ${rule} ${elementId}`)
}

describe('a readable file', () => {
  test('gives its executable processes and no problem', async () => {
    const parsed = await parseBpmn(good())

    expect(parsed.problems).toEqual([])
    expect(parsed.processes.map((entry) => entry.bpmnProcessId)).toEqual(['p'])
    expect(parsed.hasDiagram).toBe(true)
  })

  test('leaves out a process that is a picture', async () => {
    const parsed = await parseBpmn(good().replace('isExecutable="true"', 'isExecutable="false"'))

    expect(parsed.processes).toEqual([])
  })

  test('tells when it has no diagram', async () => {
    const parsed = await parseBpmn(process('p').start().end().xml({ diagram: false }))

    expect(parsed.hasDiagram).toBe(false)
  })
})

describe('a file that is refused names the place', () => {
  test('document types and entities are never read', async () => {
    const xml = good().replace('?>\n', '?>\n<!DOCTYPE x [<!ENTITY boom "boom">]>\n')

    const { processes, problems } = await parseBpmn(xml)

    expect(processes).toEqual([])
    expect(problems).toMatchObject([{ rule: 'DOCTYPE_REFUSED', elementId: 'definitions', line: 2 }])
  })

  test.each(['', 'not xml at all', '<a><b></a>', '<foo/>', '{"json":true}'])('what is not BPMN: %j', async (xml) => {
    expect(await problemsOf(xml)).toEqual(['error NOT_BPMN definitions'])
  })

  test('a duplicate id', async () => {
    const xml = good().replace('<bpmn:endEvent id="end">', '<bpmn:task id="work" /><bpmn:endEvent id="end">')

    expect(await problemsOf(xml)).toContain('error DUPLICATE_ID work')
  })

  test('an unknown extension in the dialect and one of another vendor', async () => {
    const extended = (content: string) => good().replace('<bpmn:extensionElements>', `<bpmn:extensionElements>${content}`)

    expect(await problemsOf(extended('<zeebe:taskDefinitoin type="x" />'))).toContain('error UNKNOWN_EXTENSION work')
    expect(await problemsOf(extended('<acme:retry xmlns:acme="http://acme" times="3" />'))).toContain('error UNKNOWN_EXTENSION work')
  })

  test.each([
    ['camunda', 'http://camunda.org/schema/1.0/bpmn', 'asyncBefore="true"'],
    ['activiti', 'http://activiti.org/bpmn', 'exclusive="false"'],
    ['f', 'http://flowable.org/bpmn', 'class="a.B"'],
  ])('an attribute of another engine on an element (%s)', async (prefix, uri, attribute) => {
    const on = (element: string, where: string) =>
      good().replace(`<bpmn:${element} `, `<bpmn:${element} xmlns:${prefix}="${uri}" ${where}${prefix}:${attribute} `)

    expect(await problemsOf(on('serviceTask', ''))).toContain('error UNKNOWN_EXTENSION work')
    expect(await problemsOf(on('sequenceFlow', ''))).toEqual([expect.stringContaining('error UNKNOWN_EXTENSION ')])
    expect(await problemsOf(on('process', ''))).toEqual([expect.stringContaining('warning UNKNOWN_EXTENSION ')])
    expect(await problemsOf(on('serviceTask', '').replace(uri, 'http://colours.example'))).toEqual([])
  })

  test('no attribute of drawing tools, colours or templates', async () => {
    const marks =
      'xmlns:color="http://www.omg.org/spec/BPMN/non-normative/color/1.0" color:border-color="#111" ' +
      'xmlns:sig="http://www.signavio.com" sig:look="flat" zeebe:modelerTemplate="io.template" zeebe:modelerTemplateVersion="2" '

    const problems = await problemsOf(good().replace('<bpmn:serviceTask ', `<bpmn:serviceTask ${marks}`))
    expect(problems.filter((problem) => !problem.startsWith('warning XML_WARNING'))).toEqual([])
  })

  test('an event we cannot execute', async () => {
    const xml = process('p').start().catchEvent('odd', { duration: 'PT1H' }).end().xml()
    const twice = xml.replace('</bpmn:intermediateCatchEvent>', '<bpmn:terminateEventDefinition /></bpmn:intermediateCatchEvent>')

    expect(await problemsOf(twice)).toContain('error MULTIPLE_EVENT_KIND odd')
  })

  test('a flow that leads nowhere', async () => {
    const xml = good().replace('targetRef="end"', 'targetRef="gone"')

    expect(await problemsOf(xml)).toContain('error UNRESOLVED_REFERENCE work_end')
  })

  test('a call of a function that is not there, told with its position', async () => {
    const model = process('p').start().scriptTask('sum', { expression: '=1 + summ([1])', resultVariable: 'r' }).end()

    const { problems } = await parseBpmn(model.xml())

    expect(problems).toMatchObject([{ elementId: 'sum', rule: 'UNKNOWN_FUNCTION', severity: 'error' }])
    expect(problems[0]?.message).toContain('summ(…) at position 5 of `1 + summ([1])`')
  })

  test('all problems come at once', async () => {
    const model = process('p').start().exclusive('choice').when('=a >', 'broken').end('one').at('choice').end('two')
    model.at('choice').scriptTask('script', { expression: 'no equals sign', resultVariable: 'r' }).end('three')

    const found = await problemsOf(model.xml())

    expect(found).toEqual(
      expect.arrayContaining([
        'error INVALID_EXPRESSION broken',
        'error EXPRESSION_EXPECTED script',
        'error CONDITION_MISSING choice_two',
        'error CONDITION_MISSING choice_script',
      ]),
    )
  })

  test.each([
    [
      'SUBPROCESS_START sub',
      process('p')
        .start()
        .subProcess('sub', (inner) => inner.serviceTask('t', { type: 't' }))
        .end(),
    ],
    ['START_EVENT_MISSING p', process('p').serviceTask('t', { type: 't' }).end()],
    ['CORRELATION_KEY_MISSING wait', process('p').start().catchEvent('wait', { message: 'm' }).end()],
    ['EVENT_GATEWAY_FLOWS race', process('p').start().eventGateway('race').catchEvent('t', { duration: 'PT1S' }).end()],
    ['TIMER_CYCLE late', process('p').start().serviceTask('t', { type: 't' }).end().boundary('t', 'late', { cycle: 'R/PT1H' }).end('l')],
    [
      'IMPLEMENTATION_MISSING send',
      process('p')
        .start()
        .throwEvent('send', { type: '', message: undefined as never })
        .end(),
    ],
  ])('%s', async (expected, model) => {
    expect(await problemsOf(model.xml())).toContain(`error ${expected}`)
  })
})
