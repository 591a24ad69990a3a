import type { ActivatedJob } from '../../runtime/index.ts'
import type { DefinitionRecord, IncidentRow, InstanceRow, JobRow, UserTaskRow } from '../../store/index.ts'

/**
 * Rows in the shapes of the Camunda 8 API. A field with nothing to say is left out (undefined): the clients of 8.8, which
 * check answers strictly, refuse null, and those of later versions take either unless told to be strict.
 */

/** Before headers by which the kernel tells a task listener what it is asked about. */
const TOLD = 'io.camunda.zeebe:'

const time = (ms: number): string => new Date(ms).toISOString()
const timeIf = (ms: number | undefined): string | undefined => (ms === undefined ? undefined : time(ms))

export function processInstanceShape(row: InstanceRow, definition: DefinitionRecord | undefined) {
  return {
    processInstanceKey: row.key,
    processDefinitionId: row.bpmnProcessId,
    processDefinitionName: definition?.name || undefined,
    processDefinitionVersion: row.version,
    processDefinitionVersionTag: definition?.versionTag,
    processDefinitionKey: row.processDefinitionKey,
    parentProcessInstanceKey: row.parentProcessInstanceKey,
    parentElementInstanceKey: row.parentElementInstanceKey,
    startDate: time(row.startedAt),
    endDate: timeIf(row.endedAt),
    suspendedDate: timeIf(row.suspendedAt),
    state: row.state,
    hasIncident: row.hasIncident,
    tenantId: row.tenantId,
    tags: [],
    businessId: row.businessKey,
  }
}

export function processDefinitionShape(record: DefinitionRecord) {
  return {
    processDefinitionKey: record.key,
    processDefinitionId: record.id,
    name: record.name || undefined,
    resourceName: record.resourceName,
    version: record.version,
    versionTag: record.versionTag,
    tenantId: record.tenantId,
    hasStartForm: false,
  }
}

export function userTaskShape(row: UserTaskRow, definition: DefinitionRecord | undefined) {
  return {
    userTaskKey: row.key,
    elementInstanceKey: row.elementInstanceKey,
    elementId: row.elementId,
    name: row.name || undefined,
    state: row.state,
    assignee: row.assignee,
    candidateGroups: row.candidateGroups,
    candidateUsers: row.candidateUsers,
    priority: row.priority,
    creationDate: time(row.createdAt),
    completionDate: row.state === 'COMPLETED' ? timeIf(row.endedAt) : undefined,
    followUpDate: row.followUpDate,
    dueDate: row.dueDate,
    externalFormReference: row.externalFormReference,
    customHeaders: row.customHeaders,
    processInstanceKey: row.processInstanceKey,
    processDefinitionKey: row.processDefinitionKey,
    processDefinitionId: row.bpmnProcessId,
    processDefinitionVersion: row.version,
    processName: definition?.name || undefined,
    tenantId: row.tenantId,
    tags: [],
  }
}

export function incidentShape(row: IncidentRow) {
  return {
    incidentKey: row.key,
    // Ours goes beyond Camunda's list; its clients know no other word for it.
    errorType: row.incidentType === 'STEP_BUDGET_EXCEEDED' ? 'UNKNOWN' : row.incidentType,
    errorMessage: row.message,
    state: row.state,
    creationTime: time(row.createdAt),
    elementId: row.elementId,
    elementInstanceKey: row.elementInstanceKey,
    processInstanceKey: row.processInstanceKey,
    processDefinitionKey: row.processDefinitionKey,
    processDefinitionId: row.bpmnProcessId,
    jobKey: row.jobKey,
    tenantId: row.tenantId,
  }
}

export function jobShape(row: JobRow, now: number) {
  return {
    jobKey: row.key,
    type: row.type,
    kind: row.kind,
    listenerEventType: 'UNSPECIFIED',
    state: row.state,
    retries: row.retries,
    worker: row.worker ?? '',
    deadline: row.leaseToken !== undefined && row.availableAt > now ? time(row.availableAt) : undefined,
    customHeaders: row.customHeaders,
    elementId: row.elementId,
    elementInstanceKey: row.elementInstanceKey,
    processInstanceKey: row.processInstanceKey,
    processDefinitionKey: row.processDefinitionKey,
    processDefinitionId: row.bpmnProcessId,
    tenantId: row.tenantId,
    errorCode: row.errorCode,
    errorMessage: row.errorMessage,
    hasFailedWithRetriesLeft: row.state === 'FAILED' && row.retries > 0,
    creationTime: time(row.createdAt),
  }
}

export function activatedJobShape(job: ActivatedJob) {
  return {
    jobKey: job.jobKey,
    type: job.type,
    kind: job.kind,
    listenerEventType: job.listensTo === 'beforeAll' ? 'BEFORE_ALL' : (job.listensTo?.toUpperCase() ?? 'UNSPECIFIED'),
    userTask: job.kind === 'TASK_LISTENER' ? listenedTask(job.customHeaders) : undefined,
    processInstanceKey: job.processInstanceKey,
    processDefinitionKey: job.processDefinitionKey,
    processDefinitionId: job.bpmnProcessId,
    processDefinitionVersion: job.version,
    elementId: job.elementId,
    elementInstanceKey: job.elementInstanceKey,
    customHeaders: job.customHeaders,
    worker: job.worker,
    retries: job.retries,
    deadline: job.deadline,
    variables: job.variables,
    tenantId: job.tenantId,
    tags: [],
    businessId: job.businessKey,
    leaseToken: job.leaseToken,
  }
}

/** What a task listener is told of the task, out of the headers the kernel gives it. */
function listenedTask(headers: ActivatedJob['customHeaders']) {
  const texts = (name: string): string[] => JSON.parse(headers[`${TOLD}${name}`] ?? '[]') as string[]
  const priority = headers[`${TOLD}priority`]
  return {
    action: headers[`${TOLD}action`] ?? '',
    assignee: headers[`${TOLD}assignee`] || undefined,
    candidateGroups: texts('candidateGroups'),
    candidateUsers: texts('candidateUsers'),
    changedAttributes: texts('changedAttributes'),
    dueDate: headers[`${TOLD}dueDate`] || undefined,
    followUpDate: headers[`${TOLD}followUpDate`] || undefined,
    priority: priority === undefined ? undefined : Number(priority),
    userTaskKey: headers[`${TOLD}userTaskKey`],
  }
}

/** One definition of a deployment: exactly one of the members is there. */
export function deploymentShape(record: DefinitionRecord, requirements: DefinitionRecord | undefined) {
  const { key, id, name, version, resourceName, tenantId } = record
  if (record.kind === 'process') {
    return {
      processDefinition: { processDefinitionId: id, processDefinitionVersion: version, resourceName, tenantId, processDefinitionKey: key },
    }
  }
  if (record.kind === 'decision') {
    const decisionRequirementsKey = record.decisionRequirementsKey ?? key
    return {
      decisionDefinition: {
        decisionDefinitionId: id,
        version,
        name,
        tenantId,
        decisionRequirementsId: requirements?.id ?? id,
        decisionDefinitionKey: key,
        decisionRequirementsKey,
      },
    }
  }
  if (record.kind === 'decisionRequirements') {
    return {
      decisionRequirements: {
        decisionRequirementsId: id,
        decisionRequirementsName: name,
        version,
        resourceName,
        tenantId,
        decisionRequirementsKey: key,
      },
    }
  }
  return { form: { formId: id, version, resourceName, tenantId, formKey: key } }
}
