import { isModdle, type ModdleElement, many } from '../moddle.ts'
import type { Problems } from '../problems.ts'

/** Marks that drawing tools leave on elements: how they look, never what they do. */
const DRAWING_TOOLS: ReadonlySet<string> = new Set(['http://bpmn.sourceforge.net', 'http://www.signavio.com'])

/**
 * Refuses extension elements of other vendors: they carry behavior we would silently leave out (BPMN 2.0.2 §8.2.3).
 * Attributes in foreign namespaces (colours, templates, modeler settings) are free; marks of drawing tools are only told.
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
