import type { Element } from '../../model/executable-process.ts'
import type { ElementInstance } from '../../state/instance-state.ts'
import type { Failure } from '../failure.ts'
import type { Step } from '../step.ts'
import { planCatch } from './catch-event.ts'

/** Waits for the timer or message the element itself names. */
export function awaitTrigger(step: Step, element: Element, instance: ElementInstance): Failure | undefined {
  const plan = planCatch(step, element, instance.key, instance.key)
  if (!plan.ok) return plan.failure
  step.emit({ type: 'element.activated', key: instance.key, elementId: element.id })
  plan.value?.(step)
  return undefined
}
