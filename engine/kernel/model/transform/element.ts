import type { ElementType } from '../../record/event.ts'
import { extension, type ModdleElement, one, text } from '../moddle.ts'
import type { Problems } from '../problems.ts'
import { choicesOf } from './ad-hoc-choices.ts'
import type { ElementDraft } from './draft.ts'
import { missingMessage, transformEvent, transformMessage } from './event-definition.ts'
import { calledDecisionOf, calledElementOf, jobOf, mappingsOf, propertiesOf, publishMessageOf, userTaskOf } from './extension-data.ts'
import { feelValue } from './text-value.ts'

const EVENTS: ReadonlySet<ElementType> = new Set([
  'startEvent',
  'endEvent',
  'intermediateCatchEvent',
  'intermediateThrowEvent',
  'boundaryEvent',
])

/** An element on its own; flows, attachments and scopes are linked afterwards. */
export function transformElement(
  source: ModdleElement,
  id: string,
  type: ElementType,
  scopeId: string | undefined,
  problems: Problems,
): ElementDraft {
  const element: ElementDraft = {
    id,
    name: source.name ?? '',
    type,
    incoming: [],
    outgoing: [],
    inputs: mappingsOf(source, 'input', id, problems),
    outputs: mappingsOf(source, 'output', id, problems),
    properties: propertiesOf(source),
    boundaryEvents: [],
    eventSubProcesses: [],
  }
  if (scopeId !== undefined) element.scopeId = scopeId
  const defaultFlow = one(source, 'default')?.id
  if (defaultFlow !== undefined) element.defaultFlowId = defaultFlow
  if (EVENTS.has(type)) addEvent(element, source, problems)
  if (source.isForCompensation === true) element.isForCompensation = true
  addQuantity(element, source, problems)
  addWork(element, source, problems)
  return element
}

function addQuantity(element: ElementDraft, source: ModdleElement, problems: Problems): void {
  for (const property of ['startQuantity', 'completionQuantity'] as const) {
    const quantity = source[property]
    if (typeof quantity !== 'number' || quantity === 1) continue
    if (quantity < 1)
      problems.error(
        element.id,
        'TOKEN_QUANTITY',
        `Expected the ${property} of ${element.id} to be at least 1, but found ${quantity}; correct it`,
      )
    element[property] = quantity
  }
}

function addEvent(element: ElementDraft, source: ModdleElement, problems: Problems): void {
  element.event = transformEvent(source, element.id, problems)
  if (element.type === 'boundaryEvent') {
    element.interrupting = source.cancelActivity !== false
    const attachedTo = one(source, 'attachedToRef')?.id
    if (attachedTo === undefined)
      problems.error(
        element.id,
        'BOUNDARY_NOT_ATTACHED',
        `Expected boundary event ${element.id} to be attached to an activity, but it is not; attach it`,
      )
    else element.attachedToId = attachedTo
  }
  if (element.type === 'startEvent') element.interrupting = source.isInterrupting !== false
}

/** What the element does, by its type. */
function addWork(element: ElementDraft, source: ModdleElement, problems: Problems): void {
  const { id } = element
  const job = jobOf(source, id, problems)
  if (job) element.job = job
  const publish = publishMessageOf(source, id, problems)
  if (publish) element.publishMessage = publish
  switch (element.type) {
    case 'userTask':
      Object.assign(element, userTaskOf(source, id, problems))
      break
    case 'scriptTask':
      addScript(element, source, problems)
      break
    case 'callActivity': {
      const called = calledElementOf(source, id, problems)
      if (called) element.calledElement = called
      break
    }
    case 'businessRuleTask': {
      const called = calledDecisionOf(source, id, problems)
      if (called) element.calledDecision = called
      break
    }
    case 'adHocSubProcess':
      addAdHoc(element, source, problems)
      break
    case 'complexGateway': {
      const condition = one(source, 'activationCondition')
      const body = condition && text(condition, 'body')?.trim()
      if (body) element.activationCondition = feelValue(body, id, 'the activation condition', problems)
      break
    }
    case 'eventBasedGateway':
      if (source.instantiate === true) element.instantiates = source.eventGatewayType === 'Parallel' ? 'all' : 'first'
      break
    case 'receiveTask':
    case 'sendTask':
      addTaskMessage(element, source, problems)
      if (source.instantiate === true) element.instantiates = 'first'
  }
}

function addAdHoc(element: ElementDraft, source: ModdleElement, problems: Problems): void {
  const zeebe = extension(source, 'zeebe:AdHoc')
  const active = zeebe && text(zeebe, 'activeElementsCollection')
  const condition = one(source, 'completionCondition')
  const body = condition && text(condition, 'body')?.trim()
  const outputCollection = zeebe && text(zeebe, 'outputCollection')
  const outputElement = zeebe && text(zeebe, 'outputElement')
  element.adHoc = {
    ...(active && { activeElements: feelValue(active, element.id, 'the active elements collection', problems) }),
    ...(body && { completionCondition: feelValue(body, element.id, 'the completion condition', problems) }),
    ...(outputCollection && { outputCollection }),
    ...(outputElement && { outputElement: feelValue(outputElement, element.id, 'the output element', problems) }),
    ...((zeebe || element.job) && { choices: choicesOf(source) }),
    cancelRemaining: source.cancelRemainingInstances !== false,
    sequential: source.ordering === 'Sequential',
  }
}

function addScript(element: ElementDraft, source: ModdleElement, problems: Problems): void {
  const script = extension(source, 'zeebe:Script')
  const expression = script && text(script, 'expression')
  if (!script || !expression) return
  const resultVariable = text(script, 'resultVariable')
  if (!resultVariable)
    problems.error(
      element.id,
      'RESULT_VARIABLE_MISSING',
      `Expected ${element.id} to name a result variable, but it has none; say where the script's result goes`,
    )
  element.script = { expression: feelValue(expression, element.id, 'the script', problems), resultVariable: resultVariable ?? 'result' }
}

function addTaskMessage(element: ElementDraft, source: ModdleElement, problems: Problems): void {
  const message = one(source, 'messageRef')
  if (message) element.event = { kind: 'message', message: transformMessage(message, element.id, problems) }
  else if (element.type === 'receiveTask') element.event = { kind: 'message', message: missingMessage(element.id, problems) }
}
