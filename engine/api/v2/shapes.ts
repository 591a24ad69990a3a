import type { ActivatedJob } from '../../runtime/index.ts'
import type { DefinitionRecord, IncidentRow, InstanceRow, JobRow, UserTaskRow } from '../../store/index.ts'

/** Rows in the shapes of the Camunda 8 API: every field is there, null where there is nothing to say. */

const time = (ms: number): string => new Date(ms).toISOString()
const timeOrNull = (ms: number | undefined): string | null => (ms === undefined ? null : time(ms))

export function processInstanceShape(row: InstanceRow, definition: DefinitionRecord | undefined) {
  return {
    processInstanceKey: row.key,
    processDefinitionId: row.bpmnProcessId,
    processDefinitionName: definition?.name || null,
    processDefinitionVersion: row.version,
    processDefinitionVersionTag: definition?.versionTag ?? null,
    processDefinitionKey: row.processDefinitionKey,
    parentProcessInstanceKey: row.parentProcessInstanceKey ?? null,
    parentElementInstanceKey: row.parentElementInstanceKey ?? null,
    startDate: time(row.startedAt),
    endDate: timeOrNull(row.endedAt),
    state: row.state,
    hasIncident: row.hasIncident,
    tenantId: row.tenantId,
    tags: [],
    businessId: row.businessKey ?? null,
  }
}

export function processDefinitionShape(record: DefinitionRecord) {
  return {
    processDefinitionKey: record.key,
    processDefinitionId: record.id,
    name: record.name || null,
    resourceName: record.resourceName,
    version: record.version,
    versionTag: record.versionTag ?? null,
    tenantId: record.tenantId,
    hasStartForm: false,
  }
}

export function userTaskShape(row: UserTaskRow, definition: DefinitionRecord | undefined) {
  return {
    userTaskKey: row.key,
    elementInstanceKey: row.elementInstanceKey,
    elementId: row.elementId,
    name: row.name || null,
    state: row.state,
    assignee: row.assignee ?? null,
    candidateGroups: row.candidateGroups,
    candidateUsers: row.candidateUsers,
    priority: row.priority,
    creationDate: time(row.createdAt),
    completionDate: row.state === 'COMPLETED' ? timeOrNull(row.endedAt) : null,
    followUpDate: row.followUpDate ?? null,
    dueDate: row.dueDate ?? null,
    externalFormReference: row.externalFormReference ?? null,
    formKey: null,
    customHeaders: row.customHeaders,
    processInstanceKey: row.processInstanceKey,
    processDefinitionKey: row.processDefinitionKey,
    processDefinitionId: row.bpmnProcessId,
    processDefinitionVersion: row.version,
    processName: definition?.name || null,
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
    jobKey: row.jobKey ?? null,
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
    deadline: row.leaseToken !== undefined && row.availableAt > now ? time(row.availableAt) : null,
    customHeaders: row.customHeaders,
    elementId: row.elementId,
    elementInstanceKey: row.elementInstanceKey,
    processInstanceKey: row.processInstanceKey,
    processDefinitionKey: row.processDefinitionKey,
    processDefinitionId: row.bpmnProcessId,
    tenantId: row.tenantId,
    errorCode: row.errorCode ?? null,
    errorMessage: row.errorMessage ?? null,
    hasFailedWithRetriesLeft: row.state === 'FAILED' && row.retries > 0,
    deniedReason: null,
    isDenied: null,
    creationTime: time(row.createdAt),
    lastUpdateTime: null,
    endTime: null,
  }
}

export function activatedJobShape(job: ActivatedJob) {
  return {
    jobKey: job.jobKey,
    type: job.type,
    kind: job.kind,
    listenerEventType: 'UNSPECIFIED',
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
    userTask: null,
    tags: [],
    businessId: job.businessKey ?? null,
    leaseToken: job.leaseToken,
  }
}

/** One definition of a deployment: exactly one of the five members is there. */
export function deploymentShape(record: DefinitionRecord) {
  const none = { processDefinition: null, decisionDefinition: null, decisionRequirements: null, form: null, resource: null }
  const { key, id, name, version, resourceName, tenantId } = record
  if (record.kind === 'process') {
    return {
      ...none,
      processDefinition: { processDefinitionId: id, processDefinitionVersion: version, resourceName, tenantId, processDefinitionKey: key },
    }
  }
  if (record.kind === 'decision') {
    return {
      ...none,
      decisionDefinition: {
        decisionDefinitionId: id,
        version,
        name,
        tenantId,
        decisionRequirementsId: '',
        decisionDefinitionKey: key,
        decisionRequirementsKey: record.decisionRequirementsKey ?? key,
      },
    }
  }
  if (record.kind === 'decisionRequirements') {
    return {
      ...none,
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
  return { ...none, form: { formId: id, version, resourceName, tenantId, formKey: key } }
}
