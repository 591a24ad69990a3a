import type { AgencyRegister } from './agency-register.ts'
import type { DeclarationStatus, ItemError, Service, WaitingFor } from './contract.ts'
import type { DeclarationRecord, Declarations } from './declaration-record.ts'
import { newestVersion } from './declaration-record.ts'
import { stateOf } from './document/issued-document.ts'
import type { IssuedDocuments } from './document/issued-documents.ts'
import { foundErrors } from './found-errors.ts'
import { foldCase, type InstanceHistory } from './timeline.ts'
import type { WindowParts } from './window-parts.ts'

/** Looks up where declarations are. */
export interface DeclarationStatuses {
  find(receiptNo: string): Promise<DeclarationStatus | undefined>
  of(record: DeclarationRecord): Promise<DeclarationStatus>
}

export function declarationStatuses(
  parts: WindowParts,
  declarations: Declarations,
  documents: { readonly list: IssuedDocuments['of'] },
  agencies: Pick<AgencyRegister, 'unreachable'>,
): DeclarationStatuses {
  const { engine, elements } = parts

  /** Call activities can nest, and the same process can be called again and again. */
  async function loadInstances(instanceKey: string): Promise<InstanceHistory[]> {
    const entries = await engine.getHistory(instanceKey)
    const events = entries.flatMap((entry) => entry.events)
    const created = events.find((event) => event.type === 'instance.created')
    if (!created) return []
    const children = events.flatMap((event) => (event.type === 'child.requested' ? [event.childInstanceKey] : []))
    const inside = await Promise.all(children.map(loadInstances))
    return [{ entries, elements: await elements.load(created.processDefinitionKey) }, ...inside.flat()]
  }

  /** A message that nobody fetches and nobody sends waits for an administrator. */
  async function withNotes(waitingFor: readonly WaitingFor[]): Promise<readonly WaitingFor[]> {
    const asked = waitingFor.flatMap(({ agencyId }) => agencyId ?? [])
    if (asked.length === 0) return waitingFor
    const unreachable = await agencies.unreachable(asked)
    return waitingFor.map((waiting) => {
      const name = unreachable.get(waiting.agencyId ?? '')
      if (!name) return waiting
      const note = { en: `${name.en} is not connected: the message waits to be sent`, zh: `${name.zh}尚未接入，报文待发送` }
      return { ...waiting, note }
    })
  }

  async function of(record: DeclarationRecord): Promise<DeclarationStatus> {
    const { receiptNo, enterprise, operator, processInstanceKey, createdAt } = record
    const service = serviceOf(parts.services.find(record.service), record.service)
    const [instances, issued] = await Promise.all([loadInstances(processInstanceKey), documents.list(receiptNo)])
    const { version, data } = newestVersion(record)
    const offered = parts.services.find(record.service)
    const errors = (): readonly ItemError[] => (offered === undefined ? [] : foundErrors(parts.forms, offered, data))
    const progress = foldCase({ service, rootInstanceKey: processInstanceKey, instances, newest: { version, errors } })
    return {
      receiptNo,
      service: record.service,
      serviceName: service.name,
      enterprise,
      operator,
      version,
      submittedAt: createdAt,
      ...progress,
      waitingFor: await withNotes(progress.waitingFor),
      clocks: { submitted: createdAt, ...progress.clocks },
      documents: issued.map((document) => ({
        documentId: document.documentId,
        number: document.number,
        kind: document.kind,
        name: service.documents[document.kind]?.name ?? document.title,
        issuedAt: document.issuedAt,
        validUntil: document.validUntil,
        state: stateOf(document, engine.clock.now()),
      })),
    }
  }

  return {
    of,
    async find(receiptNo) {
      const stored = await declarations.find(receiptNo)
      return stored && of(stored.body)
    },
  }
}

/** A declaration outlives its service: its history is told even when the service is no longer offered. */
function serviceOf(
  service: Service | undefined,
  id: string,
): Pick<Service, 'name' | 'ends' | 'messages' | 'notices' | 'correctionElements' | 'documents'> {
  return service ?? { name: { en: id, zh: id }, ends: {}, messages: { amended: '', withdrawn: '' }, correctionElements: [], documents: {} }
}
