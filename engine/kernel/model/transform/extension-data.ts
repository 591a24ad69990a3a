import type {
  Binding,
  CalledDecision,
  CalledElement,
  JobDefinition,
  Mapping,
  PublishMessageDefinition,
  TextValue,
  UserTaskDefinition,
} from '../executable-process.ts'
import { extension, type ModdleElement, many, text } from '../moddle.ts'
import type { Problems } from '../problems.ts'
import { feelValue, textValue } from './text-value.ts'

/** Job type of a user task without the native marker. */
const USER_TASK_JOB = 'io.camunda.zeebe:userTask'

export function headersOf(element: ModdleElement): Readonly<Record<string, string>> {
  const headers = extension(element, 'zeebe:TaskHeaders')
  return Object.fromEntries(
    (headers ? many(headers, 'values') : []).map((header) => [text(header, 'key') ?? '', text(header, 'value') ?? '']),
  )
}

export function propertiesOf(element: ModdleElement): Readonly<Record<string, string>> {
  const properties = extension(element, 'zeebe:Properties')
  return Object.fromEntries(
    (properties ? many(properties, 'properties') : []).map((property) => [text(property, 'name') ?? '', text(property, 'value') ?? '']),
  )
}

export function mappingsOf(element: ModdleElement, direction: 'input' | 'output', id: string, problems: Problems): Mapping[] {
  const mapping = extension(element, 'zeebe:IoMapping')
  const entries = mapping ? many(mapping, direction === 'input' ? 'inputParameters' : 'outputParameters') : []
  return entries.map((entry) => {
    const target = text(entry, 'target') ?? ''
    if (!/^[^\s.]+(\.[^\s.]+)*$/.test(target)) {
      problems.error(
        id,
        'INVALID_MAPPING',
        `Expected the ${direction} mapping of ${id} to have a variable name as target, but found '${target}'; write a name such as result or order.id`,
      )
    }
    const source = text(entry, 'source') ?? (direction === 'input' ? '=null' : '')
    const what = `the ${direction} mapping to '${target}'`
    const value: TextValue =
      direction === 'output' ? { kind: 'feel', expression: feelValue(source, id, what, problems) } : textValue(source, id, what, problems)
    return { source: value, target: target.split('.') }
  })
}

export function jobOf(element: ModdleElement, id: string, problems: Problems): JobDefinition | undefined {
  const definition = extension(element, 'zeebe:TaskDefinition')
  if (!definition) return undefined
  const retries = textValue(text(definition, 'retries') ?? '3', id, 'the retries', problems)
  const jobType = text(definition, 'type')
  if (!jobType) return undefined
  return {
    jobType: textValue(jobType, id, 'the job type', problems),
    retries,
    ...priorityOf(element, id, problems),
    headers: { ...headersOf(element), ...linkedResourcesHeader(element, id, problems) },
  }
}

/** The element's own job priority, or that of its process. */
function priorityOf(element: ModdleElement, id: string, problems: Problems): { readonly priority: TextValue } | undefined {
  for (let at: ModdleElement | undefined = element; at; at = at.$parent) {
    if (at !== element && at.$type !== 'bpmn:Process') continue
    const priority = text(extension(at, 'zeebe:JobPriorityDefinition') ?? at, 'priority')
    if (priority === undefined) continue
    if (!priority.startsWith('=') && !/^-?\d+$/.test(priority))
      problems.error(
        id,
        'JOB_PRIORITY',
        `Expected the job priority of ${id} to be a whole number or an expression, but found '${priority}'; correct it`,
      )
    return { priority: textValue(priority, id, 'the job priority', problems) }
  }
  return undefined
}

/** Resources a worker needs (an RPA script), told as the reserved header `linkedResources`. */
function linkedResourcesHeader(element: ModdleElement, id: string, problems: Problems): Readonly<Record<string, string>> {
  const container = extension(element, 'zeebe:LinkedResources')
  if (!container) return {}
  const resources = many(container, 'values').map((resource) => {
    const [resourceId, resourceType, linkName] = ['resourceId', 'resourceType', 'linkName'].map((name) => text(resource, name))
    if (!resourceId || !resourceType)
      problems.error(id, 'LINKED_RESOURCE', `Expected every linked resource of ${id} to have an id and a type, but one has not; set both`)
    return { resourceId, resourceType, ...(linkName !== undefined && { linkName }), ...bindingOf(resource, id, problems) }
  })
  return { linkedResources: JSON.stringify(resources) }
}

