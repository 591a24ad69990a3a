import type { Json } from '../record/json.ts'
import type { ElementInstance, InstanceState } from './instance-state.ts'

/** The scope that owns `name`, looking from `scopeKey` outwards. */
export function findOwner(state: InstanceState, scopeKey: string, name: string): ElementInstance | undefined {
  for (let scope = state.elements[scopeKey]; scope; scope = scope.scopeKey === undefined ? undefined : state.elements[scope.scopeKey]) {
    if (scope.variables && Object.hasOwn(scope.variables, name)) return scope
  }
  return undefined
}

/** The value of `name` as an element in `scopeKey` sees it; `undefined` when no scope has it. */
export function findVariable(state: InstanceState, scopeKey: string, name: string): Json | undefined {
  return findOwner(state, scopeKey, name)?.variables?.[name]
}

/** All variables that an element in `scopeKey` sees: inner scopes hide outer ones. Of an ended instance: its result. */
export function visibleVariables(state: InstanceState, scopeKey: string): Record<string, Json> {
  if (state.status !== 'active') return { ...state.result }
  const seen: Record<string, Json> = {}
  for (let scope = state.elements[scopeKey]; scope; scope = scope.scopeKey === undefined ? undefined : state.elements[scope.scopeKey]) {
    for (const name in scope.variables) if (!Object.hasOwn(seen, name)) seen[name] = scope.variables[name] as Json
  }
  return seen
}
