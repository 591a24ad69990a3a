import type { VariablesSet } from '../record/event.ts'
import type { InstanceState, VariableChange } from './instance-state.ts'

/** What an event is about to change; asked before it is applied. */
export function changeOf(state: InstanceState, { scopeKey, variables }: VariablesSet): VariableChange {
  const before = state.elements[scopeKey]?.variables ?? {}
  const names = Object.keys(variables)
  return { scopeKey, names, created: names.filter((name) => !Object.hasOwn(before, name)) }
}
