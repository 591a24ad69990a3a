import type { EventDefinition, MessageDefinition, TimerDefinition } from '../executable-process.ts'
import { extension, type ModdleElement, many, one, text } from '../moddle.ts'
import type { Problems } from '../problems.ts'
import { feelValue, textValue } from './text-value.ts'

const TIMER_KINDS = [
  ['timeDate', 'date'],
  ['timeDuration', 'duration'],
  ['timeCycle', 'cycle'],
] as const

/** What an event waits for or throws; more than one definition, or one we cannot execute, is a problem. */
export function transformEvent(element: ModdleElement, id: string, problems: Problems): EventDefinition {
  const definitions = [...many(element, 'eventDefinitions'), ...many(element, 'eventDefinitionRef')]
  const [definition] = definitions
  if (!definition) return { kind: 'none' }
  if (definitions.length > 1) {
    problems.error(
      id,
      'UNSUPPORTED_EVENT',
      `Expected one event definition on ${id}, but found ${definitions.length}; multiple events are not executable, use one event each`,
    )
  }
  switch (definition.$type) {
    case 'bpmn:TimerEventDefinition':
      return { kind: 'timer', timer: transformTimer(definition, id, problems) }
    case 'bpmn:MessageEventDefinition':
      return transformMessageEvent(definition, id, problems)
    case 'bpmn:ErrorEventDefinition':
      return transformError(definition, id, problems)
    case 'bpmn:TerminateEventDefinition':
      return { kind: 'terminate' }
    case 'bpmn:EscalationEventDefinition':
      return transformEscalation(definition, id, problems)
    case 'bpmn:CompensateEventDefinition': {
      const activityId = one(definition, 'activityRef')?.id
      return { kind: 'compensation', ...(activityId !== undefined && { activityId }) }
    }
    case 'bpmn:CancelEventDefinition':
      return { kind: 'cancel' }
    case 'bpmn:ConditionalEventDefinition':
      return transformCondition(definition, id, problems)
    case 'bpmn:SignalEventDefinition':
      return transformSignal(definition, id, problems)
    case 'bpmn:LinkEventDefinition':
      return transformLink(definition, id, problems)
    default:
      problems.error(
        id,
        'UNSUPPORTED_EVENT',
        `Expected an executable event definition, but ${id} is a ${definition.$type.replace('bpmn:', '')}; it is not executable`,
      )
      return { kind: 'none' }
  }
}

function transformTimer(definition: ModdleElement, id: string, problems: Problems): TimerDefinition {
  for (const [property, kind] of TIMER_KINDS) {
    const expression = one(definition, property)
    const body = expression && text(expression, 'body')?.trim()
    if (body) return { kind, value: textValue(body, id, 'the timer', problems) }
  }
  problems.error(id, 'TIMER_WITHOUT_TIME', `Expected the timer of ${id} to have a date, duration or cycle, but it has none; add one`)
  return { kind: 'duration', value: { kind: 'literal', text: 'PT0S' } }
}

function transformMessageEvent(definition: ModdleElement, id: string, problems: Problems): EventDefinition {
  const message = one(definition, 'messageRef')
  return message
    ? { kind: 'message', message: transformMessage(message, id, problems) }
    : { kind: 'message', message: missingMessage(id, problems) }
}

export function transformMessage(message: ModdleElement, id: string, problems: Problems): MessageDefinition {
  if (!message.name) problems.error(id, 'MESSAGE_WITHOUT_NAME', `Expected the message of ${id} to have a name, but it has none; name it`)
  const correlationKey = text(extension(message, 'zeebe:Subscription') ?? message, 'correlationKey')
  return {
    id: message.id ?? id,
    name: textValue(message.name ?? '', id, 'the message name', problems),
    ...(correlationKey !== undefined && { correlationKey: feelValue(correlationKey, id, 'the correlation key', problems) }),
  }
}

export function missingMessage(id: string, problems: Problems): MessageDefinition {
  problems.error(id, 'MESSAGE_MISSING', `Expected ${id} to name a message, but it has none; choose or create one`)
  return { id, name: { kind: 'literal', text: '' } }
}

function transformError(definition: ModdleElement, id: string, problems: Problems): EventDefinition {
  const error = one(definition, 'errorRef')
  const code = error && text(error, 'errorCode')
  return { kind: 'error', ...(code && { errorCode: textValue(code, id, 'the error code', problems) }) }
}

function transformEscalation(definition: ModdleElement, id: string, problems: Problems): EventDefinition {
  const escalation = one(definition, 'escalationRef')
  const code = escalation && text(escalation, 'escalationCode')
  return { kind: 'escalation', ...(code && { code: textValue(code, id, 'the escalation code', problems) }) }
}

function transformSignal(definition: ModdleElement, id: string, problems: Problems): EventDefinition {
  const signal = one(definition, 'signalRef')
  if (!signal?.name) problems.error(id, 'SIGNAL_MISSING', `Expected ${id} to name a signal, but it has none; choose or create one`)
  return { kind: 'signal', name: textValue(signal?.name ?? '', id, 'the signal name', problems) }
}

function transformLink(definition: ModdleElement, id: string, problems: Problems): EventDefinition {
  if (!definition.name)
    problems.error(id, 'LINK_WITHOUT_NAME', `Expected the link event ${id} to have a link name, but it has none; name it`)
  return { kind: 'link', name: definition.name ?? '' }
}

function transformCondition(definition: ModdleElement, id: string, problems: Problems): EventDefinition {
  const condition = one(definition, 'condition')
  const body = (condition && text(condition, 'body')?.trim()) || ''
  if (body === '')
    problems.error(id, 'CONDITION_MISSING', `Expected the conditional event ${id} to have a condition, but it has none; write one`)
  const filter = extension(definition, 'zeebe:ConditionalFilter')
  const names = (filter && text(filter, 'variableNames')) || undefined
  return {
    kind: 'condition',
    condition: feelValue(body || '=false', id, 'the condition', problems),
    ...(names !== undefined && { variableNames: names.split(',').map((name) => name.trim()) }),
  }
}
