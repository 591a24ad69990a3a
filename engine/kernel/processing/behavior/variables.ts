import type { Element, Mapping } from '../../model/executable-process.ts'
import type { Json, JsonObject, Variables } from '../../record/json.ts'
import type { ElementInstanceKey } from '../../record/keys.ts'
import { findOwner, findVariable } from '../../state/visible-variables.ts'
import type { Failure } from '../failure.ts'
import type { Step } from '../step.ts'
import { evaluateValue } from './evaluate.ts'

export function setLocal(step: Step, scopeKey: ElementInstanceKey, variables: Variables): void {
  for (const _ in variables) {
    step.emit({ type: 'variables.set', scopeKey, variables })
    return
  }
}

/** Each variable goes to the nearest scope, from `scopeKey` outwards, that has its name; else to the root. */
export function propagate(step: Step, scopeKey: ElementInstanceKey, variables: Variables): void {
  const byScope = new Map<ElementInstanceKey, Record<string, Json>>()
  for (const name in variables) {
    const owner = findOwner(step.state, scopeKey, name)?.key ?? step.state.key
    const value = variables[name] as Json
    // What did not change is not written again (law 6): events stay small.
    if (sameScalar(step.state.elements[owner]?.variables?.[name], value)) continue
    const group = byScope.get(owner)
    if (group) group[name] = value
    else byScope.set(owner, { [name]: value })
  }
  for (const [owner, group] of byScope) step.emit({ type: 'variables.set', scopeKey: owner, variables: group })
}

function sameScalar(before: Json | undefined, after: Json): boolean {
  return before === after && (typeof after !== 'object' || after === null)
}

export function mapInputs(step: Step, element: Element, key: ElementInstanceKey): Failure | undefined {
  for (const mapping of element.inputs) {
    const result = evaluateValue(step, mapping.source, key, 'IO_MAPPING_ERROR')
    if (!result.ok) return mappingFailure(element, 'input', mapping, result.failure)
    setLocal(step, key, withPath(mapping.target, result.value, step.get(key).variables))
  }
  return undefined
}

/**
 * Carries a completion's variables out of the element. Without output mappings each is propagated; with them they stay
 * local and only what is mapped leaves, into the parent scope.
 */
export function mapOutputs(step: Step, element: Element, key: ElementInstanceKey, incoming: Variables): Failure | undefined {
  if (element.outputs.length === 0) {
    propagate(step, key, incoming)
    return undefined
  }
  setLocal(step, key, incoming)
  const { scopeKey } = step.get(key)
  if (scopeKey === undefined) return undefined
  for (const mapping of element.outputs) {
    const result = evaluateValue(step, mapping.source, key, 'IO_MAPPING_ERROR')
    if (!result.ok) return mappingFailure(element, 'output', mapping, result.failure)
    const [name = ''] = mapping.target
    propagate(step, scopeKey, withPath(mapping.target, result.value, { [name]: findVariable(step.state, scopeKey, name) ?? null }))
  }
  return undefined
}

function mappingFailure(element: Element, direction: string, mapping: Mapping, failure: Failure): Failure {
  return {
    type: 'IO_MAPPING_ERROR',
    message: `Expected the ${direction} mapping to '${mapping.target.join('.')}' of ${element.id} to give a value, but ${failure.message}`,
  }
}

/** `{a: {b: value}}` for the path a.b, keeping what is beside it in `existing`. */
function withPath(path: readonly string[], value: Json, existing: Readonly<Record<string, Json>> | undefined): Record<string, Json> {
  const [name = '', ...rest] = path
  if (rest.length === 0) return { [name]: value }
  const before = existing?.[name]
  const inside: JsonObject = typeof before === 'object' && before !== null && !Array.isArray(before) ? (before as JsonObject) : {}
  return { [name]: { ...inside, ...withPath(rest, value, inside) } }
}
