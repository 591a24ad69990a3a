import type { ElementType } from '../../record/event.ts'
import type { Element, ExecutableProcess } from '../executable-process.ts'
import type { Problems } from '../problems.ts'
import { startsProcess, validateInstantiating } from './instantiating.ts'
import { validateMultiple } from './multiple-event.ts'

/** Behind these every flow is taken, or an event chooses (BPMN 2.0.2 §13.4.1, §13.4.4). */
const IGNORES_CONDITIONS: ReadonlySet<ElementType> = new Set([
  'parallelGateway',
  'eventBasedGateway',
  'startEvent',
  'intermediateCatchEvent',
  'intermediateThrowEvent',
  'boundaryEvent',
])

type Rule = (process: ExecutableProcess, element: Element, problems: Problems) => void

const ACTIVITIES: ReadonlySet<ElementType> = new Set([
  'subProcess',
  'transaction',
  'adHocSubProcess',
  'callActivity',
  'serviceTask',
  'userTask',
  'scriptTask',
  'businessRuleTask',
  'sendTask',
  'receiveTask',
  'manualTask',
  'task',
])

const wants =
  (what: string, has: (element: Element) => boolean, wayOut: string): Rule =>
  (_process, element, problems) => {
    if (!has(element))
      problems.error(element.id, 'IMPLEMENTATION_MISSING', `Expected ${element.id} to have ${what}, but it has none; ${wayOut}`)
  }

const sends: Rule = wants(
  'a task definition or a message to publish',
  (element) => element.job !== undefined || (element.publishMessage !== undefined && element.event?.kind === 'message'),
  'set the job type of the worker that sends it',
)

const RULES: Partial<Record<ElementType, Rule>> = {
  serviceTask: wants('a task definition', (element) => element.job !== undefined, 'set the job type of the worker'),
  scriptTask: wants(
    'a FEEL script or a task definition',
    (element) => element.script !== undefined || element.job !== undefined,
    'write the script or set a job type',
  ),
  businessRuleTask: wants(
    'a called decision or a task definition',
    (element) => element.calledDecision !== undefined || element.job !== undefined,
    'choose the decision',
  ),
  callActivity: wants('a called process', (element) => element.calledElement !== undefined, 'choose the process'),
  sendTask: sends,
  receiveTask: correlates,
  intermediateCatchEvent: validateCatch,
  intermediateThrowEvent: validateThrow,
  boundaryEvent: validateBoundary,
  startEvent: validateStart,
  endEvent: validateEnd,
  exclusiveGateway: validateConditions,
  inclusiveGateway: validateConditions,
  eventBasedGateway: validateEventGateway,
}

/** What one element must have and must not have. */
export function validateElement(process: ExecutableProcess, element: Element, problems: Problems): void {
  if (element.event?.kind === 'multiple') {
    for (const definition of element.event.definitions) RULES[element.type]?.(process, { ...element, event: definition }, problems)
    validateMultiple(process, element, element.event, problems)
  } else RULES[element.type]?.(process, element, problems)
  if (element.instantiates) validateInstantiating(process, element, problems)
  const missedRuns = element.properties['timer.missedRuns']
  if (missedRuns !== undefined && !['skip', 'once', 'all'].includes(missedRuns))
    problems.error(
      element.id,
      'MISSED_RUNS',
      `Expected the property timer.missedRuns of ${element.id} to be skip, once or all, but found '${missedRuns}'; choose one`,
    )
  validateNotBy(process, element, problems)
  const { id, type, incoming, outgoing } = element
  if ((type === 'startEvent' || type === 'boundaryEvent' || type === 'eventSubProcess') && incoming.length > 0) {
    problems.error(id, 'INCOMING_FLOW', `Expected no sequence flow into ${id}, but ${incoming[0]?.id} leads there; remove it`)
  }
  if ((type === 'endEvent' || type === 'eventSubProcess') && outgoing.length > 0) {
    problems.error(id, 'OUTGOING_FLOW', `Expected no sequence flow out of ${id}, but ${outgoing[0]?.id} leaves it; remove it`)
  }
  if (element.defaultFlowId !== undefined && !outgoing.some((flow) => flow.id === element.defaultFlowId)) {
    problems.error(
      id,
      'DEFAULT_FLOW',
      `Expected the default flow of ${id} to leave it, but ${element.defaultFlowId} does not; choose another default`,
    )
  }
  for (const flow of outgoing) {
    if (flow.condition && IGNORES_CONDITIONS.has(type))
      problems.error(
        flow.id,
        'CONDITION_NOT_ALLOWED',
        `Expected conditions only behind exclusive and inclusive gateways and activities, but flow ${flow.id} leaves ${id} with one; put a gateway in between`,
      )
  }
  if (element.attachedToId !== undefined && !ACTIVITIES.has(process.elements.get(element.attachedToId)?.type ?? 'process')) {
    problems.error(
      id,
      'BOUNDARY_NOT_ATTACHED',
      `Expected boundary event ${id} to be attached to an activity, but ${element.attachedToId} is none; attach it to a task, call activity or subprocess`,
    )
  }
}

function correlates(process: ExecutableProcess, element: Element, problems: Problems): void {
  if (startsProcess(process, element)) return
  if (element.event?.kind === 'message' && !element.event.message.correlationKey) {
    problems.error(
      element.id,
      'CORRELATION_KEY_MISSING',
      `Expected the message of ${element.id} to have a correlation key, but it has none; say which variable picks the instance`,
    )
  }
}

