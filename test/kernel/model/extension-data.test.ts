import { describe, expect, test } from 'vitest'
import { parseBpmn } from '../../../engine/kernel/index.ts'
import { play } from '../../helpers/kernel-harness.ts'
import { type ProcessBuilder, process } from '../../helpers/process-builder.ts'

async function rules(model: ProcessBuilder): Promise<string[]> {
  return (await parseBpmn(model.xml())).problems.map(({ elementId, rule }) => `${elementId} ${rule}`)
}
async function elementOf(model: ProcessBuilder, id: string) {
  const parsed = await parseBpmn(model.xml())
  expect(parsed.problems).toEqual([])
  const found = parsed.processes[0]?.elements.get(id)
  if (!found) throw new Error(`Expected element ${id}`)
  return found
}

describe('a job priority', () => {
  const model = () =>
    process('p')
      .extend('<zeebe:jobPriorityDefinition priority="20" />')
      .start()
      .parallel('fork')
      .serviceTask('urgent', { type: 'work' })
      .extend('<zeebe:jobPriorityDefinition priority="=level * 10" />')
      .end()
      .at('fork')
      .serviceTask('usual', { type: 'work' })
      .end()

  test('is that of the element, else of the process', async () => {
    const run = await play(model(), { variables: { level: 9 } })

    const created = run.events.flatMap((event) => (event.type === 'job.created' ? [[event.elementId, event.priority]] : []))
    expect(created).toEqual([
      ['urgent', 90],
      ['usual', 20],
    ])
  })

  test('that is no whole number is refused, or an incident when it is evaluated', async () => {
    const literal = process('p').start().serviceTask('a', { type: 'work' }).extend('<zeebe:jobPriorityDefinition priority="high" />').end()
    const run = await play(model(), { variables: { level: 0.55 } })

    expect(await rules(literal)).toEqual(['a JOB_PRIORITY'])
    expect(run.incidents()).toMatchObject([{ elementId: 'urgent', incidentType: 'EXTRACT_VALUE_ERROR' }])
  })
})

describe('linked resources', () => {
  const linked = (attributes: string) =>
    process('p')
      .start()
      .serviceTask('a', { type: 'rpa', headers: { own: '1' } })
      .extend(`<zeebe:linkedResources><zeebe:linkedResource ${attributes} /></zeebe:linkedResources>`)
      .end()

  test('are told to the worker in a header', async () => {
    const run = await play(linked('resourceId="robot" resourceType="RPA" linkName="main" bindingType="versionTag" versionTag="v1"'))

    expect(run.job('a').customHeaders).toEqual({
      own: '1',
      linkedResources: JSON.stringify([
        { resourceId: 'robot', resourceType: 'RPA', linkName: 'main', bindingType: 'versionTag', versionTag: 'v1' },
      ]),
    })
  })

  test('without id, or bound to a tag that is not named, are refused', async () => {
    expect(await rules(linked('resourceType="RPA" bindingType="versionTag"'))).toEqual(['a LINKED_RESOURCE', 'a VERSION_TAG_MISSING'])
  })
})

describe('a user task that is not native', () => {
  test('tells its worker in headers whom it is for', async () => {
    const model = process('p')
      .start()
      .userTask('t', { byJob: true, assignee: '=who', candidateGroups: 'a, b', dueDate: '2026-05-01T09:00:00Z', headers: { own: '1' } })
      .extend('<zeebe:formDefinition formKey="camunda-forms:bpmn:f" />')
      .end()
    const run = await play(model, { variables: { who: 'lin' } })

    expect(run.job('t')).toMatchObject({
      jobType: 'io.camunda.zeebe:userTask',
      customHeaders: {
        own: '1',
        'io.camunda.zeebe:assignee': 'lin',
        'io.camunda.zeebe:candidateGroups': '["a","b"]',
        'io.camunda.zeebe:dueDate': '2026-05-01T09:00:00Z',
        'io.camunda.zeebe:formKey': 'camunda-forms:bpmn:f',
      },
    })
  })
})

describe('a binding', () => {
  test('to a version tag needs the tag, and no other kind is known', async () => {
    const model = process('p')
      .start()
      .callActivity('call', { processId: 'q', bindingType: 'versionTag' })
      .businessRuleTask('decide', { decisionId: 'd', resultVariable: 'r', bindingType: 'newest' })
      .end()

    expect(await rules(model)).toEqual(['call VERSION_TAG_MISSING', 'decide BINDING_TYPE'])
  })

  test('of a form is kept', async () => {
    const model = process('p')
      .start()
      .userTask('t')
      .extend('<zeebe:formDefinition formId="f" bindingType="versionTag" versionTag="v2" />')
      .end()

    expect((await elementOf(model, 't')).userTask).toMatchObject({
      formId: 'f',
      formBinding: { bindingType: 'versionTag', versionTag: 'v2' },
    })
  })
})

describe('properties', () => {
  test('are kept on the process and on every element', async () => {
    const model = process('p')
      .extend('<zeebe:properties><zeebe:property name="owner" value="port" /></zeebe:properties>')
      .start()
      .exclusive('choice')
      .extend('<zeebe:properties><zeebe:property name="name.zh" value="选择" /></zeebe:properties>')
      .end()
    const parsed = await parseBpmn(model.xml())

    expect(parsed.processes[0]?.root.properties).toEqual({ owner: 'port' })
    expect((await elementOf(model, 'choice')).properties).toEqual({ 'name.zh': '选择' })
  })
})
