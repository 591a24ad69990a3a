import type { FeelValue } from '../contract.ts'
import { isList, type Kind, kindOf } from '../value/kind.ts'
import type { Run } from '../value/run.ts'
import { FeelDate, FeelDateTime, FeelTime } from '../value/temporal.ts'
import { utc } from '../value/zone.ts'

interface Parameter {
  readonly name: string
  /** Kinds it takes; empty takes any. */
  readonly kinds: readonly Kind[]
  readonly optional: boolean
  readonly nullable: boolean
}

export type BuiltinBody = (args: never, run: Run) => FeelValue

export interface Signature {
  readonly parameters: readonly Parameter[]
  /** The last parameter takes all further arguments, handed over as one list. */
  readonly variadic: boolean
  readonly body: BuiltinBody
  /** Positions of given arguments in `parameters`, for a call by name. */
  readonly order?: readonly number[]
}

export interface Builtin {
  readonly name: string
  readonly signatures: readonly Signature[]
  /** Same arguments, same result, whenever; false for now() and today(). */
  readonly constant: boolean
}

const kindsOfWord: Readonly<Record<string, readonly Kind[]>> = {
  any: [],
  duration: ['days and time duration', 'years and months duration'],
  'day-like': ['date', 'date and time'],
}

/**
 * Reads `string: string, start position: number, length?: number`. `?` after the name: may be left out, but not be
 * null; after the type: may be null; `...` before the name: takes the rest.
 */
function readParameter(text: string): Parameter {
  const [name = '', type = 'any'] = text.split(':').map((part) => part.trim())
  const nullable = type.endsWith('?') || type === 'any'
  const words = type.replace(/\?$/, '').split('|')
  const kinds = words.flatMap((word) => kindsOfWord[word] ?? [word as Kind])
  return {
    name: name.replace(/^\.\.\.|\?$/g, ''),
    kinds,
    optional: name.endsWith('?') || name.startsWith('...'),
    nullable,
  }
}

export function signature(text: string, body: BuiltinBody): Signature {
  const parameters = text === '' ? [] : text.split(',').map(readParameter)
  return { parameters, variadic: text.includes('...'), body }
}

export type BuiltinTable = Readonly<Record<string, readonly Signature[]>>

const missing = Symbol('missing')

function bind(value: FeelValue | undefined, parameter: Parameter): FeelValue | typeof missing {
  if (value === undefined) return parameter.optional ? undefined : missing
  if (value === null) return parameter.nullable ? (parameter.optional ? undefined : null) : missing
  const { kinds } = parameter
  if (kinds.length === 0) return value
  const kind = kindOf(value)
  if (kinds.includes(kind)) return value
  if (kinds.includes('list')) return [value]
  if (isList(value) && value.length === 1) return bind(value[0] ?? null, parameter)
  if (value instanceof FeelDate && kinds.includes('date and time')) return new FeelDateTime(value, new FeelTime(0, utc))
  return missing
}

function bindAll(signature: Signature, args: readonly FeelValue[]): FeelValue[] | undefined {
  const { parameters, variadic, order } = signature
  if (args.length > parameters.length && !variadic) return undefined
  const bound: FeelValue[] = []
  for (const [index, parameter] of parameters.entries()) {
    if (variadic && index === parameters.length - 1) {
      bound.push(args.slice(index))
      break
    }
    const at = order ? (order[index] ?? -1) : index
    const value = bind(at >= 0 ? args[at] : undefined, parameter)
    if (value === missing) return undefined
    bound.push(value)
  }
  return bound
}

/** The first signature the arguments fit is called; null when none does. */
export function callBuiltin(builtin: Builtin, signatures: readonly Signature[], args: readonly FeelValue[], run: Run): FeelValue {
  for (const candidate of signatures) {
    const bound = bindAll(candidate, args)
    if (bound) return candidate.body(bound as never, run)
  }
  return run.warn(`${builtin.name}() does not take (${args.map((arg) => kindOf(arg)).join(', ')})`)
}

/** Signatures that have exactly the given names, and do not miss one. */
export function namedSignatures(builtin: Builtin, given: readonly string[]): readonly Signature[] {
  return builtin.signatures.flatMap((candidate) => {
    const names = candidate.parameters.map((parameter) => parameter.name)
    if (given.some((name) => !names.includes(name))) return []
    const order = names.map((name) => given.indexOf(name))
    if (candidate.parameters.some((parameter, index) => order[index] === -1 && !parameter.optional)) return []
    // a list given by name stands for all further arguments
    return [{ ...candidate, order }].map((named) => (named.variadic ? spreadLast(named) : named))
  })
}

function spreadLast(signature: Signature): Signature {
  const { body } = signature
  const last = signature.parameters.length - 1
  return {
    ...signature,
    variadic: false,
    body: (args: readonly FeelValue[], run) => body([...args.slice(0, last), [args[last]]] as never, run),
  }
}
