import type { FeelValue } from '../contract.ts'
import { coerce } from './conform.ts'
import type { FeelFunction } from './function.ts'
import { kindOf } from './kind.ts'
import type { Run } from './run.ts'

/** Arguments are made to fit the parameters' types; what does not fit makes the call null. */
export function callFunction(callee: FeelFunction, args: readonly FeelValue[], run: Run): FeelValue {
  if (callee.variadic) return callee.call(args, run)
  if (args.length !== callee.parameters.length) {
    return run.warn(`The function takes ${callee.parameters.length} arguments; it got ${args.length}`)
  }
  const fitted: FeelValue[] = []
  for (const [index, parameter] of callee.parameters.entries()) {
    const value = args[index] ?? null
    const fit = parameter.type ? coerce(value, parameter.type) : value
    if (fit === undefined) return run.warn(`The argument '${parameter.name}' does not have the parameter's type; it is a ${kindOf(value)}`)
    fitted.push(fit)
  }
  return callee.call(fitted, run)
}
