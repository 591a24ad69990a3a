import { isModdle, type ModdleElement, many } from '../moddle.ts'
import type { Problems } from '../problems.ts'

/** Marks that drawing tools leave on elements: how they look, never what they do. */
const DRAWING_TOOLS: ReadonlySet<string> = new Set(['http://bpmn.sourceforge.net', 'http://www.signavio.com'])

/** Attributes of other engines say what an element does; those of drawing tools, colours and templates only how it looks. */
const OTHER_ENGINES: ReadonlySet<string> = new Set([
  'http://camunda.org/schema/1.0/bpmn',
  'http://activiti.org/bpmn',
  'http://flowable.org/bpmn',
  'http://www.jboss.org/drools',
  'http://operaton.org/schema/1.0/bpmn',
])
/** Parts of a process that do nothing. */
const IDLE: ReadonlySet<string> = new Set([
  'bpmn:LaneSet',
  'bpmn:Lane',
  'bpmn:TextAnnotation',
  'bpmn:Association',
  'bpmn:Group',
  'bpmn:Documentation',
])

/**
 * Refuses extension elements of other vendors: they carry behavior we would silently leave out (BPMN 2.0.2 §8.2.3).
 * The same holds for attributes of other engines on elements of a flow. Other attributes in foreign namespaces (colours,
 * templates, modeler settings) are free; marks of drawing tools are only told.
 */
export function refuseUnknownExtensions(definitions: ModdleElement, problems: Problems): void {
  for (const required of many(definitions, 'extensions')) {
    if (required.mustUnderstand !== true) continue
    problems.error(
      'definitions',
      'UNKNOWN_EXTENSION',
      `Expected no extension that must be understood, but found '${String(required.definition ?? '')}'; remove it`,
    )
  }
  visit(definitions, 'definitions', new Set(), problems)
  for (const root of many(definitions, 'rootElements')) {
    if (root.$type !== 'bpmn:Process' || root.isExecutable === false) continue
    refuseForeignAttributes(root, 'definitions', namespacesOf(definitions, new Map()), new Set(), problems)
  }
}

function visit(element: ModdleElement, ownerId: string, seen: Set<ModdleElement>, problems: Problems): void {
  if (seen.has(element)) return
  seen.add(element)
  const id = element.id ?? ownerId
  if (element.$type === 'bpmn:ExtensionElements') {
    for (const value of many(element, 'values')) {
      if (!value.$descriptor?.isGeneric) continue
      problems[DRAWING_TOOLS.has(value.$descriptor.ns?.uri ?? '') ? 'warn' : 'error'](
        ownerId,
        'UNKNOWN_EXTENSION',
        `Expected only extensions of the Zeebe dialect on ${ownerId}, but found <${value.$type}>; remove it`,
      )
    }
    return
  }
  for (const [property, value] of Object.entries(element)) {
    // What moddle links back or sideways is visited where it stands.
    if (property.startsWith('$') || property.endsWith('Ref') || property === 'bpmnElement' || property === 'di') continue
    for (const child of Array.isArray(value) ? value : [value]) if (isModdle(child)) visit(child, id, seen, problems)
  }
}

function refuseForeignAttributes(
  element: ModdleElement,
  ownerId: string,
  outer: ReadonlyMap<string, string>,
  seen: Set<ModdleElement>,
  problems: Problems,
): void {
  if (seen.has(element) || IDLE.has(element.$type) || element.$type === 'bpmn:ExtensionElements') return
  seen.add(element)
  const id = element.id ?? ownerId
  const namespaces = namespacesOf(element, outer)
  for (const attribute of Object.keys(attributesOf(element))) {
    const uri = namespaces.get(attribute.slice(0, Math.max(0, attribute.indexOf(':'))))
    if (uri === undefined || !OTHER_ENGINES.has(uri)) continue
    // On a process they are about lists of processes and keeping of history.
    problems[element.$type === 'bpmn:Process' ? 'warn' : 'error'](
      id,
      'UNKNOWN_EXTENSION',
      `Expected only attributes of BPMN on ${id}, but found ${attribute} of another engine, which is not carried out; say it in the Zeebe dialect, and remove it`,
    )
  }
  for (const [property, value] of Object.entries(element)) {
    if (property.startsWith('$') || property.endsWith('Ref') || property === 'bpmnElement' || property === 'di') continue
    for (const child of Array.isArray(value) ? value : [value])
      if (isModdle(child)) refuseForeignAttributes(child, id, namespaces, seen, problems)
  }
}

/** What moddle does not know of an element: attributes of other namespaces, and the namespaces it declares. */
function attributesOf(element: ModdleElement): Readonly<Record<string, unknown>> {
  return (element.$attrs ?? {}) as Readonly<Record<string, unknown>>
}
/** Namespaces by prefix, where the element stands. The one without a prefix is no attribute's. */
function namespacesOf(element: ModdleElement, outer: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const declared = Object.entries(attributesOf(element)).filter(([name]) => name.startsWith('xmlns:'))
  if (declared.length === 0) return outer
  return new Map([...outer, ...declared.map(([name, uri]): [string, string] => [name.slice('xmlns:'.length), String(uri)])])
}
