import { planTimer } from '../../../processing/behavior/timer.ts'
import { type ModdleElement, many, one, text } from '../../moddle.ts'
import { ancestor, hasEvent, idOf, typeOf } from './model-view.ts'
import type { StandardRule } from './standard-rule.ts'

const THROWS = ['IntermediateThrowEvent', 'EndEvent']
const EVENTS = ['StartEvent', 'BoundaryEvent', 'IntermediateCatchEvent', ...THROWS]
const TIMES = [
  ['timeDate', 'date'],
  ['timeDuration', 'duration'],
  ['timeCycle', 'cycle'],
] as const

function eventOf(definition: ModdleElement): ModdleElement {
  return definition.$parent ?? definition
}

/** What events may wait for and throw (BPMN 2.0.2 §10.5). */
export const EVENT_RULES: readonly StandardRule[] = [
  {
    name: 'ESCALATION_CODE_MISSING',
    clause: '§10.5.5 table 10.94',
    on: ['EscalationEventDefinition'],
    check: (definition) => {
      const escalation = one(definition, 'escalationRef')
      const isThrown = THROWS.includes(typeOf(eventOf(definition)))
      if (escalation ? text(escalation, 'escalationCode') : !isThrown) return undefined
      return `Expected the escalation of ${idOf(eventOf(definition))} to have a code, but it has none; give it one`
    },
  },
  {
    name: 'ERROR_CODE_MISSING',
    clause: '§10.5.5 table 10.93',
    on: ['ErrorEventDefinition'],
    check: (definition) => {
      const error = one(definition, 'errorRef')
      return error && !text(error, 'errorCode')
        ? `Expected error ${idOf(error)} of ${idOf(eventOf(definition))} to have a code, but it has none; give it one, or name no error to catch all`
        : undefined
    },
  },
  {
    name: 'EVENT_SUBPROCESS_START',
    clause: '§10.3.5, §10.5.2 table 10.86',
    on: ['StartEvent'],
    check: (event) => {
      if (event.$parent?.triggeredByEvent !== true) return undefined
      if (hasEvent(event, 'Cancel', 'Link', 'Terminate'))
        return `Expected event subprocess ${idOf(event.$parent)} to start by a trigger that can happen, but ${idOf(event)} has another; use a message, timer, error, escalation, signal or condition`
      return event.isInterrupting === false && hasEvent(event, 'Compensate')
        ? `Expected the compensation start ${idOf(event)} to interrupt, but it does not; its subprocess has completed already`
        : undefined
    },
  },
  {
    name: 'BOUNDARY_EVENT_KIND',
    clause: '§10.5.4 table 10.90',
    on: ['BoundaryEvent'],
    check: (event) =>
      hasEvent(event, 'Link')
        ? `Expected boundary event ${idOf(event)} to wait for something, but it has a link; use another event`
        : undefined,
  },
  {
    name: 'BOUNDARY_NOT_INTERRUPTING',
    clause: '§10.5.4 table 10.90',
    on: ['BoundaryEvent'],
    isForPlainFiles: true,
    check: (event) =>
      event.cancelActivity === false && hasEvent(event, 'Cancel', 'Compensate')
        ? `Expected boundary event ${idOf(event)} to interrupt, but it does not; cancel and compensation come when the activity is over`
        : undefined,
  },
  {
    name: 'CANCEL_OUTSIDE_TRANSACTION',
    clause: '§10.5.4 table 10.90',
    on: ['BoundaryEvent', 'EndEvent'],
    check: (event) => {
      if (!hasEvent(event, 'Cancel')) return undefined
      const isInside = typeOf(event) === 'EndEvent' ? ancestor(event, 'Transaction') : typeOf(one(event, 'attachedToRef')) === 'Transaction'
      return isInside
        ? undefined
        : `Expected cancel event ${idOf(event)} to belong to a transaction, but it does not; make its subprocess a transaction`
    },
  },
  {
    name: 'EVENT_DEFINITION_SHARED',
    clause: '§10.5.5',
    on: EVENTS,
    check: (event) => {
      const shared = many(event, 'eventDefinitionRef').find((definition) => THROWS.includes(typeOf(definition.$parent)))
      return (
        shared &&
        `Expected ${idOf(event)} to have an event definition of its own, but it uses that of ${idOf(shared.$parent)}; define it at the root of the file`
      )
    },
  },
  {
    name: 'TIMER_SEVERAL_TIMES',
    clause: '§10.5.5 table 10.101',
    on: ['TimerEventDefinition'],
    check: (definition) => {
      const given = TIMES.filter(([property]) => one(definition, property))
      return given.length > 1
        ? `Expected the timer of ${idOf(eventOf(definition))} to have one time, but found ${given.map(([property]) => property).join(', ')}; keep one`
        : undefined
    },
  },
  {
    name: 'TIMER_INVALID',
    clause: '§10.5.5 table 10.101',
    on: ['TimerEventDefinition'],
    check: (definition, model) => {
      if (!model.isExecutable(definition)) return undefined
      for (const [property, kind] of TIMES) {
        const expression = one(definition, property)
        const body = expression && text(expression, 'body')?.trim()
        // With a leading `=` it is known when the event is reached.
        if (!body || body.startsWith('=')) continue
        const plan = planTimer(kind, body, 0, 'UTC')
        if (!plan.ok) return `Expected the ${property} of ${idOf(eventOf(definition))} to be readable: ${plan.failure.message}`
      }
      return undefined
    },
  },
  {
    name: 'OPERATION_MISSING',
    clause: '§10.5.5 table 10.97',
    on: ['MessageEventDefinition'],
    isForPlainFiles: true,
    check: (definition, model) =>
      one(definition, 'operationRef') || !model.isExecutable(eventOf(definition)) || typeOf(eventOf(definition)) === 'Definitions'
        ? undefined
        : `Expected the message of ${idOf(eventOf(definition))} to name the operation that sends or receives it, but it names none; choose one`,
  },
]
