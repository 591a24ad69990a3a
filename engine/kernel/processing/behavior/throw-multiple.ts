import { definitionsOf, type Element, type SingleEvent } from '../../model/executable-process.ts'
import type { ElementInstance } from '../../state/instance-state.ts'
import { type Failure, ok, type Result } from '../failure.ts'
import type { Step } from '../step.ts'
import { planEscalation } from './escalation.ts'
import { planJob } from './job.ts'
import { complete } from './lifecycle.ts'
import { planPublication } from './send-message.ts'
import { planSignal } from './signal.ts'
import { throwCompensation } from './throw-compensation.ts'
import { planError } from './throw-error.ts'

/**
 * Throws all definitions of an event, in document order. The one that waits or ends something comes last; validation has
 * made sure that there is at most one. Everything is evaluated before the first is thrown.
 */
export function throwMultiple(step: Step, element: Element, instance: ElementInstance): Failure | undefined {
  const definitions = definitionsOf(element.event)
  const last = definitions.find((definition) => isLast(element, definition))
  const throws: (() => void)[] = []
  for (const event of definitions) {
    if (event === last) continue
    const plan = planAtOnce(step, { ...element, event }, instance)
    if (!plan.ok) return plan.failure
    throws.push(plan.value)
  }
  const ending = planLast(step, element, instance, last)
  if (!ending.ok) return ending.failure
  if (last?.kind !== 'compensation') step.emit({ type: 'element.activated', key: instance.key, elementId: element.id })
  for (const tell of [...throws, ending.value]) if (step.find(instance.key)) tell()
  return undefined
}

function isLast(element: Element, { kind }: SingleEvent): boolean {
  return kind === 'message' ? !element.publishMessage : kind !== 'signal' && kind !== 'escalation'
}

function planAtOnce(step: Step, element: Element, instance: ElementInstance): Result<() => void> {
  if (element.event?.kind === 'signal') return planSignal(step, element, instance)
  if (element.event?.kind === 'escalation') return planEscalation(step, element, instance)
  if (!element.publishMessage) throw new Error(`Expected ${element.id} to publish its message, but validation let it pass without`)
  return planPublication(step, element, instance, element.publishMessage)
}

function planLast(step: Step, element: Element, instance: ElementInstance, event: SingleEvent | undefined): Result<() => void> {
  if (event?.kind === 'message' && element.job) return planJob(step, element, instance, element.job, 'BPMN_ELEMENT')
  if (event?.kind === 'error') return planError(step, { ...element, event }, instance)
  if (event?.kind === 'compensation') return ok(() => throwCompensation(step, { ...element, event }, instance))
  // A terminate or cancel definition takes effect once the event has completed.
  return ok(() => complete(step, element, instance))
}
