import type { ElementInstance, InstanceState } from '../instance-state.ts'

/** Remembers that a key of this instance was used, so that the next command numbers on behind it. */
export function useKey(state: InstanceState, key: string): void {
  const sequence = Number(key.slice(-7))
  if (sequence > state.sequence) state.sequence = sequence
}

/** The entry, or an engine fault: events only speak of what an earlier event made. */
export function expectEntry<T>(entries: Record<string, T>, key: string, what: string): T {
  const entry = entries[key]
  if (entry === undefined) throw new Error(`Expected ${what} ${key} in the state, but it is not there`)
  return entry
}

/** Lists of what waits are absent while empty, so that state stays small. */
type Waits = 'timerKeys' | 'subscriptionKeys'

export function addTo<L extends Waits>(instance: ElementInstance, list: L, key: NonNullable<ElementInstance[L]>[number]): void {
  const keys = (instance[list] ?? []) as string[]
  keys.push(key)
  instance[list] = keys as NonNullable<ElementInstance[L]>
}

export function removeFrom<L extends Waits>(instance: ElementInstance, list: L, key: string): void {
  const left = ((instance[list] ?? []) as string[]).filter((entry) => entry !== key)
  if (left.length === 0) delete instance[list]
  else instance[list] = left as NonNullable<ElementInstance[L]>
}
