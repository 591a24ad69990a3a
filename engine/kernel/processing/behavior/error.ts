import type { Variables } from '../../record/json.ts'
import type { ElementInstance } from '../../state/instance-state.ts'
import type { Step } from '../step.ts'
import { type Catcher, findCatcher } from './find-catcher.ts'
import { terminateInstance } from './terminate.ts'
import { trigger } from './trigger.ts'

export interface ThrownError {
  readonly errorCode: string
  readonly errorMessage: string
}

/** Where an error goes: a catch event, the parent of a child instance, or nowhere. */
export type ErrorTarget = Catcher | 'parent' | undefined

/** The catch event for an error thrown in `from`; the parent when nothing here catches it. */
export function findErrorTarget(step: Step, from: ElementInstance, errorCode: string): ErrorTarget {
  return findCatcher(step, from, 'error', errorCode) ?? (step.state.parent ? 'parent' : undefined)
}

/** Hands the error to its target. The caller has made sure that there is one. */
export function deliverError(
  step: Step,
  target: Catcher | 'parent',
  from: ElementInstance,
  thrown: ThrownError,
  variables: Variables,
): void {
  step.emit({ type: 'error.thrown', ...thrown, elementInstanceKey: from.key, ...(target !== 'parent' && { caughtBy: target.element.id }) })
  if (target === 'parent') terminateInstance(step, thrown)
  else trigger(step, target.waiting, target.element, variables)
}

export function uncaughtMessage(elementId: string, { errorCode, errorMessage }: ThrownError): string {
  const said = errorMessage === '' ? '' : ` (${errorMessage})`
  return `Expected a catch event for error '${errorCode}'${said} thrown in ${elementId}, but no boundary event or event subprocess catches it; add one and migrate, or resolve the incident to try again`
}
