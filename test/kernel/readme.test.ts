import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { BpmnModdle } from 'bpmn-moddle'
import { expect, test } from 'vitest'
import { parseBpmn } from '../../engine/kernel/index.ts'
import { PROCESSORS } from '../../engine/kernel/processing/processors.ts'
import { projectRoot } from '../../engine/root.ts'

const readme = readFileSync(join(projectRoot(), 'engine/kernel/README.md'), 'utf8')
const rows = (state: string) => [...readme.matchAll(new RegExp(`^\\| (\\w+) \\| ${state} \\|$`, 'gm'))].map((match) => match[1] ?? '')

interface TypeDescriptor {
  readonly isAbstract?: boolean
}
const moddle = new BpmnModdle() as unknown as {
  readonly registry: { readonly typeMap: Readonly<Record<string, TypeDescriptor>> }
  getType(name: string): { readonly $descriptor: { readonly allTypes: readonly { readonly name: string }[] } }
}

/** What BPMN allows inside a process, or as a root beside it that is drawn. */
const inside = (...bases: readonly string[]) =>
  Object.entries(moddle.registry.typeMap).flatMap(([name, { isAbstract }]) => {
    if (!name.startsWith('bpmn:') || isAbstract) return []
    const isOne = moddle.getType(name).$descriptor.allTypes.some((type) => bases.includes(type.name))
    return isOne ? [name.charAt(5).toLowerCase() + name.slice(6)] : []
  })

const MODEL = 'xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0"'
const file = (content: string, roots = '') =>
  `<definitions ${MODEL} targetNamespace="t">${roots}<process id="p" isExecutable="true">${content}<startEvent id="start"/></process></definitions>`

async function stateOf(type: string): Promise<string> {
  const { processes, problems } = await parseBpmn(
    file(`<${type} id="x" ${type === 'sequenceFlow' ? 'sourceRef="start" targetRef="end"' : ''}/><endEvent id="end"/>`),
  )
  if (problems.some(({ rule }) => rule === 'UNSUPPORTED_ELEMENT')) return 'refused'
  return processes[0]?.elements.has('x') || processes[0]?.flows.has('x') ? 'executes' : 'imports only'
}

test('the table of elements in the README names exactly those that execute', () => {
  expect(rows('executes')).toEqual([...Object.keys(PROCESSORS), 'sequenceFlow'])
})

test.each(inside('bpmn:FlowElement', 'bpmn:Artifact'))('the table of elements says of %s what the parser does with it', async (type) => {
  expect(rows(await stateOf(type))).toContain(type)
})

test('the table of elements names nothing twice, and nothing that BPMN does not know', () => {
  const all = [...rows('executes'), ...rows('imports only'), ...rows('refused')]
  const known = inside(
    'bpmn:FlowElement',
    'bpmn:Artifact',
    'bpmn:RootElement',
    'bpmn:Lane',
    'bpmn:LaneSet',
    'bpmn:Participant',
    'bpmn:MessageFlow',
  )
  // Ways of using an element that the engine tells apart.
  const views = ['eventSubProcess', 'loopBody', 'multiInstanceBody', 'adHocInner']

  expect(all).toEqual([...new Set(all)])
  expect(all.filter((type) => !known.includes(type) && !views.includes(type))).toEqual([])
})

test('what the table of elements says is only imported has no effect on the process, and nothing to complain about', async () => {
  const drawn = `<collaboration id="c"><participant id="a" processRef="p"/><participant id="b"/><messageFlow id="m" sourceRef="b" targetRef="start"/></collaboration>
    <dataStore id="ds"/><category id="cat"><categoryValue id="value"/></category>`
  const content = `<laneSet id="set"><lane id="l"><flowNodeRef>start</flowNodeRef></lane></laneSet><dataObject id="o"/><dataObjectReference id="r" dataObjectRef="o"/>
    <dataStoreReference id="sr" dataStoreRef="ds"/><textAnnotation id="t"/><group id="g" categoryValueRef="value"/><association id="as" sourceRef="start" targetRef="t"/>`

  const { processes, problems } = await parseBpmn(file(content, drawn))

  expect(problems).toEqual([])
  expect([...(processes[0]?.elements.keys() ?? [])]).toEqual(['start'])
  for (const type of rows('imports only')) expect(drawn + content).toContain(`<${type} `)
})
