/**
 * Keys are strings of at most 19 digits. An instance owns a prefix; everything that is born inside it is numbered
 * with the seven digits behind that prefix, so any key tells its instance and no two nodes can mint the same one.
 */
declare const brand: unique symbol
export type Brand<T, Name extends string> = T & { readonly [brand]: Name }

export type ProcessInstanceKey = Brand<string, 'ProcessInstanceKey'>
/** The key of a process instance is also the element instance key of its root scope. */
export type ElementInstanceKey = Brand<string, 'ElementInstanceKey'> | ProcessInstanceKey
export type ProcessDefinitionKey = Brand<string, 'ProcessDefinitionKey'>
export type DeploymentKey = Brand<string, 'DeploymentKey'>
export type DecisionDefinitionKey = Brand<string, 'DecisionDefinitionKey'>
export type JobKey = Brand<string, 'JobKey'>
export type UserTaskKey = Brand<string, 'UserTaskKey'>
export type TimerKey = Brand<string, 'TimerKey'>
export type SubscriptionKey = Brand<string, 'SubscriptionKey'>
export type CompensationKey = Brand<string, 'CompensationKey'>
export type IncidentKey = Brand<string, 'IncidentKey'>
export type MessageKey = Brand<string, 'MessageKey'>

/** Milliseconds since 1970-01-01T00:00Z. */
export type EpochMs = number

/** Digits that number what is born inside one instance: ten million keys for each. */
export const KEYS_PER_INSTANCE = 10_000_000

/** The key at `sequence` inside the instance whose key is `instance`. Sequence 0 is the instance itself. */
export function keyWithin<K extends string>(instance: ProcessInstanceKey, sequence: number): K {
  return (instance.slice(0, -7) + String(KEYS_PER_INSTANCE + sequence).slice(1)) as K
}

/** The instance in which `key` was born. Works for element, job, user task, timer, subscription and incident keys. */
export function instanceOf(key: string): ProcessInstanceKey {
  return `${key.slice(0, -7)}0000000` as ProcessInstanceKey
}

/** The instance key that owns the prefix numbered `prefix` (a positive integer leased from the store). */
export function instanceKeyOf(prefix: number): ProcessInstanceKey {
  return `${prefix}0000000` as ProcessInstanceKey
}
