import type { TableName, Tables } from './port.ts'

/** How a field is kept and compared. `texts` is a list searched by containment; `json` is kept but cannot be searched. */
export type FieldType = 'text' | 'number' | 'boolean' | 'texts' | 'json' | 'any'

type Fields<T> = { readonly [F in keyof Required<T>]: FieldType }

const ROW = {
  key: 'text',
  processInstanceKey: 'text',
  processDefinitionKey: 'text',
  bpmnProcessId: 'text',
  version: 'number',
  tenantId: 'text',
} as const
const IN_ELEMENT = { ...ROW, elementInstanceKey: 'text', elementId: 'text' } as const

/** Every field of every table. The compiler holds it equal to the row types of the port. */
export const TABLE_FIELDS: { readonly [T in TableName]: Fields<Tables[T]> } = {
  instance: {
    ...ROW,
    state: 'text',
    startedAt: 'number',
    hasIncident: 'boolean',
    endedAt: 'number',
    suspendedAt: 'number',
    endElementId: 'text',
    businessKey: 'text',
    parentProcessInstanceKey: 'text',
    parentElementInstanceKey: 'text',
  },
  job: {
    ...IN_ELEMENT,
    type: 'text',
    kind: 'text',
    state: 'text',
    retries: 'number',
    customHeaders: 'json',
    priority: 'number',
    createdAt: 'number',
    availableAt: 'number',
    worker: 'text',
    leaseToken: 'text',
    errorMessage: 'text',
    errorCode: 'text',
  },
  userTask: {
    ...IN_ELEMENT,
    name: 'text',
    state: 'text',
    candidateGroups: 'texts',
    candidateUsers: 'texts',
    priority: 'number',
    createdAt: 'number',
    customHeaders: 'json',
    assignee: 'text',
    endedAt: 'number',
    completedBy: 'text',
    submitted: 'json',
    dueDate: 'text',
    followUpDate: 'text',
    formId: 'text',
    externalFormReference: 'text',
    businessKey: 'text',
  },
  incident: {
    ...IN_ELEMENT,
    incidentType: 'text',
    message: 'text',
    state: 'text',
    createdAt: 'number',
    resolvedAt: 'number',
    jobKey: 'text',
  },
  timer: { ...IN_ELEMENT, dueAt: 'number' },
  subscription: { ...IN_ELEMENT, messageName: 'text', correlationKey: 'text', createdAt: 'number' },
}

export const TABLE_NAMES = Object.keys(TABLE_FIELDS) as readonly TableName[]
