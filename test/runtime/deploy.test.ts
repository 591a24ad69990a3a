import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { EngineFailure } from '../../engine/runtime/index.ts'
import { type EngineHarness, openEngineHarness, TENANT, TESTER } from '../helpers/engine-harness.ts'
import { bpmnFile, process } from '../helpers/process-builder.ts'

let house: EngineHarness
beforeEach(async () => {
  house = await openEngineHarness()
})
afterEach(async () => house.remove())

const plain = (id: string, type = 'work') => process(id).start().serviceTask('work', { type }).end()
const decision = (result: string) => `<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="tariff" name="Tariff" namespace="http://port">
  <decision id="rate" name="Rate"><literalExpression><text>${result}</text></literalExpression></decision>
</definitions>`
const deploy = (resources: readonly { readonly name: string; readonly content: string }[]) =>
  house.engine.deploy({ resources, tenantId: TENANT, actor: TESTER })
async function refusal(resources: readonly { readonly name: string; readonly content: string }[]): Promise<EngineFailure> {
  const failure = await deploy(resources).then(
    () => undefined,
    (error) => error as EngineFailure,
  )
  if (!failure) throw new Error('Expected the deployment to be refused')
  expect(failure.code).toBe('INVALID_ARGUMENT')
  return failure
}
const rules = (failure: EngineFailure) =>
  failure.problems.filter(({ severity }) => severity === 'error').map(({ resource, rule }) => `${resource} ${rule}`)

describe('a deployment', () => {
  test('makes versions of changed content only', async () => {
    const file = { name: 'a.bpmn', content: plain('a').xml() }

    const first = await deploy([file])
    const same = await deploy([file])
    const changed = await deploy([{ ...file, content: plain('a', 'other').xml() }])

    expect([first, same, changed].map(({ definitions }) => definitions[0]?.version)).toEqual([1, 1, 2])
    expect(same.definitions[0]?.key).toBe(first.definitions[0]?.key)
    expect(house.engine.definitions.latest('process', 'a', TENANT)?.version).toBe(2)
  })

  test('takes several processes of one file, and DMN with its requirements', async () => {
    const { definitions } = await deploy([
      { name: 'both.bpmn', content: bpmnFile(plain('a'), process('b').start('bs').serviceTask('bt', { type: 'x' }).end('be')) },
      { name: 'tariff.dmn', content: decision('1') },
    ])

    expect(definitions.map(({ kind, id }) => `${kind} ${id}`)).toEqual([
      'process a',
      'process b',
      'decisionRequirements tariff',
      'decision rate',
    ])
    expect(definitions[3]?.decisionRequirementsKey).toBe(definitions[2]?.key)
  })

  test('knows files with the extension xml by their content', async () => {
    const { definitions } = await deploy([
      { name: 'a.xml', content: plain('a').xml() },
      { name: 'tariff.xml', content: decision('1') },
    ])

    expect(definitions.map(({ kind }) => kind)).toEqual(['process', 'decisionRequirements', 'decision'])
  })

  test.each([
    ['an empty file', 'a.bpmn', '  \n', 'EMPTY_RESOURCE'],
    ['text that is not XML', 'a.bpmn', 'hello', undefined],
    ['XML that is cut off', 'a.bpmn', plain('a').xml().slice(0, 900), undefined],
    ['another encoding', 'a.bpmn', plain('a').xml().replace('UTF-8', 'ISO-8859-1'), 'NOT_UTF8'],
    ['bytes that are not UTF-8', 'a.bpmn', plain('a').xml().replace('id="start"', 'id="start" name="\uFFFD"'), 'NOT_UTF8'],
    ['a file of another kind', 'a.pdf', '%PDF-1.7', 'UNKNOWN_RESOURCE_TYPE'],
    ['XML of another kind', 'a.xml', '<html xmlns="http://www.w3.org/1999/xhtml"/>', 'UNKNOWN_RESOURCE_TYPE'],
    [
      'a process that is only a picture',
      'a.bpmn',
      plain('a').xml().replace('isExecutable="true"', 'isExecutable="false"'),
      'NO_EXECUTABLE_PROCESS',
    ],
    ['a model without diagram', 'a.bpmn', plain('a').xml({ diagram: false }), 'NO_DIAGRAM'],
    ['DMN that is broken', 'a.dmn', decision('1 +'), undefined],
  ])('of %s is refused with its reason', async (_, name, content, rule) => {
    const failure = await refusal([{ name, content }])

    if (rule) expect(rules(failure)).toEqual([`${name} ${rule}`])
    expect(failure.problems.length).toBeGreaterThan(0)
    expect(house.engine.definitions.all()).toEqual([])
  })

  test('tells all problems of all files at once, and stores none of them', async () => {
    const failure = await refusal([
      { name: 'good.bpmn', content: plain('good').xml() },
      { name: 'no-picture.bpmn', content: plain('a').xml({ diagram: false }) },
      { name: 'empty.dmn', content: '' },
    ])

    expect(rules(failure)).toEqual(['no-picture.bpmn NO_DIAGRAM', 'empty.dmn EMPTY_RESOURCE'])
    expect(failure.message).toContain('and 1 more')
    expect(await house.temp.store.listDefinitions()).toEqual([])
  })

  test('of one process id in two files is refused', async () => {
    const failure = await refusal([
      { name: 'a.bpmn', content: plain('same').xml() },
      { name: 'b.bpmn', content: plain('same', 'other').xml() },
    ])

    expect(rules(failure)).toEqual(['b.bpmn DUPLICATE_ID'])
  })

  test('without resources is refused', async () => {
    await expect(deploy([])).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' })
  })

  test('on two nodes at once makes two versions', async () => {
    const other = await house.another()

    const results = await Promise.all([
      deploy([{ name: 'a.bpmn', content: plain('a', 'one').xml() }]),
      other.deploy({ resources: [{ name: 'a.bpmn', content: plain('a', 'two').xml() }], tenantId: TENANT, actor: TESTER }),
    ])

    expect(results.map(({ definitions }) => definitions[0]?.version).sort()).toEqual([1, 2])
  })
})

