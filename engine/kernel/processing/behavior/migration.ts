import type { Element, ExecutableProcess } from '../../model/executable-process.ts'
import type { MappingInstruction } from '../../record/command.ts'
import type { ElementInstance, InstanceState } from '../../state/instance-state.ts'

/** A migration as its rules see it. */
export interface Migration {
  readonly source: ExecutableProcess
  readonly target: ExecutableProcess
  readonly state: InstanceState
  /** Target ids by source ids: elements, flows, and the process itself. */
  readonly ids: ReadonlyMap<string, string>
  /** Notes what stands against it, once for each rule and element. */
  violate(rule: string, elementId: string, message: string): void
}

/** Target ids by source ids; the process itself needs no mapping. */
export function idsOf(
  source: ExecutableProcess,
  target: ExecutableProcess,
  mapping: readonly MappingInstruction[],
): ReadonlyMap<string, string> {
  return new Map([
    [source.root.id, target.root.id],
    ...mapping.map(({ sourceElementId, targetElementId }) => [sourceElementId, targetElementId] as const),
  ])
}

/** Same kind of element, same way of doing its work. */
export function checkAlike({ violate }: Migration, from: Element, to: Element): void {
  const differs = (rule: string, what: string, found: string, wanted: string) =>
    violate(rule, from.id, `Expected ${from.id} to be mapped to ${what} (${wanted}), but ${to.id} is ${found}; map it to one that is alike`)
  if (from.type !== to.type) differs('TYPE_DIFFERS', 'an element of its type', to.type, from.type)
  else if (repetitionOf(from) !== repetitionOf(to))
    differs('REPETITION_DIFFERS', 'one that is repeated the same way', repetitionOf(to), repetitionOf(from))
  else if (workOf(from) !== workOf(to)) differs('WORK_DIFFERS', 'one that does its work the same way', workOf(to), workOf(from))
  else if (eventOf(from) !== eventOf(to)) differs('EVENT_DIFFERS', 'an event of its kind', eventOf(to), eventOf(from))
}

function eventOf({ event }: Element): string {
  if (event?.kind !== 'multiple') return event?.kind ?? 'none'
  // Parts that have happened are remembered by their place.
  return `${event.parallel ? 'all' : 'first'} of ${event.definitions.map(({ kind }) => kind).join(', ')}`
}

function repetitionOf({ multiInstance, standardLoop }: Element): string {
  if (standardLoop) return 'a standard loop'
  if (!multiInstance) return 'not repeated'
  return multiInstance.sequential ? 'sequential multi-instance' : 'parallel multi-instance'
}

function workOf(element: Element): string {
  if (element.userTask) return 'a native user task'
  if (element.job) return 'done by a job worker'
  if (element.script) return 'a FEEL script'
  if (element.calledDecision) return 'a decision'
  return element.publishMessage ? 'a message the engine sends' : 'without work'
}

/** No element leaves or enters a subprocess. */
export function checkNesting({ source, target, ids, violate }: Migration, from: Element, to: Element, scope: ElementInstance): void {
  const scopeId = scope.scopeKey === undefined ? source.root.id : scope.elementId
  const wanted = ids.get(scopeId)
  // A scope without mapping has been told already.
  if (wanted === undefined || to.scopeId === wanted) return
  violate(
    'SCOPE_DIFFERS',
    from.id,
    `Expected ${from.id} to stay in its scope, which becomes ${wanted}, but ${to.id} lives in ${to.scopeId ?? target.root.id}; map it to an element inside ${wanted}`,
  )
}

/** The element of a live instance in a definition; of a repeated activity the body or one repetition. */
export function viewOf(process: ExecutableProcess, elementId: string | undefined, instance: ElementInstance): Element | undefined {
  if (instance.scopeKey === undefined) return process.root
  const element = process.elements.get(elementId ?? '')
  const views = element?.multiInstance ?? element?.standardLoop
  return views ? (instance.elementType === views.body.type ? views.body : views.inner) : element
}

/** Events that are caught on behalf of an instance of the element: attached, inside, or behind an event gateway. */
export function catchersOf(process: ExecutableProcess, element: Element): readonly Element[] {
  const starts = element.eventSubProcesses.flatMap(({ startEvent }) => startEvent ?? [])
  const behind =
    element.type === 'eventBasedGateway' ? element.outgoing.flatMap(({ targetId }) => process.elements.get(targetId) ?? []) : []
  return [...element.boundaryEvents, ...starts, ...behind]
}
