import { process } from '../helpers/process-builder.ts'
import { executable, runToEnd } from './memory-run.ts'

const LARGEST = 50_000
const SIZES = [1_000, 10_000, LARGEST] as const

export type MultiInstanceFigures = Readonly<Record<`multiInstance${(typeof SIZES)[number]}UsPerItem`, number>>

/** Microseconds an item takes in a parallel multi-instance with jobs and an output collection: flat when the cost is linear. */
export async function benchMultiInstance(): Promise<MultiInstanceFigures> {
  const model = process('p')
    .start()
    .serviceTask('t', { type: 't', outputs: { r: '=item' } })
    .forEach({ inputCollection: '=items', inputElement: 'item', outputCollection: 'out', outputElement: '=r' })
    .end()
  const definition = await executable(model.xml())
  for (let warm = 0; warm < 10; warm++) runToEnd(definition, { items: numbers(2_000) })
  const figures: Record<string, number> = {}
  for (const size of SIZES) {
    const items = numbers(size)
    // As many items in all for each size, so that no size has the warmer machine.
    const rounds = LARGEST / size
    const started = performance.now()
    for (let round = 0; round < rounds; round++) runToEnd(definition, { items })
    figures[`multiInstance${size}UsPerItem`] = ((performance.now() - started) * 1000) / (size * rounds)
  }
  return figures as MultiInstanceFigures
}

function numbers(size: number): number[] {
  return Array.from({ length: size }, (_, index) => index)
}
