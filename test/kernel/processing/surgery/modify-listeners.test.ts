import { describe, expect, test } from 'vitest'
import { expectNothingLeft, type Play, play } from '../../../helpers/kernel-harness.ts'
import { process } from '../../../helpers/process-builder.ts'

/** The jobs that are open, as `kind type`. */
const open = (run: Play) => Object.values(run.state.jobs).map(({ kind, jobType }) => `${kind} ${jobType}`)
function answer(run: Play): void {
  const [job] = Object.values(run.state.jobs)
  if (!job) throw new Error(`Expected an open job\n${run.log()}`)
  run.must({ type: 'completeJob', jobKey: job.key, variables: {} })
}
const watched = () => process('p').start().userTask('t').listenToTask('canceling:clean').userTask('next').end()

describe('a modification asks', () => {
  test('the listeners of what it activates, but not those before the scopes it makes: they stand at once, as in Camunda 8', async () => {
    const run = await play(
      process('p')
        .start()
        .userTask('first')
        .subProcess('sub', (inner) => inner.start('in').serviceTask('deep', { type: 'work' }).listen('start:before_work').end('out'))
        .listen('start:before_scope', 'end:after_scope')
        .end(),
    )

    expect(run.modify({ move: [{ sourceElementId: 'first', targetElementId: 'deep' }] })).toBeUndefined()

    expect(run.live('sub')[0]?.state).toBe('active')
    expect(open(run)).toEqual(['EXECUTION_LISTENER before_work'])
    answer(run)
    answer(run)
    expect(open(run)).toEqual(['EXECUTION_LISTENER after_scope'])
    answer(run)
    expectNothingLeft(run.state)
  })

  test('no listener to the cancellation of a task it takes away: a worker that is silent cannot hold up surgery', async () => {
    const run = await play(watched())

    expect(run.modify({ move: [{ sourceElementId: 't', targetElementId: 'next' }] })).toBeUndefined()

    expect(open(run)).toEqual([])
    expect(run.waiting()).toEqual(['next'])
    run.completeUserTask('next')
    expectNothingLeft(run.state)
  })

  test('nor of one inside a scope it takes away', async () => {
    const run = await play(
      process('p')
        .start()
        .subProcess('sub', (inner) => inner.start('in').userTask('t').listenToTask('canceling:clean').end('out'))
        .userTask('next')
        .end(),
    )

    expect(run.modify({ move: [{ sourceElementId: 'sub', targetElementId: 'next' }] })).toBeUndefined()

    expect(run.waiting()).toEqual(['next'])
    expect(open(run)).toEqual([])
  })
})

describe('what is taken away while its listeners are asked whether it may go', () => {
  test('is gone, and with it the scope that only waited for it', async () => {
    const run = await play(
      process('p')
        .start()
        .subProcess('sub', (inner) => inner.start('in').userTask('t').listenToTask('canceling:clean').end('out'))
        .end()
        .boundary('sub', 'late', { duration: 'PT1H' })
        .userTask('hurry')
        .end('late_end'),
    )
    run.advance(3_600_000)
    expect(run.waiting()).toEqual(['hurry', 't'])

    expect(run.modify({ terminate: [{ elementId: 't' }] })).toBeUndefined()

    expect(run.waiting()).toEqual(['hurry'])
    run.completeUserTask('hurry')
    expect(run.state.status).toBe('completed')
    expectNothingLeft(run.state)
  })

  test('lets a process that reached its terminate end event complete', async () => {
    const run = await play(
      process('p')
        .start()
        .parallel('fork')
        .userTask('t')
        .listenToTask('canceling:clean')
        .end()
        .at('fork')
        .serviceTask('a', { type: 'a' })
        .end('stop', { terminate: true }),
    )
    run.complete('a')

    expect(run.modify({ terminate: [{ elementId: 't' }] })).toBeUndefined()

    expect(run.state).toMatchObject({ status: 'completed', endElementId: 'stop' })
  })

  test('lets a cancelled instance end', async () => {
    const run = await play(watched())
    run.must({ type: 'cancelInstance' })
    expect(run.state.status).toBe('active')

    expect(run.modify({ terminate: [{ elementId: 't' }] })).toBeUndefined()

    expect(run.state.status).toBe('terminated')
    expectNothingLeft(run.state)
  })
})
