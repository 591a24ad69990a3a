import { afterEach, beforeEach, expect, test } from 'vitest'
import { type EngineHarness, openEngineHarness } from '../helpers/engine-harness.ts'
import { process } from '../helpers/process-builder.ts'

let harness: EngineHarness
beforeEach(async () => {
  harness = await openEngineHarness()
})
afterEach(() => harness.remove())

const doubled = (sequential: boolean) =>
  process('p')
    .start()
    .scriptTask('double', { expression: '=item * 2', resultVariable: 'r' })
    .forEach({ inputCollection: '=items', inputElement: 'item', outputCollection: 'out', outputElement: '=r', sequential })
    .end()

test.each([true, false])(
  'begins 3,000 items in several commits of bounded size and ends with every result in place, sequential: %s',
  async (sequential) => {
    await harness.deploy(doubled(sequential))
    const items = Array.from({ length: 3_000 }, (_, index) => index)

    const key = await harness.start('p', { items })
    await harness.settled()

    expect(await harness.stateOf(key)).toBe('COMPLETED')
    expect((await harness.engine.getVariables(key)).out).toEqual(items.map((item) => item * 2))
    const sizes = (await harness.engine.getHistory(key)).map((entry) => entry.events.length)
    expect(sizes.length).toBeGreaterThan(2)
  },
)
