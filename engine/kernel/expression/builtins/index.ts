import type { FeelValue } from '../contract.ts'
import { FeelFunction } from '../value/function.ts'
import { booleanFunctions } from './boolean.ts'
import { contextFunctions } from './context.ts'
import { conversionFunctions } from './conversion.ts'
import { listFunctions } from './list.ts'
import { numberFunctions } from './number.ts'
import { rangeFunctions } from './range.ts'
import { type Builtin, callBuiltin } from './signature.ts'
import { statisticsFunctions } from './statistics.ts'
import { stringFunctions } from './string.ts'
import { temporalFunctions } from './temporal.ts'

export type { Builtin } from './signature.ts'
export { callBuiltin, namedSignatures } from './signature.ts'

const impure = new Set(['now', 'today'])

const builtins: ReadonlyMap<string, Builtin> = new Map(
  [
    conversionFunctions,
    booleanFunctions,
    stringFunctions,
    listFunctions,
    statisticsFunctions,
    numberFunctions,
    temporalFunctions,
    rangeFunctions,
    contextFunctions,
  ].flatMap((table) =>
    Object.entries(table).map(([name, signatures]) => [name, { name, signatures, constant: !impure.has(name) }] as const),
  ),
)

/** Every built-in function of DMN 1.5 §10.3.4, and Camunda's additions. */
export const builtinNames: readonly string[] = [...builtins.keys()]

export function builtinOf(name: string): Builtin | undefined {
  return builtins.get(name)
}

/** A built-in as a value, to be handed to another function. */
export function builtinFunction(name: string): FeelValue | undefined {
  const builtin = builtins.get(name)
  if (!builtin) return undefined
  const [first] = builtin.signatures
  const parameters = (first?.parameters ?? []).map((parameter) => ({ name: parameter.name }))
  return new FeelFunction(name, parameters, (args, run) => callBuiltin(builtin, builtin.signatures, args, run), true)
}