function validateCatch(process: ExecutableProcess, element: Element, problems: Problems): void {
  const kind = element.event?.kind
  if (kind !== 'timer' && kind !== 'message' && kind !== 'signal' && kind !== 'link' && kind !== 'condition')
    problems.error(
      element.id,
      'CATCH_EVENT_KIND',
      `Expected ${element.id} to wait for a timer, message, signal, condition or link, but it waits for ${kind}; choose one`,
    )
  if (element.event?.kind === 'timer' && element.event.timer.kind === 'cycle')
    problems.error(element.id, 'TIMER_CYCLE', `Expected ${element.id} to wait once, but it has a cycle; use a date or duration`)
  correlates(process, element, problems)
}

function validateThrow(process: ExecutableProcess, element: Element, problems: Problems): void {
  const kind = element.event?.kind
  if (kind === 'message') sends(process, element, problems)
  else if (kind !== 'none' && kind !== 'escalation' && kind !== 'signal' && kind !== 'link' && kind !== 'compensation')
    problems.error(
      element.id,
      'THROW_EVENT_KIND',
      `Expected ${element.id} to throw nothing, a message, signal, escalation, compensation or link, but it throws ${kind}; choose one of these`,
    )
}

function validateBoundary(process: ExecutableProcess, element: Element, problems: Problems): void {
  const { event, id, interrupting } = element
  if (event?.kind === 'none' || event?.kind === 'terminate')
    problems.error(
      id,
      'BOUNDARY_EVENT_KIND',
      `Expected boundary event ${id} to wait for a timer, message or error, but it has no trigger; choose one`,
    )
  if (event?.kind === 'error' && !interrupting)
    problems.error(
      id,
      'ERROR_NOT_INTERRUPTING',
      `Expected error boundary event ${id} to interrupt, but it does not; an error always ends its activity`,
    )
  if (event?.kind === 'timer' && event.timer.kind === 'cycle' && interrupting)
    problems.error(
      id,
      'TIMER_CYCLE',
      `Expected the interrupting timer ${id} to fire once, but it has a cycle; make it non-interrupting or use a duration`,
    )
  correlates(process, element, problems)
}

function validateStart(process: ExecutableProcess, element: Element, problems: Problems): void {
  if (element.event?.kind === 'terminate')
    problems.error(
      element.id,
      'START_EVENT_KIND',
      `Expected ${element.id} to start by nothing, a message, a timer or an error, but it has a terminate definition`,
    )
  const container = process.elements.get(element.scopeId ?? '')
  if (container?.type !== 'eventSubProcess') return
  if (element.event?.kind === 'error' && !element.interrupting)
    problems.error(
      element.id,
      'ERROR_NOT_INTERRUPTING',
      `Expected error start event ${element.id} to interrupt, but it does not; an error always ends its scope`,
    )
  if (element.event?.kind === 'timer' && element.event.timer.kind === 'cycle' && element.interrupting)
    problems.error(
      element.id,
      'TIMER_CYCLE',
      `Expected the interrupting timer ${element.id} to fire once, but it has a cycle; make it non-interrupting or use a duration`,
    )
  correlates(process, element, problems)
}

function validateEnd(process: ExecutableProcess, element: Element, problems: Problems): void {
  const { event, id } = element
  if (event?.kind === 'message') sends(process, element, problems)
  if (event?.kind === 'timer')
    problems.error(
      id,
      'END_EVENT_KIND',
      `Expected end event ${id} to throw nothing, a message or an error, or to terminate, but it has a timer`,
    )
  if (event?.kind === 'error' && !event.errorCode)
    problems.error(id, 'ERROR_CODE_MISSING', `Expected error end event ${id} to name an error code, but it has none; choose an error`)
}

function validateConditions(_process: ExecutableProcess, element: Element, problems: Problems): void {
  if (element.outgoing.length < 2) return
  for (const flow of element.outgoing) {
    if (!flow.condition && flow.id !== element.defaultFlowId)
      problems.error(
        flow.id,
        'CONDITION_MISSING',
        `Expected flow ${flow.id} behind ${element.id} to have a condition or be the default, but it has neither; add one`,
      )
  }
}

function validateEventGateway(process: ExecutableProcess, element: Element, problems: Problems): void {
  if (element.outgoing.length < 2)
    problems.error(
      element.id,
      'EVENT_GATEWAY_FLOWS',
      `Expected at least two flows behind ${element.id}, but found ${element.outgoing.length}; add events to wait for`,
    )
  for (const flow of element.outgoing) {
    const target = process.elements.get(flow.targetId)
    if (target?.type !== 'intermediateCatchEvent' && target?.type !== 'receiveTask')
      problems.error(
        element.id,
        'EVENT_GATEWAY_TARGET',
        `Expected only catch events and receive tasks behind ${element.id}, but ${flow.targetId} is none; put a timer or message event there`,
      )
    else if (target.boundaryEvents.length > 0 || target.multiInstance || target.standardLoop)
      problems.error(
        target.id,
        'EVENT_GATEWAY_TARGET',
        `Expected receive task ${target.id} behind ${element.id} to have neither boundary events nor a loop, but it has; remove them`,
      )
    else if (target.incoming.length > 1)
      problems.error(
        target.id,
        'EVENT_GATEWAY_TARGET',
        `Expected ${target.id} to be reached only from ${element.id}, but other flows lead there too; use a separate event`,
      )
  }
}

/** Four eyes: a task may name others whose completers may not complete it. */
function validateNotBy(process: ExecutableProcess, { id, properties: { notBy } }: Element, problems: Problems): void {
  for (const other of notBy?.split(',').map((name) => name.trim()) ?? []) {
    if (process.elements.get(other)?.type === 'userTask') continue
    problems.error(
      id,
      'NOT_BY',
      `Expected the property notBy of ${id} to name user tasks of process ${process.bpmnProcessId}, but ${other} is none; correct it`,
    )
  }
}
