import { definitionsOf, type Element, type ExecutableProcess } from '../executable-process.ts'
import type { Problems } from '../problems.ts'
import { validateElement } from './element.ts'

/** What can start a process from outside. */
const PROCESS_STARTS: ReadonlySet<string> = new Set(['none', 'message', 'signal', 'timer', 'condition'])

/** Structural rules of one process: BPMN's own and what the engine needs to run it. */
export function validateProcess(process: ExecutableProcess, problems: Problems): void {
  const byScope = contentByScope(process)
  validateStarts(process.root, byScope.get(process.root.id) ?? [], problems)
  for (const element of process.elements.values()) {
    validateElement(process, element, problems)
    if (
      element.type === 'subProcess' ||
      element.type === 'adHocSubProcess' ||
      element.type === 'transaction' ||
      element.type === 'eventSubProcess'
    )
      validateStarts(element, byScope.get(element.id) ?? [], problems)
  }
}

function contentByScope(process: ExecutableProcess): ReadonlyMap<string, readonly Element[]> {
  const byScope = new Map<string, Element[]>()
  for (const element of process.elements.values()) {
    const scopeId = element.scopeId ?? ''
    const content = byScope.get(scopeId)
    if (content) content.push(element)
    else byScope.set(scopeId, [element])
  }
  return byScope
}

function validateStarts(scope: Element, content: readonly Element[], problems: Problems): void {
  const starts = content.filter(({ type }) => type === 'startEvent')
  const none = starts.filter(({ event }) => event?.kind === 'none')
  if (scope.type === 'process') {
    if (starts.length === 0 && !content.some(({ instantiates }) => instantiates))
      problems.error(scope.id, 'START_EVENT_MISSING', `Expected process ${scope.id} to have a start event, but it has none; add one`)
    if (none.length > 1)
      problems.error(
        none[1]?.id ?? scope.id,
        'SEVERAL_NONE_STARTS',
        `Expected at most one none start event in ${scope.id}, but found ${none.length}; keep one`,
      )
    validateMessageStarts(scope, starts, problems)
    for (const { id, event } of starts)
      for (const { kind } of definitionsOf(event))
        if (!PROCESS_STARTS.has(kind))
          problems.error(
            id,
            'START_EVENT_KIND',
            `Expected process ${scope.id} to start by nothing, a message, signal, timer or condition, but ${id} is a start event of kind ${kind}; use it in an event subprocess`,
          )
  } else if (scope.type === 'adHocSubProcess') {
    if (starts.length > 0)
      problems.error(
        scope.id,
        'AD_HOC_START',
        `Expected ad-hoc subprocess ${scope.id} to have no start event, but ${starts[0]?.id} is one; remove it`,
      )
    if (content.length === 0)
      problems.error(scope.id, 'AD_HOC_EMPTY', `Expected ad-hoc subprocess ${scope.id} to hold activities, but it is empty; add one`)
  } else if (scope.type !== 'eventSubProcess') {
    if (starts.length !== 1 || none.length !== 1)
      problems.error(
        scope.id,
        'SUBPROCESS_START',
        `Expected subprocess ${scope.id} to have exactly one none start event, but found ${starts.length} start events; keep one without trigger`,
      )
  } else if (starts.length !== 1 || none.length !== 0) {
    problems.error(
      scope.id,
      'EVENT_SUBPROCESS_START',
      `Expected event subprocess ${scope.id} to have exactly one start event with a trigger, but found ${starts.length}; add or remove start events`,
    )
  }
}

function validateMessageStarts(scope: Element, starts: readonly Element[], problems: Problems): void {
  const names = new Set<string>()
  for (const [id, event] of starts.flatMap((start) => definitionsOf(start.event).map((definition) => [start.id, definition] as const))) {
    if (event.kind !== 'message' || event.message.name.kind !== 'literal') continue
    const name = event.message.name.text
    if (names.has(name))
      problems.error(
        id,
        'DUPLICATE_MESSAGE_START',
        `Expected every start event of ${scope.id} to wait for another message, but two wait for '${name}'; remove one`,
      )
    names.add(name)
  }
}
