import { instanceOf } from '../../record/keys.ts'
import type { InstanceState } from '../instance-state.ts'

/** Remembers that `key` was used, so that the next command numbers on behind it. */
export function useKey(state: InstanceState, key: string): void {
  const sequence = Number(key.slice(-7))
  if (sequence > state.sequence && instanceOf(key) === state.key) state.sequence = sequence
}

/** The entry, or an engine fault: events only speak of what an earlier event made. */
export function expectEntry<T>(entries: Record<string, T>, key: string, what: string): T {
  const entry = entries[key]
  if (entry === undefined) throw new Error(`Expected ${what} ${key} in the state, but it is not there`)
  return entry
}