describe('a deployed definition', () => {
  test('runs after a restart, from the stored text', async () => {
    await house.deploy(plain('a'))
    await house.restart()

    await house.start('a')

    expect(await house.take('work')).toHaveLength(1)
  })

  test('of an older version can still be started by its number or key', async () => {
    await house.deploy(plain('a', 'old'))
    const old = house.engine.definitions.latest('process', 'a', TENANT)
    await house.deploy(plain('a', 'new'))
    const request = { variables: {}, tenantId: TENANT, actor: TESTER }

    await house.engine.createInstance({ ...request, bpmnProcessId: 'a', version: 1 })
    await house.engine.createInstance({ ...request, processDefinitionKey: old?.key ?? '' })

    expect(await house.take('old')).toHaveLength(2)
    await expect(house.engine.createInstance({ ...request, bpmnProcessId: 'a', version: 3 })).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })

  test('decides with the newest decision, also after a restart', async () => {
    const rated = process('rated').start().businessRuleTask('rate', { decisionId: 'rate', resultVariable: 'rate' }).end()
    await house.deploy(rated, { name: 'tariff.dmn', content: decision('1') })
    await house.deploy({ name: 'tariff.dmn', content: decision('2') })
    await house.restart()

    const key = await house.start('rated')

    expect(await house.engine.getVariables(key)).toEqual({ rate: 2 })
  })

  test('bound to its deployment decides with the decision that came with it, changed or not', async () => {
    const rated = (type: string) =>
      process('rated')
        .start()
        .businessRuleTask('rate', { decisionId: 'rate', resultVariable: 'rate', bindingType: 'deployment' })
        .serviceTask('work', { type })
        .end()
    await house.deploy(rated('one'), { name: 'tariff.dmn', content: decision('1') })
    house.clock.advance(1)
    await house.deploy(rated('two'), { name: 'tariff.dmn', content: decision('1') })
    house.clock.advance(1)
    await house.deploy({ name: 'tariff.dmn', content: decision('2') })

    const key = await house.start('rated')

    expect(await house.engine.getVariables(key)).toEqual({ rate: 1 })
  })
})

describe('a deployment that nobody could work on', () => {
  const task = (id: string, options: object) => process(id).start().userTask('approve', options).end().xml()
  const warningsOf = async (files: Readonly<Record<string, string>>) => {
    const resources = Object.entries(files).map(([name, content]) => ({ name, content }))
    const known = { hasForm: (id: string) => id === 'review', groups: ['customs.officer'] }
    const { warnings } = await house.engine.deploy({ resources, tenantId: TENANT, actor: TESTER, known })
    return warnings.map(({ rule, elementId, severity }) => `${severity} ${rule} ${elementId}`)
  }

  test('is taken with a warning for each group that no other process and no account knows', async () => {
    const typo = task('a', { candidateGroups: 'customs.officer, customs.oficer', externalReference: 'review' })

    expect(await warningsOf({ 'a.bpmn': typo })).toEqual(['warning UNKNOWN_GROUP approve'])
    expect(await warningsOf({ 'a.bpmn': typo })).toEqual(['warning UNKNOWN_GROUP approve'])
    expect(await warningsOf({ 'b.bpmn': task('b', { candidateGroups: 'customs.oficer' }) })).toEqual([])
    expect(await warningsOf({ 'c.bpmn': task('c', { candidateGroups: '=groups' }) })).toEqual([])
  })

  test('is taken with a warning for each form that is not there', async () => {
    expect(await warningsOf({ 'a.bpmn': task('a', { formId: 'reviw' }) })).toEqual(['warning UNKNOWN_FORM approve'])
    expect(await warningsOf({ 'b.bpmn': task('b', { externalReference: 'reviw' }) })).toEqual(['warning UNKNOWN_FORM approve'])
    expect(await warningsOf({ 'c.bpmn': task('c', { externalReference: 'https://forms.example/review' }) })).toEqual([])
    expect(await warningsOf({ 'd.bpmn': task('d', { formId: 'review' }) })).toEqual([])
  })
})
