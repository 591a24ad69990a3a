import { isModdle, type ModdleElement, many, one, text } from '../../moddle.ts'

/** Namespaces and tools of engines that extend BPMN. */
const DIALECTS = /zeebe|camunda|activiti|flowable|jboss|jbpm|drools|bonita|signavio\.com\/workflow/i

/** A BPMN file as the rules of the standard look at it: every element, who contains it, and what flows where. */
export class ModelView {
  readonly elements: readonly ModdleElement[]
  /** Written for no particular engine: what a file in the Zeebe dialect says by extensions may be left open. */
  readonly isPlain: boolean
  /** Nodes name their flows, not only flows their nodes: both must agree. */
  readonly listsFlows: boolean
  private readonly flows: readonly ModdleElement[]
  private readonly participants: readonly ModdleElement[]

  constructor(definitions: ModdleElement) {
    this.elements = contentOf(definitions)
    this.isPlain = isPlain(definitions)
    this.flows = this.elements.filter((element) => typeOf(element) === 'SequenceFlow')
    this.listsFlows = this.elements.some((element) => many(element, 'incoming').length > 0 || many(element, 'outgoing').length > 0)
    this.participants = this.elements.filter((element) => typeOf(element) === 'Participant')
  }

  flowsInto(node: ModdleElement): readonly ModdleElement[] {
    return this.flows.filter((flow) => flow.targetRef === node)
  }
  flowsOutOf(node: ModdleElement): readonly ModdleElement[] {
    return this.flows.filter((flow) => flow.sourceRef === node)
  }
  /** The pool an element lies in, or that it is. */
  poolOf(element: ModdleElement): ModdleElement | undefined {
    if (typeOf(element) === 'Participant') return element
    const process = ancestor(element, 'Process')
    return process && this.participants.find((participant) => participant.processRef === process)
  }
  /** False inside a process that is only a picture. */
  isExecutable(element: ModdleElement): boolean {
    return ancestor(element, 'Process')?.isExecutable !== false
  }
}

/** False for a file of an engine's dialect: it says by extensions how things are done. */
export function isPlain(definitions: ModdleElement): boolean {
  const attributes = Object.entries((definitions.$attrs ?? {}) as Readonly<Record<string, unknown>>)
  const isForEngine = attributes.some(
    ([name, value]) => (name.startsWith('xmlns') && DIALECTS.test(String(value))) || name.startsWith('modeler:executionPlatform'),
  )
  return !isForEngine && !DIALECTS.test(text(definitions, 'exporter') ?? '')
}

/** `bpmn:StartEvent` → `StartEvent`. */
export function typeOf(element: ModdleElement | undefined): string {
  return element?.$type.replace(/^.*:/, '') ?? ''
}

/** The nearest element of a type that contains this one, or this one itself. */
export function ancestor(element: ModdleElement, type: string): ModdleElement | undefined {
  for (let at: ModdleElement | undefined = element; at; at = at.$parent) if (typeOf(at) === type) return at
  return undefined
}

/** The id of the element, or of the nearest container that has one. */
export function idOf(element: ModdleElement | undefined): string {
  for (let at = element; at; at = at.$parent) if (at.id) return at.id
  return 'definitions'
}

/** Own and shared event definitions. */
export function eventDefinitionsOf(event: ModdleElement): readonly ModdleElement[] {
  return [...many(event, 'eventDefinitions'), ...many(event, 'eventDefinitionRef')]
}

export function hasEvent(event: ModdleElement, ...kinds: readonly string[]): boolean {
  return eventDefinitionsOf(event).some((definition) => kinds.includes(typeOf(definition).replace('EventDefinition', '')))
}

/** True when two item definitions describe the same structure: one and the same, or an equal `structureRef`. */
export function isSameItem(a: ModdleElement | undefined, b: ModdleElement | undefined): boolean {
  if (a === b) return true
  const structure = a && text(a, 'structureRef')
  return structure !== undefined && b !== undefined && structure === text(b, 'structureRef')
}

/** What a flow node of a process or subprocess takes from outside, by its input sets. */
export function dataOf(element: ModdleElement, side: 'dataInputs' | 'dataOutputs'): readonly ModdleElement[] {
  return many(one(element, 'ioSpecification') ?? element, side)
}

function contentOf(element: ModdleElement): ModdleElement[] {
  const children = Object.entries(element).flatMap(([name, value]) =>
    name.startsWith('$') ? [] : (Array.isArray(value) ? value : [value]).filter((child) => isModdle(child) && child.$parent === element),
  ) as ModdleElement[]
  return children.flatMap((child) => [child, ...contentOf(child)])
}
