import { isDeepStrictEqual } from 'node:util'
import type { VirtualInstance } from '../../engine/insight/index.ts'
import { foldEvents } from '../../engine/kernel/index.ts'

/** What is wrong with an instance whatever it did: its history leads to another state, or something is left of it after its end. */
export function historyFault({ key, state, history }: VirtualInstance): string | undefined {
  if (!isDeepStrictEqual(asJson(foldEvents(asJson(history))), asJson(state))) return `the history of ${key} folds to another state`
  if (state.status === 'active') return undefined
  const left = ([state.elements, state.jobs, state.userTasks, state.timers, state.subscriptions, state.incidents] as const).flatMap(
    Object.values,
  )
  return left.length === 0 ? undefined : `${key} has ended, but this is left of it: ${JSON.stringify(left)}`
}

/** As if it had been stored and loaded. */
function asJson<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T
}
