import { describe, expect, test } from 'vitest'
import { parseBpmn } from '../../../engine/kernel/index.ts'
import { expectNothingLeft, type Play, play } from '../../helpers/kernel-harness.ts'
import { type ProcessBuilder, process } from '../../helpers/process-builder.ts'

/** The job that is open, as `kind type`. */
function open(run: Play): string[] {
  return Object.values(run.state.jobs).map(({ kind, jobType }) => (kind === 'BPMN_ELEMENT' ? jobType : `listener ${jobType}`))
}
function answer(run: Play, variables: Record<string, never> | Record<string, unknown> = {}): void {
  const [job] = Object.values(run.state.jobs)
  if (!job) throw new Error(`Expected an open job\n${run.log()}`)
  run.must({ type: 'completeJob', jobKey: job.key, variables: variables as never })
}
/** Answers whatever is open until the instance has ended; the job types in order. */
function answerAll(run: Play): string[] {
  const order: string[] = []
  while (run.state.status === 'active') {
    order.push(...open(run))
    answer(run)
  }
  return order
}
async function rules(model: ProcessBuilder): Promise<string[]> {
  return (await parseBpmn(model.xml())).problems.map(({ elementId, rule }) => `${elementId} ${rule}`)
}

describe('execution listeners of a task', () => {
  test('come before and after its work, in document order, one at a time', async () => {
    const run = await play(process('p').start().serviceTask('a', { type: 'work' }).listen('start:s1', 'start:s2', 'end:e1', 'end:e2').end())

    expect(answerAll(run)).toEqual(['listener s1', 'listener s2', 'work', 'listener e1', 'listener e2'])
    expectNothingLeft(run.state)
  })

  test('see mapped inputs before, and give local variables that expressions see', async () => {
    const model = process('p')
      .start()
      .serviceTask('a', { type: '=kind', inputs: { given: '=1' }, outputs: { seen: '=kind' } })
      .listen('start:s')
      .end()
    const run = await play(model)
    const task = Object.values(run.state.elements).find(({ elementId }) => elementId === 'a')

    expect(task).toMatchObject({ state: 'activating', variables: { given: 1 } })
    answer(run, { kind: 'dynamic' })
    expect(open(run)).toEqual(['dynamic'])
    answer(run)
    expect(run.variables()).toEqual({ seen: 'dynamic' })
  })

  test('after the work see mapped outputs and give variables to the parent scope, before flows are chosen', async () => {
    const model = process('p')
      .start()
      .serviceTask('a', { type: 'work', outputs: { out: '=1' } })
      .listen('end:e')
      .exclusive('choice')
      .when('=way = "left"')
      .end('left')
      .at('choice')
      .otherwise()
      .end('right')
    const run = await play(model)

    answer(run, { ignored: true })
    expect(run.variables()).toEqual({ out: 1 })
    expect(Object.values(run.state.elements).find(({ elementId }) => elementId === 'a')?.state).toBe('completing')
    answer(run, { way: 'left' })

    expect(run.state.endElementId).toBe('left')
    expect(run.variables()).toEqual({ out: 1, way: 'left' })
  })

  test('are armed against by boundary events only once those before have answered', async () => {
    const run = await play(
      process('p')
        .start()
        .serviceTask('a', { type: 'work' })
        .listen('start:s', 'end:e')
        .end()
        .boundary('a', 'late', { duration: 'PT1H' })
        .end('timedOut'),
    )

    expect(Object.keys(run.state.timers)).toEqual([])
    answer(run)
    expect(Object.keys(run.state.timers)).toHaveLength(1)
    answer(run)
    run.advance(3_600_000)

    expect(run.state.endElementId).toBe('timedOut')
    expectNothingLeft(run.state)
  })

  test('have headers of the element beneath their own', async () => {
    const run = await play(
      process('p')
        .start()
        .serviceTask('a', { type: 'work', headers: { a: 'element', b: 'element' } })
        .listen({ event: 'start', type: 's', headers: { b: 'listener' } })
        .end(),
    )

    expect(run.job('a').customHeaders).toEqual({ a: 'element', b: 'listener' })
  })
})

