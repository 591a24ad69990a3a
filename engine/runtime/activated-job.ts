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
    ...(state.businessKey !== undefined && { businessKey: state.businessKey }),
  }
}

/** The named variables only; all of them when no name is given. */
export function chosen(variables: Variables, names: readonly string[] | undefined): Variables {
  if (!names || names.length === 0) return variables
  const wanted: Record<string, Json> = {}
  for (const name of names) if (Object.hasOwn(variables, name)) wanted[name] = variables[name] as Json
  return wanted
}
