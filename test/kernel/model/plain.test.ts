import { describe, expect, test } from 'vitest'
import { parseBpmn } from '../../../engine/kernel/index.ts'
import { Play } from '../../helpers/kernel-harness.ts'

const around = (content: string) => `<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="t">
  <process id="p" isExecutable="true">${content}</process></definitions>`
const flow = (from: string, to: string) => `<sequenceFlow id="${from}_${to}" sourceRef="${from}" targetRef="${to}"/>`

/** A task that takes `given` from, or gives `made` to, what the associations name. */
const io = (kind: 'Input' | 'Output', name: string, from: string, to: string) =>
  `<ioSpecification><data${kind} id="${name}"/>${kind === 'Input' ? `<inputSet><dataInputRefs>${name}</dataInputRefs></inputSet><outputSet/>` : `<inputSet/><outputSet><dataOutputRefs>${name}</dataOutputRefs></outputSet>`}</ioSpecification>
  <data${kind}Association><sourceRef>${from}</sourceRef><targetRef>${to}</targetRef></data${kind}Association>`

async function playPlain(content: string): Promise<Play> {
  const { processes, problems } = await parseBpmn(around(content))
  expect(problems.map(({ rule }) => rule)).toEqual(['PLAIN_BPMN'])
  if (!processes[0]) throw new Error('Expected an executable process in the file')
  return new Play(processes[0], {})
}

describe('a data object of a plain file', () => {
  const make = `<serviceTask id="make">${io('Output', 'made', 'made', 'ref')}</serviceTask>`
  const use = `<serviceTask id="use">${io('Input', 'given', 'ref', 'given')}</serviceTask>`
  const object = '<dataObject id="o" name="order"/><dataObjectReference id="ref" dataObjectRef="o"/>'

  test('carries what one task makes to the next', async () => {
    const run = await playPlain(
      `<startEvent id="s"/>${object}${make}${use}<endEvent id="e"/>${flow('s', 'make')}${flow('make', 'use')}${flow('use', 'e')}`,
    )

    run.complete('make', { made: 7, aside: 1 })

    expect(run.variables()).toEqual({ order: 7 })
    expect(run.live('use')[0]?.variables).toEqual({ given: 7 })
  })

  test('of a subprocess ends with it', async () => {
    const run = await playPlain(
      `<startEvent id="s"/><subProcess id="sub">${object}<startEvent id="is"/>${make}${use}<endEvent id="ie"/>${flow('is', 'make')}${flow('make', 'use')}${flow('use', 'ie')}</subProcess><endEvent id="e"/>${flow('s', 'sub')}${flow('sub', 'e')}`,
    )

    run.complete('make', { made: 7 })
    expect(run.live('sub')[0]?.variables).toEqual({ order: 7 })
    run.complete('use')

    expect(run.state.status).toBe('completed')
    expect(run.variables()).toEqual({})
  })
})

test('a lane of a plain file is the group that may work on its user tasks, the innermost one', async () => {
  const run = await playPlain(
    `<laneSet><lane id="l1" name="Office"><flowNodeRef>sub</flowNodeRef><flowNodeRef>b</flowNodeRef><childLaneSet><lane id="l2" name="Desk 2, left"><flowNodeRef>b</flowNodeRef></lane></childLaneSet></lane></laneSet>
    <startEvent id="s"/><subProcess id="sub"><startEvent id="is"/><userTask id="a"/><endEvent id="ie"/>${flow('is', 'a')}${flow('a', 'ie')}</subProcess><userTask id="b"/><endEvent id="e"/>${flow('s', 'sub')}${flow('sub', 'b')}${flow('b', 'e')}`,
  )
  run.completeUserTask('a')

  const groups = run.events.flatMap((event) => (event.type === 'userTask.created' ? [event.candidateGroups] : []))
  expect(groups).toEqual([['Office'], ['Desk 2, left']])
})