describe('a listener that fails', () => {
  test('is tried again alone, and raises an incident of its own kind when its retries are used up', async () => {
    const run = await play(process('p').start().serviceTask('a', { type: 'work' }).listen('start:s1', 'start:s2').end())
    answer(run)
    const job = run.job('a')
    run.must({ type: 'failJob', jobKey: job.key, retries: 1, errorMessage: 'busy' })
    expect(open(run)).toEqual(['listener s2'])
    run.must({ type: 'failJob', jobKey: job.key, retries: 0, errorMessage: 'broken' })

    expect(run.incidents()).toMatchObject([{ incidentType: 'EXECUTION_LISTENER_NO_RETRIES', message: 'broken' }])
    run.must({ type: 'updateJob', jobKey: job.key, retries: 1 })
    run.resolve()

    expect(answerAll(run)).toEqual(['listener s2', 'work'])
  })

  test('to be evaluated has all of its event asked again', async () => {
    const run = await play(
      process('p').start().serviceTask('a', { type: 'work' }).listen('start:s1', { event: 'start', type: '=missing.type' }).end(),
    )
    answer(run)
    expect(run.incidents()).toMatchObject([{ incidentType: 'EXTRACT_VALUE_ERROR' }])
    run.must({ type: 'setVariables', scopeKey: run.state.key, variables: { missing: { type: 's2' } }, local: false })
    run.resolve()

    expect(answerAll(run)).toEqual(['listener s1', 'listener s2', 'work'])
  })

  test('is not asked again when what follows it fails', async () => {
    const run = await play(process('p').start().serviceTask('a', { type: '=kind.name' }).listen('start:s').end())
    answer(run)
    expect(run.incidents()).toMatchObject([{ incidentType: 'EXTRACT_VALUE_ERROR' }])
    run.must({ type: 'setVariables', scopeKey: run.state.key, variables: { kind: { name: 'work' } }, local: false })
    run.resolve()

    expect(answerAll(run)).toEqual(['work'])
  })

  test('cannot throw a BPMN error', async () => {
    const run = await play(process('p').start().serviceTask('a', { type: 'work' }).listen('start:s').end())

    expect(run.run({ type: 'throwJobError', jobKey: run.job('a').key, errorCode: 'E' })).toMatchObject({ code: 'INVALID_STATE' })
  })
})

