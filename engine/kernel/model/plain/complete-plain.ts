import { extension, type ModdleElement, many, one, text } from '../moddle.ts'
import type { Problems } from '../problems.ts'
import { eventDefinitionsOf, ModelView, typeOf } from '../validate/standard/model-view.ts'
import { dataMapping } from './data-flow.ts'
import { addImplicitStarts } from './implicit-start.ts'
import { laneOf } from './lane.ts'

type Writable = { -readonly [K in keyof ModdleElement]: ModdleElement[K] }

/**
 * Completes a plain BPMN file to the dialect, where the standard leaves to the engine how something is done: work without
 * an implementation becomes a job (or user task) of the type of its id, a formal expression is FEEL, a message without key
 * goes to whoever waits for its name, a lane is the group that may work on its user tasks, a data object is a variable. A file of an engine's dialect is left as it is.
 */
export function completePlain(definitions: ModdleElement, problems: Problems): void {
  const model = new ModelView(definitions)
  if (!model.isPlain) return
  problems.warn(
    'definitions',
    'PLAIN_BPMN',
    'Expected the Zeebe dialect, but the file is plain BPMN: its tasks become jobs whose type is the id of the task; add the dialect to say more',
  )
  for (const element of model.elements) {
    COMPLETIONS[typeOf(element)]?.(element as Writable, model)
    const data = typeOf(element) === 'Process' ? undefined : dataMapping(element)
    if (data) extend(element as Writable, 'zeebe:IoMapping', data)
  }
  for (const element of model.elements) addImplicitStarts(element, model)
}

const COMPLETIONS: Readonly<Record<string, (element: Writable, model: ModelView) => void>> = {
  ServiceTask: addJob,
  ScriptTask: addJob,
  BusinessRuleTask: addJob,
  SendTask: addJob,
  UserTask: (task, model) => {
    extend(task, 'zeebe:UserTask', {})
    const lane = laneOf(task, model)
    if (lane?.name) extend(task, 'zeebe:AssignmentDefinition', { candidateGroups: `=[${JSON.stringify(lane.name)}]` })
  },
  ReceiveTask: addMessage,
  CallActivity: (call) => {
    if (typeof call.calledElement === 'string') extend(call, 'zeebe:CalledElement', { processId: call.calledElement.replace(/^.*:/, '') })
  },
  IntermediateThrowEvent: (event) => throwMessage(event),
  EndEvent: (event) => throwMessage(event),
  MessageEventDefinition: addMessage,
  Message: (message) => {
    message.name ??= message.id ?? ''
    // The standard correlates by content only where a correlation key is declared.
    extend(message, 'zeebe:Subscription', { correlationKey: '=""' })
  },
  LinkEventDefinition: (definition) => {
    const target = one(definition, 'target')
    if (target?.name !== undefined) definition.name = target.name
  },
  TimerEventDefinition: firstTurnOnly,
  SequenceFlow: (flow, model) => {
    const source = one(flow, 'sourceRef')
    const chooses = source && /^(Exclusive|Inclusive)Gateway$/.test(typeOf(source)) && model.flowsOutOf(source).length > 1
    // Without condition a flow may always be taken (BPMN 2.0.2 §8.4.13).
    if (chooses && !one(flow, 'conditionExpression') && source.default !== flow) flow.conditionExpression = formal('true')
    asFeel(flow, 'conditionExpression')
  },
  ComplexGateway: (gateway) => asFeel(gateway, 'activationCondition'),
  AdHocSubProcess: (subProcess) => asFeel(subProcess, 'completionCondition'),
  StandardLoopCharacteristics: (loop) => asFeel(loop, 'loopCondition'),
  ConditionalEventDefinition: (definition) => asFeel(definition, 'condition'),
  MultiInstanceLoopCharacteristics: (loop) => {
    asFeel(loop, 'completionCondition')
    const [collection, item] = [one(loop, 'loopDataInputRef'), one(loop, 'inputDataItem')]
    const inputElement = item?.name ?? item?.id
    if (collection)
      extend(loop, 'zeebe:LoopCharacteristics', {
        inputCollection: `=${collection.name ?? collection.id}`,
        ...(inputElement !== undefined && { inputElement }),
      })
  },
}

function addJob(element: Writable): void {
  if (!extension(element, 'zeebe:TaskDefinition')) extend(element, 'zeebe:TaskDefinition', { type: element.id })
}

function throwMessage(event: Writable): void {
  if (eventDefinitionsOf(event).some((definition) => typeOf(definition) === 'MessageEventDefinition')) addJob(event)
}

/** What sends or receives without naming a message has one of its own. */
function addMessage(element: Writable): void {
  if (one(element, 'messageRef')) return
  const id = (typeOf(element) === 'ReceiveTask' ? element.id : element.$parent?.id) ?? element.id ?? ''
  const message: Writable = { $type: 'bpmn:Message', id, name: id }
  extend(message, 'zeebe:Subscription', { correlationKey: '=""' })
  element.messageRef = message
}

/** An event in the middle of a process waits once: of a cycle, for its first turn. */
function firstTurnOnly(definition: Writable): void {
  const cycle = one(definition, 'timeCycle')
  const [, start, period] = /^R\d*\/(?:([^/]+)\/)?(P[^/]+)$/.exec((cycle && text(cycle, 'body')?.trim()) ?? '') ?? []
  if (typeOf(definition.$parent) !== 'IntermediateCatchEvent' || period === undefined) return
  definition.timeCycle = undefined
  if (start === undefined) definition.timeDuration = formal(period)
  else definition.timeDate = formal(start)
}

function asFeel(element: ModdleElement, property: string): void {
  const expression = one(element, property) as Writable | undefined
  const body = expression && text(expression, 'body')?.trim()
  if (expression && body && !body.startsWith('=')) expression.body = `=${body}`
}

function formal(body: string): ModdleElement {
  return { $type: 'bpmn:FormalExpression', body }
}

function extend(element: Writable, $type: string, properties: Readonly<Record<string, unknown>>): void {
  const values = many(one(element, 'extensionElements') ?? element, 'values')
  element.extensionElements = { $type: 'bpmn:ExtensionElements', values: [...values, { ...properties, $type }] }
}
