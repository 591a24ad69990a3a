import { definitionsOf, type Element, type SingleEvent } from '../../model/executable-process.ts'
import type { ElementInstance } from '../../state/instance-state.ts'
import type { Step } from '../step.ts'

/** A catch event, and the live instance on whose behalf it catches. */
export interface Catcher {
  readonly waiting: ElementInstance
  readonly element: Element
}

/**
 * The catch event for an error or escalation thrown in `from`: the innermost scope that has one wins, there an event
 * subprocess before a boundary event, and one with the code before one that catches all (BPMN 2.0.2 §10.5.1, §10.5.6).
 */
export function findCatcher(step: Step, from: ElementInstance, kind: 'error' | 'escalation', code: string): Catcher | undefined {
  let inside: ElementInstance | undefined
  for (let at: ElementInstance | undefined = from; at; at = at.scopeKey === undefined ? undefined : step.find(at.scopeKey)) {
    const element = step.elementOf(at)
    // An event subprocess does not catch what it or its siblings throw.
    const starts = inside?.elementType === 'eventSubProcess' ? [] : element.eventSubProcesses.flatMap((inner) => inner.startEvent ?? [])
    const catcher = pick(starts, kind, code) ?? pick(element.boundaryEvents, kind, code)
    if (catcher) return { waiting: at, element: catcher }
    inside = at
  }
  return undefined
}

function pick(catchers: readonly Element[], kind: 'error' | 'escalation', code: string): Element | undefined {
  const byCode = (wanted: string) =>
    catchers.find(({ event }) => definitionsOf(event).some((definition) => definition.kind === kind && codeOf(definition) === wanted))
  return byCode(code) ?? byCode('')
}

/** Absent and empty both catch all. */
function codeOf(definition: Extract<SingleEvent, { kind: 'error' | 'escalation' }>): string {
  const code = definition.kind === 'error' ? definition.errorCode : definition.code
  return code?.kind === 'literal' ? code.text : ''
}
