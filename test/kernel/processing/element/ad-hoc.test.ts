import { describe, expect, test } from 'vitest'
import type { AdHocResult, Variables } from '../../../../engine/kernel/index.ts'
import { expectNothingLeft, type Play, play } from '../../../helpers/kernel-harness.ts'
import { process } from '../../../helpers/process-builder.ts'

/** Two activities to choose from; the first has another behind it. */
const tools = (inner: Parameters<Parameters<ReturnType<typeof process>['adHoc']>[1]>[0]) =>
  inner
    .serviceTask('weigh', { type: 'w', inputs: { where: '=fromAi(toolCall.where, "Which yard", "string")' } })
    .serviceTask('note', { type: 'n' })
    .apart()
    .serviceTask('open', { type: 'o' })

const chosen = (options: Parameters<ReturnType<typeof process>['adHoc']>[2]) => process('p').start().adHoc('work', tools, options).end()
const collecting = () => chosen({ activeElements: '=wanted', outputCollection: 'results', outputElement: '=found' })
const driven = (more: Parameters<ReturnType<typeof process>['adHoc']>[2] = {}) => chosen({ job: 'chooser', ...more })

const jobOf = (run: Play, elementId: string) => Object.values(run.state.jobs).find((job) => job.elementId === elementId)
const complete = (run: Play, elementId: string, variables: Variables = {}, adHoc?: AdHocResult) =>
  run.must({ type: 'completeJob', jobKey: jobOf(run, elementId)?.key as never, variables, ...(adHoc && { adHoc }) })
const waiting = (run: Play) =>
  Object.values(run.state.jobs)
    .map(({ elementId }) => elementId)
    .sort()

describe('an ad-hoc subprocess that collects', () => {
  test('lists the result of each chosen activity in the order of completion', async () => {
    const run = await play(collecting(), { variables: { wanted: ['weigh', 'open'] } })

    complete(run, 'open', { found: 'sand' })
    complete(run, 'weigh', { found: 'ignored: another follows' })
    complete(run, 'note', { found: 7 })

    expect(run.state).toMatchObject({ status: 'completed', result: { results: ['sand', 7] } })
    expectNothingLeft(run.state)
  })

  test('gives an empty list when nothing was chosen', async () => {
    const run = await play(collecting(), { variables: { wanted: [] } })

    expect(run.state).toMatchObject({ status: 'completed', result: { results: [] } })
  })

  test('keeps what belongs to one choice from the other', async () => {
    const twice = chosen({ activeElements: '=["open", "open"]', outputCollection: 'results', outputElement: '=found' })
    const run = await play(twice)
    const [first, second] = Object.values(run.state.jobs)
    run.must({
      type: 'setVariables',
      scopeKey: run.state.elements[first?.elementInstanceKey as never]?.scopeKey as never,
      variables: { box: 'A' },
      local: true,
    })

    expect(
      run.state.elements[run.state.elements[second?.elementInstanceKey as never]?.scopeKey as never]?.variables ?? {},
    ).not.toHaveProperty('box')
  })

  test('tells what may be chosen, with the values that whoever chooses is to give', async () => {
    const run = await play(driven())

    const scope = Object.values(run.state.elements).find(({ elementType }) => elementType === 'adHocSubProcess')
    expect(scope?.variables?.adHocSubProcessElements).toEqual([
      { elementId: 'weigh', elementName: 'weigh', parameters: [{ name: 'where', description: 'Which yard', type: 'string' }] },
      { elementId: 'open', elementName: 'open', parameters: [] },
    ])
  })
})

