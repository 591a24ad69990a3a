import type { CompiledExpression } from '../../expression/contract.ts'
import type { ConditionFilter, EventDefinition, MessageDefinition, SingleEvent, TimerDefinition } from '../executable-process.ts'
import { extension, type ModdleElement, many, one, text } from '../moddle.ts'
import type { Problems } from '../problems.ts'
import { feelValue, textValue } from './text-value.ts'

const TIMER_KINDS = [
  ['timeDate', 'date'],
  ['timeDuration', 'duration'],
  ['timeCycle', 'cycle'],
] as const

/** What an event waits for or throws; a definition we cannot execute is a problem. */
export function transformEvent(element: ModdleElement, id: string, problems: Problems): EventDefinition {
  const definitions = [...many(element, 'eventDefinitions'), ...many(element, 'eventDefinitionRef')]
  const [definition] = definitions
  if (!definition) return { kind: 'none' }
  if (definitions.length === 1) return transformDefinition(definition, id, problems)
  return {
    kind: 'multiple',
    parallel: element.parallelMultiple === true,
    definitions: definitions.map((each) => transformDefinition(each, id, problems)),
  }
}

function transformDefinition(definition: ModdleElement, id: string, problems: Problems): SingleEvent {
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

function transformMessageEvent(definition: ModdleElement, id: string, problems: Problems): SingleEvent {
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
    ...(correlationKey !== undefined && { correlationKey: correlationKeyOf(correlationKey, id, problems) }),
  }
}

/** A key without `=` is the same for every instance. */
function correlationKeyOf(key: string, id: string, problems: Problems): CompiledExpression {
  return feelValue(key.startsWith('=') ? key : `=${JSON.stringify(key)}`, id, 'the correlation key', problems)
}

export function missingMessage(id: string, problems: Problems): MessageDefinition {
  problems.error(id, 'MESSAGE_MISSING', `Expected ${id} to name a message, but it has none; choose or create one`)
  return { id, name: { kind: 'literal', text: '' } }
}

function transformError(definition: ModdleElement, id: string, problems: Problems): SingleEvent {
  const error = one(definition, 'errorRef')
  const code = error && text(error, 'errorCode')
  return { kind: 'error', ...(code && { errorCode: textValue(code, id, 'the error code', problems) }) }
}

function transformEscalation(definition: ModdleElement, id: string, problems: Problems): SingleEvent {
  const escalation = one(definition, 'escalationRef')
  const code = escalation && text(escalation, 'escalationCode')
  return { kind: 'escalation', ...(code && { code: textValue(code, id, 'the escalation code', problems) }) }
}

function transformSignal(definition: ModdleElement, id: string, problems: Problems): SingleEvent {
  const signal = one(definition, 'signalRef')
  if (!signal?.name) problems.error(id, 'SIGNAL_MISSING', `Expected ${id} to name a signal, but it has none; choose or create one`)
  return { kind: 'signal', name: textValue(signal?.name ?? '', id, 'the signal name', problems) }
}

function transformLink(definition: ModdleElement, id: string, problems: Problems): SingleEvent {
  if (!definition.name)
    problems.error(id, 'LINK_WITHOUT_NAME', `Expected the link event ${id} to have a link name, but it has none; name it`)
  return { kind: 'link', name: definition.name ?? '' }
}

function transformCondition(definition: ModdleElement, id: string, problems: Problems): SingleEvent {
  const condition = one(definition, 'condition')
  const body = (condition && text(condition, 'body')?.trim()) || ''
  if (body === '')
    problems.error(id, 'CONDITION_MISSING', `Expected the conditional event ${id} to have a condition, but it has none; write one`)
  const filter = filterOf(definition, id, problems)
  return { kind: 'condition', condition: feelValue(body || '=false', id, 'the condition', problems), ...(filter && { filter }) }
}

const VARIABLE_EVENTS = ['create', 'update'] as const

function filterOf(definition: ModdleElement, id: string, problems: Problems): ConditionFilter | undefined {
  const source = extension(definition, 'zeebe:ConditionalFilter')
  if (!source) return undefined
  const list = (property: string) => {
    const entries = (text(source, property) ?? '').split(',').map((entry) => entry.trim())
    return entries.filter((entry) => entry !== '')
  }
  const [names, events] = [list('variableNames'), list('variableEvents')]
  for (const event of events)
    if (!VARIABLE_EVENTS.some((known) => known === event))
      problems.error(
        id,
        'VARIABLE_EVENTS',
        `Expected the variable events of ${id} to be create or update, but found '${event}'; choose one`,
      )
  const variableEvents = VARIABLE_EVENTS.filter((known) => events.includes(known))
  return { ...(names.length > 0 && { variableNames: names }), ...(variableEvents.length > 0 && { variableEvents }) }
}
