import type { SequenceFlow } from '../executable-process.ts'
import type { Problems } from '../problems.ts'
import type { ElementDraft, ProcessDraft } from './draft.ts'

/**
 * Ties every link throw to the catch of the same name in its scope by a flow of its own: a link is a sequence flow that is
 * not drawn (BPMN 2.0.2 §10.5.5), so joins and reachability need to know nothing more.
 */
export function linkLinks(draft: ProcessDraft, problems: Problems): void {
  const elements = [...draft.elements.values()]
  const catches = elements.filter((element) => element.type === 'intermediateCatchEvent' && element.event?.kind === 'link')
  const linkName = ({ event }: ElementDraft) => (event?.kind === 'link' ? event.name : '')
  for (const [index, target] of catches.entries()) {
    if (catches.slice(0, index).some((other) => other.scopeId === target.scopeId && linkName(other) === linkName(target)))
      problems.error(
        target.id,
        'DUPLICATE_LINK',
        `Expected one link catch event named '${linkName(target)}', but ${target.id} is a second; rename one`,
      )
  }
  for (const source of elements) {
    if (source.type !== 'intermediateThrowEvent' || source.event?.kind !== 'link') continue
    const target = catches.find((candidate) => candidate.scopeId === source.scopeId && linkName(candidate) === linkName(source))
    if (!target) {
      problems.error(
        source.id,
        'LINK_WITHOUT_TARGET',
        `Expected a link catch event named '${linkName(source)}' in the scope of ${source.id}, but there is none; add it`,
      )
      continue
    }
    const flow: SequenceFlow = { id: `${source.id}-${target.id}`, sourceId: source.id, targetId: target.id }
    draft.flows.set(flow.id, flow)
    source.outgoing.push(flow)
    target.incoming.push(flow)
  }
}
