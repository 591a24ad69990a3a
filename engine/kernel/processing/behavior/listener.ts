import type { Element, ListenerDefinition } from '../../model/executable-process.ts'
import type { ElementInstance } from '../../state/instance-state.ts'
import type { Failure } from '../failure.ts'
import type { Step } from '../step.ts'
import { planJob } from './job.ts'

/** Asks all listeners, one after the other. Those that had answered before an expression failed are asked again. */
export function askFirst(
  step: Step,
  element: Element,
  instance: ElementInstance,
  listeners: readonly ListenerDefinition[],
): Failure | undefined {
  if (instance.listened !== undefined) step.emit({ type: 'listeners.restarted', key: instance.key })
  return askNext(step, element, instance, listeners)
}

/** Asks the listener whose turn it is. The caller has made sure that there is one. */
export function askNext(
  step: Step,
  element: Element,
  instance: ElementInstance,
  listeners: readonly ListenerDefinition[],
): Failure | undefined {
  const listener = listeners[instance.listened ?? 0]
  if (!listener) throw new Error(`Expected ${element.id} to have a listener that was not asked yet, but all were`)
  const offer = planJob(step, element, instance, listener, 'EXECUTION_LISTENER')
  if (!offer.ok) return offer.failure
  offer.value()
  return undefined
}

/** True once listeners of this part of its life were asked and all have done theirs; one that was migrated may have had more. */
export function haveListened(instance: ElementInstance, listeners: readonly ListenerDefinition[] = []): boolean {
  return instance.listened !== undefined && instance.listened >= listeners.length
}