describe('an ad-hoc subprocess that its worker drives', () => {
  test('asks on entry and after each inner end, and begins what it is told with variables of its own', async () => {
    const run = await play(driven({ outputCollection: 'results', outputElement: '=found' }))
    expect(waiting(run)).toEqual(['work'])
    expect(jobOf(run, 'work')).toMatchObject({ kind: 'AD_HOC_SUB_PROCESS', jobType: 'chooser' })

    complete(run, 'work', {}, { activateElements: [{ elementId: 'weigh', variables: { toolCall: { where: 'yard 7' } } }] })
    expect(waiting(run)).toEqual(['weigh'])
    complete(run, 'weigh')
    complete(run, 'note', { found: 12 })
    expect(waiting(run)).toEqual(['work'])
    complete(run, 'work', { verdict: 'heavy' }, { isFulfilled: true })

    expect(run.state).toMatchObject({ status: 'completed', result: { results: [12] } })
    expectNothingLeft(run.state)
  })

  test('gives a worker whose answer would be out of date a new question', async () => {
    const run = await play(driven())
    complete(run, 'work', {}, { activateElements: [{ elementId: 'weigh' }, { elementId: 'open' }] })
    complete(run, 'open')
    const before = jobOf(run, 'work')?.key
    complete(run, 'weigh')
    complete(run, 'note')

    expect(waiting(run)).toEqual(['work'])
    expect(jobOf(run, 'work')?.key).not.toBe(before)
  })

  test('told that it is done, waits for what is active, or ends it when told so', async () => {
    const patient = await play(driven())
    complete(patient, 'work', {}, { activateElements: [{ elementId: 'open' }], isFulfilled: true })
    expect(waiting(patient)).toEqual(['open'])
    complete(patient, 'open')
    expect(patient.state.status).toBe('completed')

    const hasty = await play(driven())
    complete(hasty, 'work', {}, { activateElements: [{ elementId: 'open' }, { elementId: 'weigh' }] })
    complete(hasty, 'open')
    complete(hasty, 'work', {}, { isFulfilled: true, cancelsRemaining: true })
    expect(hasty.state.status).toBe('completed')
    expectNothingLeft(hasty.state)
  })

  test('refuses activities that it does not hold, and keeps the question open', async () => {
    const run = await play(driven())

    const refusal = run.run({
      type: 'completeJob',
      jobKey: jobOf(run, 'work')?.key as never,
      variables: {},
      adHoc: { activateElements: [{ elementId: 'note' }] },
    })

    expect(refusal).toMatchObject({ code: 'INVALID_ARGUMENT', message: expect.stringContaining('weigh, open') })
    expect(waiting(run)).toEqual(['work'])
  })

  test('whose worker gives up is an incident of its own kind', async () => {
    const run = await play(driven())

    run.must({ type: 'failJob', jobKey: jobOf(run, 'work')?.key as never, retries: 0, errorMessage: 'no idea' })

    expect(run.incidents()).toMatchObject([{ elementId: 'work', incidentType: 'AD_HOC_SUB_PROCESS_NO_RETRIES' }])
  })
})

describe('activities begun from outside', () => {
  test('run beside what is active, or in its place', async () => {
    const run = await play(chosen({ activeElements: '=["open"]' }))
    const key = Object.values(run.state.elements).find(({ elementType }) => elementType === 'adHocSubProcess')?.key as never

    run.must({ type: 'activateAdHoc', elementInstanceKey: key, activations: [{ elementId: 'weigh', variables: { a: 1 } }] })
    expect(waiting(run)).toEqual(['open', 'weigh'])
    run.must({ type: 'activateAdHoc', elementInstanceKey: key, activations: [{ elementId: 'open' }], cancelsRemaining: true })

    expect(waiting(run)).toEqual(['open'])
    complete(run, 'open')
    expect(run.state.status).toBe('completed')
  })

  test('are refused where there is no ad-hoc subprocess, or when it does not hold them', async () => {
    const run = await play(chosen({ activeElements: '=["open"]' }))
    const key = Object.values(run.state.elements).find(({ elementType }) => elementType === 'adHocSubProcess')?.key as never

    expect(run.run({ type: 'activateAdHoc', elementInstanceKey: run.state.key, activations: [{ elementId: 'open' }] })).toMatchObject({
      code: 'NOT_FOUND',
    })
    expect(run.run({ type: 'activateAdHoc', elementInstanceKey: key, activations: [{ elementId: 'note' }] })).toMatchObject({
      code: 'INVALID_ARGUMENT',
    })
  })
})

describe('a migrated ad-hoc subprocess', () => {
  test('goes on with its choices', async () => {
    const run = await play(collecting(), { variables: { wanted: ['weigh'] } })
    await run.migrate(collecting(), { same: ['work', 'weigh', 'note', 'open'] })

    complete(run, 'weigh')
    complete(run, 'note', { found: 3 })

    expect(run.state).toMatchObject({ status: 'completed', result: { results: [3] } })
  })
})