export function userTaskOf(
  element: ModdleElement,
  id: string,
  problems: Problems,
): { userTask: UserTaskDefinition } | { job: JobDefinition; jobUserTask: UserTaskDefinition } {
  const task = taskDefinitionOf(element, id, problems)
  if (extension(element, 'zeebe:UserTask')) return { userTask: task }
  const job: JobDefinition = {
    jobType: { kind: 'literal', text: USER_TASK_JOB },
    retries: { kind: 'literal', text: '3' },
    ...priorityOf(element, id, problems),
    headers: headersOf(element),
  }
  return { job, jobUserTask: task }
}

function taskDefinitionOf(element: ModdleElement, id: string, problems: Problems): UserTaskDefinition {
  const assignment = extension(element, 'zeebe:AssignmentDefinition')
  const schedule = extension(element, 'zeebe:TaskSchedule')
  const form = extension(element, 'zeebe:FormDefinition')
  const priority = extension(element, 'zeebe:PriorityDefinition')
  const value = (from: ModdleElement | undefined, property: string): TextValue | undefined => {
    const found = from?.[property]
    return found === undefined || found === '' ? undefined : textValue(String(found), id, property, problems)
  }
  const formId = form && text(form, 'formId')
  const formBinding = formId === undefined || !form ? undefined : bindingOf(form, id, problems)
  return present({
    headers: headersOf(element),
    assignee: value(assignment, 'assignee'),
    candidateGroups: value(assignment, 'candidateGroups'),
    candidateUsers: value(assignment, 'candidateUsers'),
    dueDate: value(schedule, 'dueDate'),
    followUpDate: value(schedule, 'followUpDate'),
    priority: value(priority, 'priority'),
    formId,
    formBinding,
    externalReference: value(form, 'externalReference'),
    formKey: form && text(form, 'formKey'),
  })
}

export function publishMessageOf(element: ModdleElement, id: string, problems: Problems): PublishMessageDefinition | undefined {
  const publish = extension(element, 'zeebe:PublishMessage')
  const correlationKey = publish && text(publish, 'correlationKey')
  if (!publish || !correlationKey) return undefined
  const messageId = text(publish, 'messageId')
  const timeToLive = text(publish, 'timeToLive')
  return present({
    correlationKey: textValue(correlationKey, id, 'the correlation key', problems),
    messageId: messageId === undefined ? undefined : textValue(messageId, id, 'the message id', problems),
    timeToLive: timeToLive === undefined ? undefined : textValue(timeToLive, id, 'the time to live', problems),
  })
}

export function calledElementOf(element: ModdleElement, id: string, problems: Problems): CalledElement | undefined {
  const called = extension(element, 'zeebe:CalledElement')
  const processId = called && text(called, 'processId')
  if (!called || !processId) return undefined
  return {
    processId: textValue(processId, id, 'the called process id', problems),
    propagateAllChildVariables: called.propagateAllChildVariables !== false,
    propagateAllParentVariables: called.propagateAllParentVariables !== false,
    ...bindingOf(called, id, problems),
  }
}

export function calledDecisionOf(element: ModdleElement, id: string, problems: Problems): CalledDecision | undefined {
  const called = extension(element, 'zeebe:CalledDecision')
  const decisionId = called && text(called, 'decisionId')
  if (!called || !decisionId) return undefined
  const resultVariable = text(called, 'resultVariable')
  if (!resultVariable)
    problems.error(
      id,
      'RESULT_VARIABLE_MISSING',
      `Expected ${id} to name a result variable, but it has none; say where the decision's result goes`,
    )
  return {
    decisionId: textValue(decisionId, id, 'the decision id', problems),
    resultVariable: resultVariable ?? 'result',
    ...bindingOf(called, id, problems),
  }
}

function bindingOf(element: ModdleElement, id: string, problems: Problems): Binding {
  // The descriptor does not know these attributes on every element that may have them.
  const attribute = (name: string) => text(element, name) ?? (element.$attrs as Readonly<Record<string, string>> | undefined)?.[name]
  const [bindingType, versionTag] = [attribute('bindingType'), attribute('versionTag')]
  if (bindingType !== undefined && !['latest', 'deployment', 'versionTag'].includes(bindingType))
    problems.error(
      id,
      'BINDING_TYPE',
      `Expected the binding of ${id} to be latest, deployment or versionTag, but found '${bindingType}'; choose one`,
    )
  if (bindingType === 'versionTag' && !versionTag)
    problems.error(id, 'VERSION_TAG_MISSING', `Expected ${id} to name the version tag it is bound to, but it has none; set versionTag`)
  return {
    bindingType: bindingType === 'deployment' || bindingType === 'versionTag' ? bindingType : 'latest',
    ...(versionTag !== undefined && { versionTag }),
  }
}

/** Leaves out what is undefined, as optional fields want it. */
function present<T extends object>(value: { [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(value).filter(([, entry]) => entry !== undefined)) as T
}
