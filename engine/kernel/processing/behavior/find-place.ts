import type { Element, ExecutableProcess } from '../../model/executable-process.ts'
import type { ElementInstanceKey } from '../../record/keys.ts'
import type { ElementInstance } from '../../state/instance-state.ts'
import type { Step } from '../step.ts'

/** A live scope, and the scopes that are missing between it and the element, outermost first. */
export interface Place {
  readonly scope: ElementInstance
  readonly missing: readonly Element[]
}
/** Where to look for the place of an element that is activated from outside. */
export interface PlaceWish {
  /** This very scope; everything below it is made new. */
  readonly ancestor?: ElementInstanceKey
  /** The nearest scope from here outwards; live scopes below it are used. */
  readonly near?: ElementInstanceKey
  /** Roots of what is about to be terminated. */
  readonly doomed: ReadonlySet<ElementInstanceKey>
}

/** Why an element cannot be the place where a token is put from outside; undefined when it can. */
export function refuseToBegin(process: ExecutableProcess, elementId: string): string | undefined {
  const element = process.elements.get(elementId)
  const container = process.elements.get(element?.scopeId ?? '')
  if (!element)
    return `Expected an element of process ${process.bpmnProcessId}, but it has no element ${elementId}; look the id up in the diagram`
  if (isJoin(element))
    return `Expected an element to begin at, but cannot start at a join: ${elementId} waits for tokens on ${element.incoming.length} flows; activate the elements before it, or the one behind it`
  if (element.type === 'boundaryEvent')
    return `Expected an element to begin at, but ${elementId} is a boundary event that only its trigger starts; activate the element behind it`
  if (element.type === 'eventSubProcess')
    return `Expected an element to begin at, but ${elementId} is an event subprocess that only its trigger starts; activate an element inside it`
  if (element.type === 'startEvent' && container?.type === 'eventSubProcess')
    return `Expected an element to begin at, but ${elementId} starts an event subprocess and only its trigger can; activate the element behind it`
  return undefined
}

function isJoin({ type, incoming }: Element): boolean {
  return (type === 'parallelGateway' || type === 'inclusiveGateway' || type === 'complexGateway') && incoming.length > 1
}

/** The scopes around an element inside the process, outermost first; a repeated one counts twice: body and repetition. */
export function scopesAround(process: ExecutableProcess, element: Element): readonly Element[] {
  const scopes: Element[] = []
  for (let at = process.elements.get(element.scopeId ?? ''); at; at = process.elements.get(at.scopeId ?? '')) {
    const views = at.multiInstance ?? at.standardLoop
    if (views) scopes.unshift(views.body, views.inner)
    else scopes.unshift(at)
  }
  return scopes
}

/** Finds where an element goes, or says why that is not clear. */
export function findPlace(step: Step, element: Element, wish: PlaceWish): Place | string {
  const scopes = scopesAround(step.process, element)
  const found = wish.ancestor === undefined ? nearest(step, element, scopes, wish) : named(step, element, scopes, wish.ancestor)
  if (typeof found === 'string') return found
  const { scope } = found
  if (isDoomed(step, scope, wish.doomed))
    return `Expected the scope of ${element.id} to live on, but ${scope.elementId} (${scope.key}) is terminated by the same command; leave out one of the two`
  if (scope.state !== 'active' || scope.compensating)
    return `Expected ${scope.elementId} (${scope.key}) to be active, but it is ${scope.compensating ? 'being undone' : scope.state}; resolve its incident, or wait`
  return found
}

const isAt = (instance: ElementInstance, scope: Element) => instance.elementId === scope.id && instance.elementType === scope.type

function named(step: Step, element: Element, scopes: readonly Element[], key: ElementInstanceKey): Place | string {
  const scope = step.find(key)
  if (!scope) return `Expected a live element instance ${key} to activate ${element.id} in, but there is none; it may have ended`
  if (scope.scopeKey === undefined) return { scope, missing: scopes }
  // Its own body: one more repetition of the element itself.
  const index = [...scopes, ...(element.multiInstance ? [element.multiInstance.body] : [])].findIndex((level) => isAt(scope, level))
  if (index >= 0) return { scope, missing: scopes.slice(index + 1) }
  return `Expected a scope around ${element.id}, but ${scope.elementId} (${key}) is none; name an instance of ${['the process', ...scopes.map(({ id }) => id)].join(', ')}`
}

function nearest(step: Step, element: Element, scopes: readonly Element[], { near, doomed }: PlaceWish): Place | string {
  const around =
    near === undefined
      ? undefined
      : outwards(step, near).find((scope) => scope.scopeKey === undefined || scopes.some((level) => isAt(scope, level)))
  const top = around ?? step.get(step.state.key)
  const above = scopes.findIndex((level) => isAt(top, level))
  for (let index = scopes.length - 1; index > above; index--) {
    const level = scopes[index] as Element
    const live = Object.values(step.state.elements).filter(
      (instance) => isAt(instance, level) && isWithin(step, instance, top.key) && !isDoomed(step, instance, doomed),
    )
    const [scope] = live
    if (live.length > 1)
      return `Expected one scope for ${element.id}, but ${level.id} is active ${live.length} times (${live
        .slice(0, 5)
        .map(({ key }) => key)
        .join(', ')}${live.length > 5 ? ', …' : ''}); say which one by ancestorElementInstanceKey`
    if (scope) return { scope, missing: scopes.slice(index + 1) }
  }
  return { scope: top, missing: scopes.slice(above + 1) }
}

/** The instance and the scopes around it, innermost first. */
function outwards(step: Step, from: ElementInstanceKey): readonly ElementInstance[] {
  const instances: ElementInstance[] = []
  for (let key: ElementInstanceKey | undefined = from; key !== undefined; key = instances.at(-1)?.scopeKey) instances.push(step.get(key))
  return instances
}

function isWithin(step: Step, instance: ElementInstance, scopeKey: ElementInstanceKey): boolean {
  return outwards(step, instance.key).some(({ key }) => key === scopeKey)
}

function isDoomed(step: Step, instance: ElementInstance, doomed: ReadonlySet<ElementInstanceKey>): boolean {
  return doomed.size > 0 && outwards(step, instance.key).some(({ key }) => doomed.has(key))
}
