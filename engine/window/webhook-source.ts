import type { EpochMs, JsonObject } from '../kernel/index.ts'
import type { HistoryEntry, InstanceRow, OutboxRow } from '../store/index.ts'
import type { ElementCatalogue, ElementCatalogues } from './element-catalogue.ts'
import type { ServiceCatalogue } from './service-catalogue.ts'

/** Outbox kind: something happened that enterprises may want to be told. */
export const WEBHOOK_EVENT = 'window.webhook-event'
/** Outbox kind: the same, but what the elements mean has still to be looked up. */
export const WEBHOOK_LOOKUP = 'window.webhook-lookup'
/** Outbox kind: a declaration's process ended. */
export const DECLARATION_ENDED = 'window.declaration-ended'

export interface WebhookEvent extends JsonObject {
  /** Stable: the enterprise recognises a repeat by it. */
  readonly id: string
  readonly event: string
  readonly processInstanceKey: string
  readonly at: EpochMs
}
export interface WebhookLookup extends JsonObject {
  readonly processInstanceKey: string
  readonly processDefinitionKey: string
  readonly revision: number
  readonly at: EpochMs
  readonly completed: readonly string[]
  readonly activated: readonly string[]
}
export interface DeclarationEnded extends JsonObject {
  readonly processInstanceKey: string
  readonly receiptNo: string
  readonly at: EpochMs
}
type NewOutboxRow = Omit<OutboxRow, 'key' | 'attempts'>

/**
 * What a commit means to the enterprise, as outbox rows. Called inside the commit, so it waits for nothing: elements of a
 * definition that is not at hand are looked up by the row's handler.
 */
export function webhookSource(
  elements: ElementCatalogues,
  findServices: () => ServiceCatalogue | undefined,
): (entry: HistoryEntry, row: InstanceRow) => readonly NewOutboxRow[] {
  return (entry, row) => {
    // Instances without a receipt number are nobody's declaration.
    if (row.businessKey === undefined && row.parentProcessInstanceKey === undefined) return []
    const completed: string[] = []
    const activated: string[] = []
    const rows: NewOutboxRow[] = []
    for (const event of entry.events) {
      if (event.type === 'element.completed') completed.push(event.elementId)
      else if (event.type === 'element.activated') activated.push(event.elementId)
      else if ((event.type === 'instance.completed' || event.type === 'instance.terminated') && isRoot(row)) {
        const ended: DeclarationEnded = {
          processInstanceKey: row.processInstanceKey,
          receiptNo: row.businessKey ?? '',
          at: event.at,
        }
        rows.push({ kind: DECLARATION_ENDED, payload: ended, availableAt: entry.at })
      }
    }
    if (completed.length === 0 && activated.length === 0) return rows
    const { processInstanceKey, processDefinitionKey } = row
    const lookup: WebhookLookup = { processInstanceKey, processDefinitionKey, revision: entry.revision, at: entry.at, completed, activated }
    const catalogue = elements.peek(processDefinitionKey)
    const services = findServices()
    if (!catalogue || !services) return [...rows, { kind: WEBHOOK_LOOKUP, payload: lookup, availableAt: entry.at }]
    const events = webhookEvents(lookup, catalogue, correctionElements(services, row.bpmnProcessId))
    return [...rows, ...events.map((payload) => ({ kind: WEBHOOK_EVENT, payload, availableAt: entry.at }))]
  }
}

/** The events among the elements that one commit went through. */
export function webhookEvents(seen: WebhookLookup, elements: ElementCatalogue, corrections: ReadonlySet<string>): WebhookEvent[] {
  const { processInstanceKey, revision, at } = seen
  const names = [
    ...seen.completed.flatMap((elementId) => elements.get(elementId)?.webhook ?? []),
    ...(seen.activated.some((elementId) => corrections.has(elementId)) ? ['declaration.correction-wanted'] : []),
  ]
  return names.map((event, n) => ({ id: `${processInstanceKey}-${revision}-${n}`, event, processInstanceKey, at }))
}

/** Elements at which the service wants the data corrected. */
export function correctionElements(services: ServiceCatalogue, bpmnProcessId: string): ReadonlySet<string> {
  return new Set(services.all().find((service) => service.bpmnProcessId === bpmnProcessId)?.correctionElements ?? [])
}

function isRoot(row: InstanceRow): boolean {
  return row.businessKey !== undefined && row.parentProcessInstanceKey === undefined
}
