import { type ModdleElement, many, one } from '../moddle.ts'
import type { Problems } from '../problems.ts'
import type { ElementDraft, ProcessDraft } from './draft.ts'

/** Ties every activity to what undoes it: by association from its compensation boundary event, or an event subprocess inside. */
export function linkCompensation(draft: ProcessDraft, containers: readonly ModdleElement[], problems: Problems): void {
  const handlers = new Map<string, string>()
  for (const container of containers) {
    for (const artifact of many(container, 'artifacts')) {
      const [from, to] = [one(artifact, 'sourceRef')?.id, one(artifact, 'targetRef')?.id]
      if (artifact.$type === 'bpmn:Association' && from !== undefined && to !== undefined) handlers.set(from, to)
    }
  }
  for (const element of draft.elements.values()) {
    if (element.type === 'boundaryEvent' && element.event?.kind === 'compensation')
      linkBoundary(draft, element, handlers.get(element.id), problems)
    if (element.type === 'eventSubProcess' && element.startEvent?.event?.kind === 'compensation') {
      const owner = draft.elements.get(element.scopeId ?? '')
      if (owner) owner.compensation = { handlerId: element.id }
    }
  }
}

function linkBoundary(draft: ProcessDraft, boundary: ElementDraft, handlerId: string | undefined, problems: Problems): void {
  const handler = draft.elements.get(handlerId ?? '')
  if (!handler) {
    problems.error(
      boundary.id,
      'COMPENSATION_HANDLER_MISSING',
      `Expected compensation event ${boundary.id} to be associated with the activity that undoes, but it is not; draw an association to it`,
    )
    return
  }
  if (handler.incoming.length > 0 || handler.outgoing.length > 0)
    problems.error(
      handler.id,
      'COMPENSATION_HANDLER_FLOW',
      `Expected compensation handler ${handler.id} to have no sequence flow, but it has one; remove it`,
    )
  if (handler.boundaryEvents.length > 0)
    problems.error(
      handler.id,
      'COMPENSATION_HANDLER_BOUNDARY',
      `Expected compensation handler ${handler.id} to have no boundary event, but ${handler.boundaryEvents[0]?.id} is attached; remove it`,
    )
  const host = draft.elements.get(boundary.attachedToId ?? '')
  if (host) host.compensation = { handlerId: handler.id, boundaryId: boundary.id }
}
