import type { Element } from '../../model/executable-process.ts'
import type { Variables } from '../../record/json.ts'
import type { ElementInstance } from '../../state/instance-state.ts'
import { type Failure, ok, type Result } from '../failure.ts'
import type { Step } from '../step.ts'
import { evaluateText } from './evaluate.ts'
import { findCatcher } from './find-catcher.ts'
import { complete } from './lifecycle.ts'
import { trigger } from './trigger.ts'

/** Throws the escalation of an event, which goes on unless its own scope is interrupted. What nothing catches is no mistake. */
export function throwEscalation(step: Step, element: Element, instance: ElementInstance): Failure | undefined {
  const tell = planEscalation(step, element, instance)
  if (!tell.ok) return tell.failure
  step.emit({ type: 'element.activated', key: instance.key, elementId: element.id })
  tell.value()
  const live = step.find(instance.key)
  if (live) complete(step, element, live)
  return undefined
}

/** Evaluates an escalation; what it gives throws it. */
export function planEscalation(step: Step, element: Element, instance: ElementInstance): Result<() => void> {
  const definition = element.event?.kind === 'escalation' ? element.event.code : undefined
  const code = definition && evaluateText(step, definition, instance.key, `the escalation code of ${element.id}`)
  if (code && !code.ok) return code
  return ok(() => escalate(step, instance, code?.value ?? '', { ...instance.variables }))
}

/** Hands an escalation to the catch event that takes it, or up to the parent instance. */
export function escalate(step: Step, from: ElementInstance, escalationCode: string, variables: Variables): void {
  const catcher = findCatcher(step, from, 'escalation', escalationCode)
  step.emit({
    type: 'escalation.thrown',
    escalationCode,
    elementInstanceKey: from.key,
    ...(catcher && { caughtBy: catcher.element.id }),
    ...(!catcher && step.state.parent && { variables }),
  })
  if (catcher) trigger(step, catcher.waiting, catcher.element, variables)
}
