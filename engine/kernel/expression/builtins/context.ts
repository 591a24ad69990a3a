import type { Json } from '../../record/json.ts'
import type { FeelValue } from '../contract.ts'
import { entryOf, type FeelContext, isContext, isList, setEntry } from '../value/kind.ts'
import type { Run } from '../value/run.ts'
import { toJson } from '../value/to-json.ts'
import { type BuiltinTable, signature } from './signature.ts'

type List = readonly FeelValue[]

function valueAt([context, keys]: readonly [FeelContext, List]): FeelValue {
  let value: FeelValue = context
  for (const key of keys) value = isContext(value) && typeof key === 'string' ? (entryOf(value, key) ?? null) : null
  return keys.length === 0 ? null : value
}

function withEntry(context: FeelContext, key: string, value: FeelValue): FeelContext {
  const copy: Record<string, FeelValue> = { ...context }
  setEntry(copy, key, value)
  return copy
}

function putPath(context: FeelValue, keys: List, value: FeelValue, run: Run): FeelValue {
  const [key, ...rest] = keys
  if (typeof key !== 'string') return run.warn('context put() wants keys that are texts')
  if (!isContext(context)) return run.warn(`context put() finds no context at '${key}'`)
  if (rest.length === 0) return withEntry(context, key, value)
  const inner = putPath(entryOf(context, key) ?? null, rest, value, run)
  return inner === null ? null : withEntry(context, key, inner)
}

/** Later contexts win. */
function merge([contexts]: readonly [List], run: Run): FeelValue {
  const [only] = contexts
  if (contexts.length === 0) return run.warn('context merge() wants contexts')
  const all = contexts.length === 1 && isList(only) ? only : contexts
  const merged: Record<string, FeelValue> = {}
  for (const context of all) {
    if (!isContext(context)) return run.warn('context merge() wants contexts only')
    for (const [key, value] of Object.entries(context)) setEntry(merged, key, value)
  }
  return merged
}

function fromEntries([entries]: readonly [List], run: Run): FeelValue {
  const context: Record<string, FeelValue> = {}
  for (const entry of entries) {
    const key = isContext(entry) ? entryOf(entry, 'key') : undefined
    const value = isContext(entry) ? entryOf(entry, 'value') : undefined
    if (typeof key !== 'string' || value === undefined) return run.warn('context() wants entries of the form {key: "…", value: …}')
    if (Object.hasOwn(context, key)) return run.warn(`context() got two entries '${key}'`)
    setEntry(context, key, value)
  }
  return context
}

function fromJson([text]: readonly [string], run: Run): FeelValue {
  try {
    return JSON.parse(text) as Json
  } catch {
    return run.warn('from json() got no valid JSON')
  }
}

const put = [
  signature('context: context, keys: list, value: any', ([context, keys, value]: readonly [FeelContext, List, FeelValue], run) =>
    putPath(context, keys, value, run),
  ),
]
const putByKey = signature(
  'context: context, key: string, value: any',
  ([context, key, value]: readonly [FeelContext, string, FeelValue]) => withEntry(context, key, value),
)

/** DMN 1.5 §10.3.4.10, and Camunda's. */
export const contextFunctions: BuiltinTable = {
  'get value': [
    signature('m: context, key: string', ([context, key]: readonly [FeelContext, string]) => entryOf(context, key) ?? null),
    signature('context: context, key: string', ([context, key]: readonly [FeelContext, string]) => entryOf(context, key) ?? null),
    signature('context: context, keys: list', valueAt),
  ],
  'get entries': [
    signature('m: context', ([context]: readonly [FeelContext]) => Object.entries(context).map(([key, value]) => ({ key, value }))),
    signature('context: context', ([context]: readonly [FeelContext]) => Object.entries(context).map(([key, value]) => ({ key, value }))),
  ],
  context: [signature('entries: list', fromEntries)],
  'context put': [putByKey, ...put],
  put: [putByKey, ...put],
  'context merge': [signature('...contexts: any', merge)],
  'put all': [signature('...contexts: any', merge)],
  'to json': [signature('value: any', ([value]: readonly [FeelValue]) => JSON.stringify(toJson(value)))],
  'from json': [signature('value: string', fromJson)],
}
