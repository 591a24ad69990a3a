import { definitionsOf, type Element, type ExecutableProcess } from '../executable-process.ts'
import type { Problems } from '../problems.ts'

function gatewayBefore(process: ExecutableProcess, element: Element): Element | undefined {
  const before = element.incoming.map(({ sourceId }) => process.elements.get(sourceId))
  return before.find((source) => source?.type === 'eventBasedGateway' && source.instantiates !== undefined)
}

/** True when its trigger always makes a new instance, so that no key picks a running one. */
export function startsProcess(process: ExecutableProcess, element: Element): boolean {
  return (element.type === 'receiveTask' && element.instantiates !== undefined) || gatewayBefore(process, element)?.instantiates === 'first'
}

/** A receive task or event-based gateway that starts the process. */
export function validateInstantiating(process: ExecutableProcess, element: Element, problems: Problems): void {
  const { id, type, instantiates } = element
  if (element.scopeId !== process.root.id || element.incoming.length > 0)
    problems.error(
      id,
      'INSTANTIATE_PLACE',
      `Expected ${id} to start the process, but it stands inside a subprocess or a flow leads to it; clear 'instantiate' or remove the flow`,
    )
  if (type !== 'eventBasedGateway') return
  const allowed = instantiates === 'all' ? ['message'] : ['message', 'signal']
  for (const { targetId } of element.outgoing) {
    const target = process.elements.get(targetId)
    for (const { kind } of definitionsOf(target?.event))
      if (!allowed.includes(kind))
        problems.error(
          targetId,
          'INSTANTIATE_EVENT',
          `Expected only ${allowed.join(' or ')} events behind the gateway ${id} that starts the process, but ${targetId} waits for a ${kind}; use a start event for it`,
        )
  }
}
