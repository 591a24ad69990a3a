import type { Element } from '../../model/executable-process.ts'
import type { Variables } from '../../record/json.ts'
import type { ElementInstance } from '../../state/instance-state.ts'
import type { Step } from '../step.ts'
import { terminateInstance } from './terminate.ts'
import { trigger } from './trigger.ts'

export interface ThrownError {
  readonly errorCode: string
  readonly errorMessage: string
}

interface ErrorCatcher {
  readonly waiting: ElementInstance
  readonly element: Element
}

/** Where an error goes: a catch event, the parent of a child instance, or nowhere. */
export type ErrorTarget = ErrorCatcher | 'parent' | undefined

/**
 * The catch event for an error thrown in `from`: the innermost scope that has one wins, there an event subprocess before
 * a boundary event, and one with the code before one that catches all (BPMN 2.0.2 §10.5.1, §10.5.6).
 */
export function findErrorTarget(step: Step, from: ElementInstance, errorCode: string): ErrorTarget {
  let inside: ElementInstance | undefined
  for (let at: ElementInstance | undefined = from; at; at = at.scopeKey === undefined ? undefined : step.find(at.scopeKey)) {
    const element = step.elementOf(at)
    // An event subprocess does not catch what it or its siblings throw.
    const starts = inside?.elementType === 'eventSubProcess' ? [] : element.eventSubProcesses.flatMap((inner) => inner.startEvent ?? [])
    const catcher = pick(starts, errorCode) ?? pick(element.boundaryEvents, errorCode)
    if (catcher) return { waiting: at, element: catcher }
    inside = at
  }
  return step.state.parent ? 'parent' : undefined
}

function pick(catchers: readonly Element[], errorCode: string): Element | undefined {
  const byCode = (code: string) => catchers.find(({ event }) => event?.kind === 'error' && codeOf(event.errorCode) === code)
  return byCode(errorCode) ?? byCode('')
}

/** Absent and empty both catch all. */
function codeOf(code: Extract<Element['event'], { kind: 'error' }>['errorCode']): string {
  return code?.kind === 'literal' ? code.text : ''
}

/** Hands the error to its target. The caller has made sure that there is one. */
export function deliverError(
  step: Step,
  target: ErrorCatcher | 'parent',
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
