import { parseInstant } from '../../processing/behavior/cycle.ts'
import { extension, type ModdleElement, many, one, text } from '../moddle.ts'
import type { Problems } from '../problems.ts'
import { eventDefinitionsOf, idOf, ModelView, typeOf } from './standard/model-view.ts'

/** Names FEEL reads as something else than a variable. */
const RESERVED: ReadonlySet<string> = new Set(
  'null true false function if then else for between instance of not in satisfies and or return some every'.split(' '),
)
const NAME = /^[\p{L}_][\p{L}\p{N}_]*$/u

type Complain = (rule: string, message: string) => void
type Check = (element: ModdleElement, id: string, complain: Complain) => void

const CHECKS: Readonly<Record<string, readonly Check[]>> = {
  ScriptTask: [oneImplementation('zeebe:Script', 'a script')],
  BusinessRuleTask: [oneImplementation('zeebe:CalledDecision', 'a called decision')],
  UserTask: [checkForm, checkSchedule, checkPriority],
  AdHocSubProcess: [checkAdHoc],
  BoundaryEvent: [checkCaughtCode],
  StartEvent: [checkCaughtCode],
  IntermediateThrowEvent: [checkCompensation],
  EndEvent: [checkCompensation],
}
const ON_ALL: readonly Check[] = [checkNames, checkHeaders]

/** What the dialect demands of a value where the executable form would take it, or leave it out, without a word. */
export function checkDialect(definitions: ModdleElement, problems: Problems): void {
  const model = new ModelView(definitions)
  for (const element of model.elements) {
    if (!element.$type.startsWith('bpmn:') || !model.isExecutable(element)) continue
    const id = idOf(element)
    const complain: Complain = (rule, message) => problems.error(id, rule, message)
    for (const check of [...ON_ALL, ...(CHECKS[typeOf(element)] ?? [])]) check(element, id, complain)
  }
}

function oneImplementation(own: string, what: string): Check {
  return (element, id, complain) => {
    if (extension(element, own) && extension(element, 'zeebe:TaskDefinition'))
      complain('IMPLEMENTATION_TWICE', `Expected ${id} to have either ${what} or a task definition, but it has both; remove one`)
  }
}

/** Variables the element writes. */
function checkNames(element: ModdleElement, id: string, complain: Complain): void {
  const mapping = extension(element, 'zeebe:IoMapping')
  const loop = one(element, 'loopCharacteristics')
  const repeated = loop && extension(loop, 'zeebe:LoopCharacteristics')
  const targets = mapping
    ? [...many(mapping, 'inputParameters'), ...many(mapping, 'outputParameters')].map((one) => text(one, 'target'))
    : []
  const names = [
    ...targets,
    ...[extension(element, 'zeebe:Script'), extension(element, 'zeebe:CalledDecision')].map((at) => at && text(at, 'resultVariable')),
    ...[repeated, extension(element, 'zeebe:AdHoc')].map((at) => at && text(at, 'outputCollection')),
    repeated && text(repeated, 'inputElement'),
  ]
  for (const name of new Set(names)) {
    // A target that is not even a path is told by the mapping itself.
    if (!name || /[\s]|^\.|\.$|\.\./.test(name)) continue
    const [first = '', ...inner] = name.split('.')
    if (NAME.test(first) && !RESERVED.has(first) && inner.every((part) => NAME.test(part))) continue
    complain(
      'VARIABLE_NAME',
      `Expected ${id} to write variables whose names are letters, digits and _ and no word of FEEL, but found '${name}'; rename it`,
    )
  }
}

function checkHeaders(element: ModdleElement, id: string, complain: Complain): void {
  const headers = extension(element, 'zeebe:TaskHeaders')
  if (headers && many(headers, 'values').some((header) => !text(header, 'key')))
    complain('HEADER_WITHOUT_KEY', `Expected every header of ${id} to have a key, but one has none; name it or remove it`)
  const properties = extension(element, 'zeebe:Properties')
  if (properties && many(properties, 'properties').some((property) => !text(property, 'name')))
    complain('PROPERTY_WITHOUT_NAME', `Expected every property of ${id} to have a name, but one has none; name it or remove it`)
}

