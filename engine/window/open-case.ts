import type { Json, JsonObject } from '../kernel/index.ts'
import type { ActivatedJob, InProcessWorker, JobAnswer } from '../runtime/index.ts'
import type { SingleWindow } from './contract.ts'
import type { Declarations } from './declaration-record.ts'
import { textVariable } from './job-variable.ts'
import { leaseMs } from './lease.ts'
import { WINDOW_ACTOR, type WindowParts } from './window-parts.ts'

/**
 * Serves `window.open-case`: declares another service out of a running case (an examination that found nothing opens the claim for
 * its cost). Header `service`; variables `caseData` (data of that service's form) and, when it is somebody else's,
 * `caseEnterprise`. Completes with `openedCase`: `{receiptNo, valid}`. A job that is tried again opens nothing twice.
 */
export function openCaseWorker(parts: WindowParts, declarations: Declarations, submit: SingleWindow['submit']): InProcessWorker {
  async function handle(job: ActivatedJob): Promise<JobAnswer> {
    const { service } = job.customHeaders
    const { caseData } = job.variables
    if (!service || !isObject(caseData)) {
      return {
        kind: 'fail',
        retries: 0,
        errorMessage: `Expected task ${job.elementId} to have the header service and an input caseData (an object), found ${JSON.stringify({ service: service ?? null, caseData: caseData ?? null })}`,
      }
    }
    const { body: opener } = await declarations.get(textVariable(job, 'receiptNo'))
    const { caseEnterprise } = job.variables
    const opened = await submit({
      service,
      enterprise: typeof caseEnterprise === 'string' ? caseEnterprise : opener.enterprise,
      operator: opener.operator,
      data: caseData,
      idempotencyKey: `opened-${job.elementInstanceKey}`,
      openedBy: opener.receiptNo,
      actor: WINDOW_ACTOR,
    })
    return { kind: 'complete', variables: { openedCase: { receiptNo: opened.receiptNo, valid: opened.errors.length === 0 } } }
  }
  return {
    type: 'window.open-case',
    name: 'window',
    maxJobs: 8,
    timeoutMs: leaseMs(parts.engine.clock),
    fetchVariables: ['receiptNo', 'caseData', 'caseEnterprise'],
    handle,
  }
}

function isObject(value: Json | undefined): value is JsonObject {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
}
