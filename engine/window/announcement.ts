import type { ProcessInstanceKey, Variables } from '../kernel/index.ts'
import { type Service, WindowFailure } from './contract.ts'
import { evaluateFacts } from './declaration-facts.ts'
import { type DeclarationRecord, type Declarations, newestVersion } from './declaration-record.ts'
import type { EnterpriseCredit } from './enterprise-credit.ts'
import { publishOnce } from './publish-once.ts'
import type { ServiceCatalogue } from './service-catalogue.ts'
import { TENANT, WINDOW_ACTOR, type WindowParts } from './window-parts.ts'

/**
 * Brings what is stored of a declaration to its process. What is to be told is stored first and marked once it was told,
 * so whoever comes by after a crash (the enterprise that tries again, the window that opens) can tell it; it arrives once.
 */
export interface Announcement {
  /** Starts the process of a stored declaration unless it runs already. */
  start(record: DeclarationRecord): Promise<void>
  /** Tells the process what it has not been told: start, amendments, withdrawal. */
  announce(record: DeclarationRecord): Promise<void>
}

export function announcement(parts: WindowParts, declarations: Declarations, credit: EnterpriseCredit): Announcement {
  const { engine, services } = parts

  /**
   * The instance's key is stored with the declaration before the instance exists. Whoever finds `started: false` (the
   * enterprise's retry, or the sweep after a crash) creates the instance under that same key, which the engine does once.
   */
  async function start(record: DeclarationRecord): Promise<void> {
    if (record.started) return
    const service = getServiceOf(services, record)
    const variables = await startVariables(record, service)
    await engine.createInstance({
      bpmnProcessId: service.bpmnProcessId,
      processInstanceKey: record.processInstanceKey as ProcessInstanceKey,
      variables,
      tenantId: TENANT,
      businessKey: record.receiptNo,
      actor: WINDOW_ACTOR,
    })
    await declarations.update(record.receiptNo, (newest) =>
      newest.started ? undefined : { ...newest, started: true, pending: isPending(newest), versions: announceFirst(newest) },
    )
  }

  async function startVariables(record: DeclarationRecord, service: Service): Promise<Variables> {
    const { receiptNo, enterprise, operator } = record
    const { version, data } = newestVersion(record)
    const facts = evaluateFacts(services.facts(service.id), { receiptNo, data }, { now: engine.clock.now(), zone: parts.zone })
    return { receiptNo, version, service: service.id, enterprise, operator, facts, creditClass: await credit.classOf(enterprise) }
  }

  async function announce(record: DeclarationRecord): Promise<void> {
    if (!record.pending) return
    await start(record)
    const { receiptNo } = record
    const { amended, withdrawn } = getServiceOf(services, record).messages
    for (const { version, announced } of record.versions) {
      if (version === 1 || announced) continue
      await publishOnce(engine, { name: amended, receiptNo, messageId: `${receiptNo}-v${version}`, variables: { version } }, WINDOW_ACTOR)
    }
    if (record.withdrawal?.announced === false) {
      const withdrawal = { reason: record.withdrawal.reason }
      await publishOnce(
        engine,
        { name: withdrawn, receiptNo, messageId: `${receiptNo}-withdrawal`, variables: { withdrawal } },
        WINDOW_ACTOR,
      )
    }
    await markAnnounced(record)
  }

  /** Only what this caller has told; a version that came meanwhile stays pending. */
  async function markAnnounced(told: DeclarationRecord): Promise<void> {
    const last = newestVersion(told).version
    await declarations.update(told.receiptNo, (newest) => {
      if (!newest.pending) return undefined
      const versions = newest.versions.map((v) => (v.version <= last ? { ...v, announced: true } : v))
      const withdrawal = newest.withdrawal && told.withdrawal ? { withdrawal: { ...newest.withdrawal, announced: true } } : {}
      const changed = { ...newest, versions, ...withdrawal }
      return { ...changed, pending: isPending(changed) }
    })
  }

  return { start, announce }
}

/** @throws WindowFailure when the service is not offered any more. */
export function getServiceOf(services: ServiceCatalogue, record: DeclarationRecord): Service {
  const service = services.find(record.service)
  if (service) return service
  throw new WindowFailure('INVALID_STATE', `Service ${record.service} of declaration ${record.receiptNo} is no longer offered`)
}

/** True while the process has not been told of something. */
function isPending(record: DeclarationRecord): boolean {
  return record.versions.some((v) => v.version > 1 && !v.announced) || record.withdrawal?.announced === false
}

/** The start itself tells the process of the first version. */
function announceFirst(record: DeclarationRecord): DeclarationRecord['versions'] {
  return record.versions.map((v) => (v.version === 1 ? { ...v, announced: true } : v))
}
