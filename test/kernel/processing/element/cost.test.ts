import { expect, test } from 'vitest'
import { decide, type InstanceState } from '../../../../engine/kernel/index.ts'
import { play } from '../../../helpers/kernel-harness.ts'
import { type ProcessBuilder, process } from '../../../helpers/process-builder.ts'

/** The state, with a count of how often all its elements were gone through. */
function watched(state: InstanceState): { readonly state: InstanceState; readonly looks: () => number } {
  let looks = 0
  const elements = new Proxy(state.elements, {
    ownKeys(target) {
      looks++
      return Reflect.ownKeys(target)
    },
  })
  return { state: { ...state, elements }, looks: () => looks }
}

const besideMany = (join: (model: ProcessBuilder) => ProcessBuilder) =>
  join(
    process('p')
      .start()
      .inclusive('fork')
      .when('=true')
      .serviceTask('work', { type: 'w' })
      .forEach({ inputCollection: '=[1,2,3]', inputElement: 'item' }),
  )
    .end()
    .at('fork')
    .when('=true')
    .task('other')
    .to('join')

const besideCondition = () => {
  const model = process('p')
  model.eventSubProcess('esp', (inner) => inner.startOn('on', { condition: '=heavy', interrupting: false }).end('noted'))
  return model.start().serviceTask('work', { type: 'w' }).forEach({ inputCollection: '=[1,2,3]', inputElement: 'item' }).end()
}

test.each([
  ['a conditional event', besideCondition()],
  ['an inclusive join', besideMany((model) => model.inclusive('join'))],
  ['a complex join', besideMany((model) => model.complex('join', '=activationCount > 1'))],
])('an item of a multi-instance does not go through all the others while %s waits beside it', async (_, model) => {
  const run = await play(model)
  const { state, looks } = watched(run.state)

  const decided = decide(
    run.process,
    state,
    { type: 'completeJob', jobKey: run.job('work').key, variables: { n: 1 } },
    { now: run.now, zone: 'UTC', newInstanceKey: () => '1' as never, findDecision: () => undefined },
  )

  expect(decided.rejection).toBeUndefined()
  expect(looks()).toBe(0)
})