function checkForm(element: ModdleElement, id: string, complain: Complain): void {
  const form = extension(element, 'zeebe:FormDefinition')
  if (!form) return
  const given = ['formId', 'externalReference', 'formKey'].filter((name) => text(form, name))
  const allowed = extension(element, 'zeebe:UserTask') ? ['formId', 'externalReference'] : ['formId', 'formKey']
  if (given.length === 1 && allowed.includes(given[0] ?? '')) return
  complain(
    'FORM_DEFINITION',
    `Expected the form of ${id} to be told by one of ${allowed.join(' and ')}, but found ${given.join(' and ') || 'neither'}; keep the one that is meant`,
  )
}

function checkSchedule(element: ModdleElement, id: string, complain: Complain): void {
  const schedule = extension(element, 'zeebe:TaskSchedule')
  for (const name of ['dueDate', 'followUpDate']) {
    const date = schedule && text(schedule, name)
    if (date && !date.startsWith('=') && parseInstant(date, 'utc') === undefined)
      complain('TASK_SCHEDULE', `Expected ${name} of ${id} to be an ISO 8601 date-time or an expression, but found '${date}'; correct it`)
  }
}

function checkPriority(element: ModdleElement, id: string, complain: Complain): void {
  const definition = extension(element, 'zeebe:PriorityDefinition')
  const priority = definition && text(definition, 'priority')
  if (priority && !priority.startsWith('=') && !(/^\d{1,3}$/.test(priority) && Number(priority) <= 100))
    complain('TASK_PRIORITY', `Expected the priority of ${id} to be 0 to 100 or an expression, but found '${priority}'; correct it`)
}

function checkAdHoc(element: ModdleElement, id: string, complain: Complain): void {
  const zeebe = extension(element, 'zeebe:AdHoc')
  const [collection, output] = ['outputCollection', 'outputElement'].map((name) => zeebe && text(zeebe, name))
  if ((collection === undefined) !== (output === undefined))
    complain('OUTPUT_COLLECTION_HALF', `Expected ${id} to have both an output collection and an output element, or neither; add the other`)
  if (!extension(element, 'zeebe:TaskDefinition')) return
  const condition = one(element, 'completionCondition')
  const excluded = [
    ...(condition && text(condition, 'body') ? ['completion condition'] : []),
    ...(zeebe && text(zeebe, 'activeElementsCollection') ? ['active elements collection'] : []),
    ...(element.cancelRemainingInstances === false ? ['cancelRemainingInstances=false'] : []),
  ]
  if (excluded.length > 0)
    complain(
      'AD_HOC_JOB',
      `Expected ${id} to be driven by its worker or by expressions, but it has a task definition and a ${excluded.join(', a ')}; the worker says all that, so remove one of the two`,
    )
}

function checkCaughtCode(element: ModdleElement, id: string, complain: Complain): void {
  for (const definition of eventDefinitionsOf(element))
    for (const [reference, property] of [
      ['errorRef', 'errorCode'],
      ['escalationRef', 'escalationCode'],
    ] as const) {
      const code = text(one(definition, reference) ?? definition, property)
      if (code?.startsWith('='))
        complain(
          'CAUGHT_CODE_EXPRESSION',
          `Expected the code ${id} catches to be fixed, but found '${code}'; write the code, or none to catch all`,
        )
    }
}

function checkCompensation(element: ModdleElement, id: string, complain: Complain): void {
  if (
    eventDefinitionsOf(element).some(
      ({ $type, waitForCompletion }) => $type === 'bpmn:CompensateEventDefinition' && waitForCompletion === false,
    )
  )
    complain('COMPENSATION_WAITS', `Expected the compensation of ${id} to be waited for, but waitForCompletion is false; remove it`)
}