describe('execution listeners', () => {
  test('of the process come before its start event and after its last element', async () => {
    const run = await play(process('p').listen('start:begin', 'end:finish').start().serviceTask('a', { type: 'work' }).end())

    expect(run.completed()).toEqual([])
    answer(run, { given: 1 })
    expect(open(run)).toEqual(['work'])
    answer(run)
    expect(run.state.status).toBe('active')
    answer(run, { last: 2 })

    expect(run.state.status).toBe('completed')
    expect(run.variables()).toEqual({ given: 1, last: 2 })
  })

  test('of events, gateways and subprocesses hold the token there', async () => {
    const run = await play(
      process('p')
        .start()
        .listen('end:started')
        .exclusive('choice')
        .listen('start:choosing')
        .subProcess('sub', (inner) => inner.start('in').serviceTask('a', { type: 'work' }).end('inner'))
        .listen('start:entering', 'end:leaving')
        .throwEvent('thrown')
        .listen('start:throwing', 'end:threw')
        .catchEvent('caught', { message: 'news', correlationKey: '="k"' })
        .listen('start:waiting', 'end:came')
        .end('done', { terminate: true })
        .listen('start:ending', 'end:over'),
    )
    const order: string[] = []
    for (let asked = open(run); run.state.status === 'active'; asked = open(run)) {
      order.push(...asked)
      if (asked.length > 0) answer(run)
      else run.message('news', 'k')
    }

    expect(order.map((entry) => entry.replace('listener ', ''))).toEqual(
      'started choosing entering work leaving throwing threw waiting came ending over'.split(' '),
    )
    expectNothingLeft(run.state)
  })

  test('of a catch event behind an event gateway hold what came until they have answered', async () => {
    const run = await play(
      process('p')
        .start()
        .eventGateway('race')
        .catchEvent('news', { message: 'news', correlationKey: '="k"' }, { outputs: { told: '=text' } })
        .listen('start:s')
        .end()
        .at('race')
        .catchEvent('late', { duration: 'PT1H' })
        .end(),
    )
    run.message('news', 'k', { text: 'hello' })
    expect(open(run)).toEqual(['listener s'])
    answer(run)

    expect(run.state.status).toBe('completed')
    expect(run.variables()).toEqual({ told: 'hello' })
  })

  test('of an event subprocess hold what came until they have answered', async () => {
    const run = await play(
      process('p')
        .start()
        .eventSubProcess('aside', (inner) =>
          inner.startOn('on', { message: 'news', correlationKey: '="k"' }).serviceTask('b', { type: 'b' }).end('asideEnd'),
        )
        .listen('start:before', 'end:after')
        .serviceTask('a', { type: 'work' })
        .end(),
    )
    run.message('news', 'k', { text: 'hello' })

    expect(answerAll(run)).toEqual(['listener before', 'b', 'listener after'])
    expect(run.variables()).toEqual({ text: 'hello' })
    expectNothingLeft(run.state)
  })

  test('of a repeated activity come for each repetition, those before all only once', async () => {
    const run = await play(
      process('p')
        .start()
        .serviceTask('a', { type: 'work' })
        .forEach({ inputCollection: '=items', inputElement: 'item', sequential: true })
        .listen('beforeAll:first', 'start:s', 'end:e')
        .end(),
    )
    expect(open(run)).toEqual(['listener first'])
    answer(run, { items: [1, 2] })

    expect(answerAll(run).map((entry) => entry.replace('listener ', ''))).toEqual(['s', 'work', 'e', 's', 'work', 'e'])
  })

  test('of a scope on its way out let no event of its own in', async () => {
    const run = await play(
      process('p')
        .start()
        .subProcess('sub', (inner) =>
          inner
            .start('in')
            .serviceTask('a', { type: 'work' })
            .end('inner')
            .eventSubProcess('aside', (deep) =>
              deep.startOn('on', { message: 'news', correlationKey: '="k"', interrupting: false }).end('asideEnd'),
            ),
        )
        .listen('end:leaving')
        .end(),
    )
    answer(run)

    expect(Object.keys(run.state.subscriptions)).toEqual([])
    answer(run)
    expectNothingLeft(run.state)
  })

  test('are cancelled with their element', async () => {
    const run = await play(process('p').listen('end:never').start().serviceTask('a', { type: 'work' }).listen('start:s').end())
    run.must({ type: 'cancelInstance' })

    expect(run.events.filter(({ type }) => type === 'job.canceled')).toHaveLength(1)
    expectNothingLeft(run.state)
  })

  test('are refused where they have no place, all at once', async () => {
    const model = process('p')
      .start()
      .listen('start:s')
      .serviceTask('a', { type: 'work' })
      .listen('start:s', 'start:s', 'beforeAll:b', 'sometime:x', 'end:')
      .exclusive('choice')
      .listen('end:e')
      .end('failed', { error: 'E' })
      .listen('end:e')
      .undo('a', 'undoing', { type: 'undo' })
      .boundary('a', 'late', { duration: 'PT1H' })
      .listen('start:s')
      .end()

    expect(await rules(model)).toEqual([
      'start LISTENER_NOT_ALLOWED',
      'a DUPLICATE_LISTENER',
      'a LISTENER_TYPE_MISSING',
      'a LISTENER_NOT_ALLOWED',
      'a LISTENER_NOT_ALLOWED',
      'choice LISTENER_NOT_ALLOWED',
      'failed LISTENER_NOT_ALLOWED',
      'late LISTENER_NOT_ALLOWED',
    ])
  })
})
