import type { Element, ExecutableProcess, MultipleEvent, SingleEvent } from '../executable-process.ts'
import type { Problems } from '../problems.ts'

type Kind = SingleEvent['kind']

const WAITS: readonly Kind[] = ['message', 'timer', 'signal', 'condition']
const HAPPENS: readonly Kind[] = [...WAITS, 'error', 'escalation']
const THROWN: readonly Kind[] = ['message', 'signal', 'escalation', 'compensation']
const ENDS: readonly Kind[] = [...THROWN, 'error', 'terminate', 'cancel']

/** What may stand together on one event. Each definition is checked on its own besides. */
export function validateMultiple(process: ExecutableProcess, element: Element, event: MultipleEvent, problems: Problems): void {
  const { id } = element
  const kinds = event.definitions.map(({ kind }) => kind)
  const allowed = allowedKinds(process, element)
  for (const kind of kinds)
    if (!allowed.includes(kind))
      problems.error(
        id,
        'MULTIPLE_EVENT_KIND',
        `Expected ${id} with several definitions to have only ${allowed.join(', ')}, but it has ${kind}; use an event of its own for it`,
      )
  if (allowed === THROWN || allowed === ENDS) validateThrown(element, event, problems)
  if (isProcessStart(process, element)) validateStart(id, event, problems)
  if (event.parallel && kinds.some((kind) => !WAITS.includes(kind)))
    problems.error(
      id,
      'PARALLEL_MULTIPLE_KIND',
      `Expected ${id} to wait for all of ${WAITS.join(', ')}, but one of its definitions is another kind; remove it`,
    )
  if (event.parallel && event.definitions.some((definition) => definition.kind === 'timer' && definition.timer.kind === 'cycle'))
    problems.error(id, 'TIMER_CYCLE', `Expected each part of ${id} to happen once, but one is a cycle; use a date or duration`)
}

function isProcessStart(process: ExecutableProcess, element: Element): boolean {
  return element.type === 'startEvent' && element.scopeId === process.root.id
}

function allowedKinds(process: ExecutableProcess, element: Element): readonly Kind[] {
  if (element.type === 'intermediateThrowEvent') return THROWN
  if (element.type === 'endEvent') return ENDS
  return element.type === 'intermediateCatchEvent' || isProcessStart(process, element) ? WAITS : HAPPENS
}

/** Only one part of a throw may wait or end something: what comes after it would be lost. */
function validateThrown(element: Element, event: MultipleEvent, problems: Problems): void {
  const last = event.definitions.filter(({ kind }) =>
    kind === 'message' ? !element.publishMessage : kind !== 'signal' && kind !== 'escalation',
  )
  if (last.length > 1)
    problems.error(
      element.id,
      'MULTIPLE_EVENT_KIND',
      `Expected at most one of the definitions of ${element.id} to wait or to end something, but found ${last.map(({ kind }) => kind).join(' and ')}; use an event each`,
    )
}

function validateStart(id: string, event: MultipleEvent, problems: Problems): void {
  if (event.parallel)
    problems.error(
      id,
      'PARALLEL_MULTIPLE_START',
      `Expected process start ${id} to start by any of its triggers, but it waits for all; use a parallel event-based gateway that instantiates`,
    )
  if (event.definitions.filter(({ kind }) => kind === 'timer').length > 1)
    problems.error(id, 'MULTIPLE_EVENT_KIND', `Expected at most one timer on start event ${id}, but found more; use a start event each`)
}
