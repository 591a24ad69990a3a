import type { JsonObject, Variables } from '../kernel/index.ts'
import type { ActivatedJob, InProcessWorker, JobAnswer } from '../runtime/index.ts'
import type { ItemError } from './contract.ts'
import { evaluateFacts } from './declaration-facts.ts'
import { type DeclarationRecord, type Declarations, newestVersion } from './declaration-record.ts'
import { foundErrors } from './found-errors.ts'
import { textVariable } from './job-variable.ts'
import { leaseMs } from './lease.ts'
import type { WindowParts } from './window-parts.ts'

/**
 * Serves `window.validate`: checks the newest version of the declaration, whatever version the process knew, and completes
 * with `valid`, `errors`, `version` and that version's `facts`; `validation` holds the first three as one, for the status.
 */
export function validateWorker(parts: WindowParts, declarations: Declarations): InProcessWorker {
  async function handle(job: ActivatedJob): Promise<JobAnswer> {
    const { body: record } = await declarations.get(textVariable(job, 'receiptNo'))
    return { kind: 'complete', variables: validationOf(parts, record) }
  }
  return {
    type: 'window.validate',
    name: 'window',
    maxJobs: 32,
    timeoutMs: leaseMs(parts.engine.clock),
    fetchVariables: ['receiptNo'],
    handle,
  }
}

function validationOf(parts: WindowParts, record: DeclarationRecord): Variables {
  const service = parts.services.find(record.service)
  if (!service) throw new Error(`Service ${record.service} of declaration ${record.receiptNo} is no longer offered`)
  const { version, data } = newestVersion(record)
  const errors = foundErrors(parts.forms, service, data).map(toVariable)
  const valid = errors.length === 0
  const env = { now: parts.engine.clock.now(), zone: parts.zone }
  const facts = evaluateFacts(parts.services.facts(service.id), { receiptNo: record.receiptNo, data }, env)
  return { valid, errors, version, facts, validation: { valid, errors, version } }
}

function toVariable(error: ItemError): JsonObject {
  const { item, line, group, rule, text } = error
  return {
    item,
    ...(line === undefined ? {} : { line }),
    ...(group === undefined ? {} : { group }),
    rule,
    text: { en: text.en, zh: text.zh },
  }
}
