import type { XmlElement } from './xml-element.ts'

const naming = new Set([
  'decision',
  'inputData',
  'businessKnowledgeModel',
  'decisionService',
  'variable',
  'parameter',
  'formalParameter',
  'itemComponent',
  'column',
  'output',
])

/** Every name the file gives to something FEEL can read; the grammar must know those with spaces or operators. */
export function knownNames(root: XmlElement): readonly string[] {
  const names = new Set<string>()
  const visit = (element: XmlElement) => {
    const { name, iteratorVariable } = element.attributes
    if (name && naming.has(element.name)) names.add(name)
    if (iteratorVariable) names.add(iteratorVariable)
    for (const child of element.children) visit(child)
  }
  visit(root)
  return [...names].filter((name) => /[^\p{L}\p{N}_]/u.test(name))
}
