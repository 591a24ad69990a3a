import { expect, test } from 'vitest'
import { deployed, expectNothingLeft, Play } from '../../../helpers/kernel-harness.ts'
import { process } from '../../../helpers/process-builder.ts'

const MANY = 20_000

test('an instance with 20,000 active children is cancelled in one go, each child told once, suspended or not (F28)', async () => {
  const model = process('p').start().userTask('weigh').forEach({ inputCollection: '=boxes' }).end()
  for (const isSuspended of [false, true]) {
    const run = new Play(await deployed(model), { variables: { boxes: Array.from({ length: MANY }, (_, index) => index) } }, false)
    expect(Object.keys(run.state.userTasks)).toHaveLength(MANY)
    if (isSuspended) run.must({ type: 'suspendInstance' })
    const before = run.events.length

    run.must({ type: 'cancelInstance' })

    // Two events a child, three for the body, and two for the instance: no child costs more than the one before it.
    expect(run.events.length - before).toBeLessThan(2 * MANY + 10)
    expect(run.state.status).toBe('terminated')
    expectNothingLeft(run.state)
  }
}, 30_000)
