import { type InstanceState, type Json, type Variables, visibleVariables } from '../kernel/index.ts'
import type { JobRow } from '../store/index.ts'
import type { ActivatedJob } from './contract.ts'

/** A leased job as its worker sees it, or undefined when its instance no longer knows it. */
export function activatedJob(row: JobRow, state: InstanceState | undefined, fetchVariables?: readonly string[]): ActivatedJob | undefined {
  if (!state?.jobs[row.key] || row.leaseToken === undefined) return undefined
  const {
    type,
    kind,
    processInstanceKey,
    processDefinitionKey,
    bpmnProcessId,
    version,
    elementId,
    elementInstanceKey,
    tenantId,
    customHeaders,
    retries,
  } = row
  return {
    jobKey: row.key,
    ...{
      type,
      kind,
      processInstanceKey,
      processDefinitionKey,
      bpmnProcessId,
      version,
      elementId,
      elementInstanceKey,
      tenantId,
      customHeaders,
      retries,
    },
    worker: row.worker ?? '',
    deadline: row.availableAt,
    leaseToken: row.leaseToken,
    variables: chosen(visibleVariables(state, elementInstanceKey), fetchVariables),
    ...(kind !== 'BPMN_ELEMENT' && listensTo(kind, state, elementInstanceKey)),
    ...(state.businessKey !== undefined && { businessKey: state.businessKey }),
  }
}

function listensTo(kind: JobRow['kind'], state: InstanceState, elementInstanceKey: string): Pick<ActivatedJob, 'listensTo'> {
  const element = state.elements[elementInstanceKey]
  const phase = element?.userTaskKey === undefined ? undefined : state.userTasks[element.userTaskKey]?.phase
  if (kind === 'TASK_LISTENER') return phase === undefined ? {} : { listensTo: phase }
  if (element?.state === 'completing') return { listensTo: 'end' }
  if (element?.state === 'terminating') return { listensTo: 'cancel' }
  return { listensTo: element?.elementType === 'multiInstanceBody' ? 'beforeAll' : 'start' }
}

/** The named variables only; all of them when no name is given. */
export function chosen(variables: Variables, names: readonly string[] | undefined): Variables {
  if (!names || names.length === 0) return variables
  const wanted: Record<string, Json> = {}
  for (const name of names) if (Object.hasOwn(variables, name)) wanted[name] = variables[name] as Json
  return wanted
}
