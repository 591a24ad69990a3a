import type { StartTrigger } from '../contract.ts'
import { definitionsOf, type SingleEvent, type TextValue } from '../executable-process.ts'
import type { Problems } from '../problems.ts'
import type { ElementDraft, ProcessDraft } from './draft.ts'
import { startTimerText } from './text-value.ts'

/** What starts a process from outside: typed start events, instantiating receive tasks, events behind an instantiating gateway. */
export function startTriggersOf(draft: ProcessDraft, root: ElementDraft, problems: Problems): StartTrigger[] {
  const triggers: StartTrigger[] = []
  for (const element of draft.elements.values()) {
    if (element.scopeId !== root.id || !isStart(draft, element)) continue
    for (const definition of definitionsOf(element.event)) {
      const trigger = triggerOf(element, definition, problems)
      if (trigger) triggers.push(trigger)
    }
  }
  return triggers
}

function isStart(draft: ProcessDraft, { type, instantiates, incoming }: ElementDraft): boolean {
  if (type === 'startEvent') return true
  if (type === 'receiveTask' && instantiates) return true
  return incoming.some(({ sourceId }) => {
    const source = draft.elements.get(sourceId)
    return source?.type === 'eventBasedGateway' && source.instantiates !== undefined
  })
}

function triggerOf({ id: elementId, properties }: ElementDraft, definition: SingleEvent, problems: Problems): StartTrigger | undefined {
  switch (definition.kind) {
    case 'message': {
      const messageName = fixedName(elementId, 'message', definition.message.name, problems)
      return messageName === undefined ? undefined : { kind: 'message', elementId, messageName }
    }
    case 'signal': {
      const signalName = fixedName(elementId, 'signal', definition.name, problems)
      return signalName === undefined ? undefined : { kind: 'signal', elementId, signalName }
    }
    case 'condition': {
      const { condition, filter } = definition
      return {
        kind: 'condition',
        elementId,
        condition: condition.text,
        ...(filter?.variableNames && { variableNames: filter.variableNames }),
      }
    }
    case 'timer':
      if (definition.timer.kind !== 'duration') {
        const { kind, value } = definition.timer
        const missed = properties['timer.missedRuns']
        return {
          kind: 'timer',
          elementId,
          timer: { kind, value: startTimerText(value) },
          ...((missed === 'skip' || missed === 'all') && { missedRuns: missed }),
        }
      }
      problems.error(
        elementId,
        'TIMER_START_DURATION',
        `Expected the timer of start event ${elementId} to be a date or cycle, but it is a duration; use one of those`,
      )
      return undefined
    default:
      return undefined
  }
}

function fixedName(id: string, what: string, name: TextValue, problems: Problems): string | undefined {
  if (name.kind === 'literal') return name.text
  problems.error(
    id,
    'STATIC_NAME_EXPECTED',
    `Expected the ${what} of start event ${id} to have a fixed name, but it is an expression; write the name itself`,
  )
  return undefined
}
