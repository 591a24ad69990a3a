import { definitionsOf, type Element, type ExecutableProcess } from '../kernel/index.ts'

/** Where tokens can get to: elements they can pass, and joins at which they wait for tokens from elsewhere. */
export interface Reach {
  readonly passed: ReadonlySet<string>
  readonly stops: ReadonlySet<string>
}

const JOINS: ReadonlySet<string> = new Set(['parallelGateway', 'inclusiveGateway'])

/** What the flows of a process say about its tokens, whatever happens. Computed once for each question. */
export class FlowGraph {
  /** Catch events that do not interrupt, and whose tokens never meet those of what they stand beside. */
  readonly asides: ReadonlySet<string>
  /** With their containers: activities that can be undone, and what asks for it. */
  readonly undoable: ReadonlySet<string>
  readonly undoing: ReadonlySet<string>
  /** With their containers: what throws signals, and what waits for them. */
  readonly signalling: ReadonlySet<string>
  readonly listening: ReadonlySet<string>
  private readonly escalating: ReadonlySet<string>
  private readonly nexts = new Map<string, readonly string[]>()
  private readonly attached = new Map<string, string[]>()
  private readonly linked = new Map<string, readonly string[]>()
  private readonly closures = new Map<string, ReadonlySet<string>>()
  private readonly process: ExecutableProcess

  constructor(process: ExecutableProcess) {
    this.process = process
    const all = [...process.elements.values()]
    for (const { id, attachedToId } of all)
      if (attachedToId !== undefined) this.attached.set(attachedToId, [...(this.attached.get(attachedToId) ?? []), id])
    for (const element of all) if (isThrow(element)) this.linked.set(element.id, linkTargets(element, all))
    this.undoable = this.withContainers(all.filter(({ compensation }) => compensation !== undefined))
    this.undoing = this.withContainers(all.filter((element) => isThrow(element) && hasKind(element, 'compensation')))
    this.escalating = this.withContainers(
      all.filter((element) => element.type === 'callActivity' || (isThrow(element) && hasKind(element, 'escalation'))),
    )
    const signals = all.filter((element) => hasKind(element, 'signal'))
    this.signalling = this.withContainers(signals.filter(isThrow))
    this.listening = this.withContainers(signals.filter((element) => !isThrow(element)))
    this.asides = new Set(all.filter((element) => this.isAside(element)).map(({ id }) => id))
  }

  /** From here on, and from the events attached to it. A token may be put behind a join whatever else it waits for. */
  closure(elementId: string): ReadonlySet<string> {
    const known = this.closures.get(elementId)
    if (known) return known
    const reached = new Set([elementId])
    for (const id of reached) for (const next of this.next(id)) reached.add(next)
    this.closures.set(elementId, reached)
    return reached
  }

  /** Of tokens in these places of one container, while those in the other places stand still. */
  reach(places: readonly string[], others: readonly string[], waitingFlows: ReadonlySet<string>): Reach {
    const passed = new Set(places)
    const stops = new Set<string>()
    const passes = (element: Element): boolean => {
      if (!JOINS.has(element.type) || element.incoming.length < 2) return true
      if (element.incoming.every(({ id, sourceId }) => passed.has(sourceId) || waitingFlows.has(id))) return true
      return element.type === 'inclusiveGateway' && !others.some((other) => this.closure(other).has(element.id))
    }
    for (const id of passed)
      for (const next of this.next(id)) {
        const element = this.process.elements.get(next)
        if (!element || passed.has(next)) continue
        if (passes(element)) passed.add(next)
        else stops.add(next)
        for (const stop of stops) {
          const join = this.process.elements.get(stop)
          if (!join || !passes(join)) continue
          stops.delete(stop)
          passed.add(stop)
        }
      }
    return { passed, stops }
  }

  /** Elements that flows lead to from the starts, whatever the conditions. */
  structurallyReached(): ReadonlySet<string> {
    const reached = new Set([this.process.root.id])
    const all = [...this.process.elements.values()]
    for (const id of reached) {
      for (const next of this.next(id)) reached.add(next)
      for (const element of all) if (element.scopeId === id && begins(element)) reached.add(element.id)
    }
    return reached
  }

  private next(elementId: string): readonly string[] {
    const known = this.nexts.get(elementId)
    if (known) return known
    const element = this.process.elements.get(elementId)
    const next = [
      ...(element?.outgoing ?? []).map(({ targetId }) => targetId),
      ...(this.attached.get(elementId) ?? []),
      ...(this.linked.get(elementId) ?? []),
      ...(this.escalating.has(elementId) ? this.escalationCatches(element) : []),
    ]
    this.nexts.set(elementId, next)
    return next
  }

  /** Event subprocesses beside it that an escalation out of it may begin. */
  private escalationCatches(element: Element | undefined): readonly string[] {
    return [...this.process.elements.values()].flatMap((start) => {
      const aside = start.type === 'startEvent' && hasKind(start, 'escalation') ? this.process.elements.get(start.scopeId ?? '') : undefined
      return aside && aside.scopeId === element?.scopeId ? [aside.id] : []
    })
  }

  private isAside(element: Element): boolean {
    if (element.interrupting !== false || waitsForSeveral(element)) return false
    if (element.type === 'startEvent') return true
    if (element.type !== 'boundaryEvent') return false
    const own = this.closure(element.id)
    const besides = [...this.process.elements.values()].filter(
      ({ id, scopeId, interrupting, incoming }) =>
        scopeId === element.scopeId && interrupting !== false && incoming.length === 0 && !own.has(id),
    )
    const main = new Set<string>()
    for (const { id } of besides) main.add(id)
    for (const id of main) for (const next of this.next(id)) if (this.process.elements.get(next)?.interrupting !== false) main.add(next)
    return [...own].every((id) => !main.has(id) || this.process.elements.get(id)?.type === 'endEvent')
  }

  private withContainers(elements: readonly Element[]): ReadonlySet<string> {
    const found = new Set<string>()
    for (const element of elements)
      for (let at: Element | undefined = element; at; at = this.process.elements.get(at.scopeId ?? '')) found.add(at.id)
    return found
  }
}

/** Its trigger comes in parts, and each changes the state. */
export const waitsForSeveral = ({ event }: Element): boolean => event?.kind === 'multiple' && event.parallel
const isThrow = ({ type }: Element): boolean => type === 'intermediateThrowEvent' || type === 'endEvent'
const hasKind = ({ event }: Element, kind: string): boolean => definitionsOf(event).some((definition) => definition.kind === kind)

function linkTargets(element: Element, all: readonly Element[]): readonly string[] {
  const names = linkNames(element)
  return all.flatMap((other) =>
    other.type === 'intermediateCatchEvent' && other.scopeId === element.scopeId && linkNames(other).some((name) => names.includes(name))
      ? [other.id]
      : [],
  )
}
const linkNames = ({ event }: Element): readonly string[] =>
  definitionsOf(event).flatMap((definition) => (definition.kind === 'link' ? [definition.name] : []))

/** Where a container begins: what no flow leads to, but for what is reached in another way. */
function begins(element: Element): boolean {
  if (element.incoming.length > 0) return element.type === 'startEvent'
  return element.attachedToId === undefined && !(element.type === 'intermediateCatchEvent' && hasKind(element, 'link'))
}
