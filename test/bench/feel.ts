import { evaluate } from 'feelin'
import { compileExpression } from '../../engine/kernel/index.ts'

const TEXT = 'amount > 1000 and country = "TW"'
const VARIABLES: Readonly<Record<string, unknown>> = { amount: 1500, country: 'TW' }
const ENV = { now: 0, zone: 'Asia/Shanghai' }

export interface FeelFigures {
  readonly feelCompiledPerSecond: number
  /** The same text in feelin, which reads it anew each time. */
  readonly feelInterpretedPerSecond: number
}

export function benchFeel(forMs: number): FeelFigures {
  const compiled = compileExpression(TEXT)
  if (!compiled.ok) throw new Error(compiled.message)
  const scope = (name: string) => VARIABLES[name]
  return {
    feelCompiledPerSecond: rate(forMs, 10_000, () => compiled.compiled.evaluate(scope, ENV)),
    feelInterpretedPerSecond: rate(forMs, 50, () => evaluate(TEXT, VARIABLES)),
  }
}

/** Calls a second, timed in batches so that the clock is not most of it. */
export function rate(forMs: number, batch: number, call: () => unknown): number {
  for (let warm = 0; warm < batch; warm++) call()
  const started = performance.now()
  let done = 0
  while (performance.now() - started < forMs) for (let n = 0; n < batch; n++, done++) call()
  return (done * 1000) / (performance.now() - started)
}
