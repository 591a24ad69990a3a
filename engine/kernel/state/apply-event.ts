import type { EngineEvent, EventOf, EventType } from '../record/event.ts'
import type { EpochMs } from '../record/keys.ts'
import { childAppliers } from './appliers/child.ts'
import { compensationAppliers } from './appliers/compensation.ts'
import { complexGatewayAppliers } from './appliers/complex-gateway.ts'
import { conditionAppliers } from './appliers/condition.ts'
import { elementAppliers } from './appliers/element.ts'
import { incidentAppliers } from './appliers/incident.ts'
import { createInstance, instanceAppliers } from './appliers/instance.ts'
import { jobAppliers } from './appliers/job.ts'
import { migrationAppliers } from './appliers/migration.ts'
import { multiInstanceAppliers } from './appliers/multi-instance.ts'
import { subscriptionAppliers } from './appliers/subscription.ts'
import { timerAppliers } from './appliers/timer.ts'
import { userTaskAppliers } from './appliers/user-task.ts'
import type { InstanceState } from './instance-state.ts'

/** Writes one kind of event into the state. Decides nothing, reads no clock, calls no expression. */
export type Applier<T extends EventType> = (state: InstanceState, event: EventOf<T>, at: EpochMs) => void
export type Appliers<T extends EventType> = { readonly [K in T]: Applier<K> }

/** What only tells the audit what happened changes no state. */
const remember = (): void => undefined

const APPLIERS: Appliers<Exclude<EventType, 'instance.created'>> = {
  ...instanceAppliers,
  ...migrationAppliers,
  ...elementAppliers,
  ...jobAppliers,
  ...userTaskAppliers,
  ...timerAppliers,
  ...subscriptionAppliers,
  ...childAppliers,
  ...multiInstanceAppliers,
  ...compensationAppliers,
  ...conditionAppliers,
  ...complexGatewayAppliers,
  ...incidentAppliers,
  'message.thrown': remember,
  'error.thrown': remember,
  'escalation.thrown': remember,
  'signal.thrown': remember,
  'decision.evaluated': remember,
}

/**
 * The state after `event`. Changes `state` in place and returns it; `instance.created` makes a new one.
 *
 * @param at time of the history entry that holds the event, epoch ms
 */
export function applyEvent(state: InstanceState | undefined, event: EngineEvent, at: EpochMs): InstanceState {
  if (event.type === 'instance.created') return createInstance(event)
  if (!state) throw new Error(`Expected instance.created as the first event, but found ${event.type}`)
  const apply = APPLIERS[event.type] as Applier<typeof event.type>
  apply(state, event as never, at)
  return state
}

/** The state that a history leads to: law 2 of the house, tested against every stored state. */
export function foldEvents(entries: Iterable<{ readonly at: EpochMs; readonly events: readonly EngineEvent[] }>): InstanceState {
  let state: InstanceState | undefined
  for (const entry of entries) for (const event of entry.events) state = applyEvent(state, event, entry.at)
  if (!state) throw new Error('Expected a history that begins with instance.created, but it is empty')
  return state
}
