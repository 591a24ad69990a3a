import { childrenNamed, type XmlElement } from './xml-element.ts'

const naming = new Set(['variable', 'formalParameter', 'itemComponent', 'column', 'output'])

/** Names of what every part of a file may read; the grammar must know those with spaces or operators. */
export class KnownNames {
  /** Names of the top-level elements, by id. */
  private readonly named = new Map<string, readonly string[]>()
  private readonly components = new Set<string>()

  constructor(root: XmlElement) {
    for (const element of root.children) {
      const id = element.attributes.id
      if (id !== undefined) this.named.set(id, ownNames(element))
      if (element.name === 'itemDefinition') collect(element, this.components)
    }
  }

  /** What a decision or a business knowledge model sees: itself, what it requires, and the components of types. */
  of(element: XmlElement): readonly string[] {
    const names = new Set<string>([...this.components, ...ownNames(element)])
    collect(element, names)
    for (const requirement of element.children.filter((child) => child.name.endsWith('Requirement'))) {
      for (const { attributes } of requirement.children) {
        const id = (attributes.href ?? '').replace(/^.*#/, '')
        for (const name of this.named.get(id) ?? []) names.add(name)
      }
    }
    return [...names].filter((name) => /[^\p{L}\p{N}_]/u.test(name))
  }
}

function ownNames(element: XmlElement): readonly string[] {
  const names = [element, ...childrenNamed(element, 'variable')].map((part) => part.attributes.name ?? '')
  // the columns of a required decision are the keys of its result
  const outputs = childrenNamed(element, 'decisionTable').flatMap((table) =>
    childrenNamed(table, 'output').map((output) => output.attributes.name ?? ''),
  )
  return [...names, ...outputs].filter((name) => name !== '')
}

function collect(element: XmlElement, into: Set<string>): void {
  const { name, iteratorVariable } = element.attributes
  if (name && naming.has(element.name)) into.add(name)
  if (iteratorVariable) into.add(iteratorVariable)
  for (const child of element.children) collect(child, into)
}
