import type { Compilation } from './compilation.ts'
import type { CompiledDecisions, DecisionProblem } from './contract.ts'
import { DecisionGraph } from './decision-graph.ts'
import { ItemTypes } from './item-type.ts'
import { KnownNames } from './known-names.ts'
import { childrenNamed, readXml, type XmlElement } from './xml-element.ts'

export interface ParsedDmn {
  /** Absent when there is a problem. */
  readonly decisions: CompiledDecisions | undefined
  readonly problems: readonly DecisionProblem[]
}

/** DMN 1.1, 1.2, 1.3, 1.4 and 1.5. */
const modelNamespace =
  /^https?:\/\/www\.omg\.org\/spec\/DMN\/(?:20151101\/dmn\.xsd|20180521\/MODEL\/|20191111\/MODEL\/|20211108\/MODEL\/|20230324\/MODEL\/)$/

/** Reads a DMN file and compiles every decision of it. */
export async function parseDmn(xml: string): Promise<ParsedDmn> {
  const read = readXml(xml)
  if (!read.ok) return refused('definitions', read.message)
  const { root } = read
  const namespaces = Object.values(root.namespaces)
  if (root.name !== 'definitions' || !namespaces.some((uri) => modelNamespace.test(uri))) {
    return refused('definitions', `Expected <definitions> in a namespace of DMN 1.1 to 1.5, found <${root.name}>. Save the file as DMN.`)
  }
  const problems: DecisionProblem[] = [...duplicateIds(root), ...imports(root)]
  const types = new ItemTypes(root, problems)
  const compilation: Compilation = { types, feelTypes: types.feelTypes(), problems, names: [] }
  const decisions = new DecisionGraph(root, compilation, new KnownNames(root)).compiled()
  if (decisions.size === 0) {
    problems.push({
      elementId: root.attributes.id ?? 'definitions',
      message: 'Expected at least one decision, found none. Draw a decision.',
    })
  }
  if (problems.length > 0) return { decisions: undefined, problems }
  const name = root.attributes.name ?? ''
  return { decisions: { decisionRequirementsId: root.attributes.id ?? name, name, decisions }, problems }
}

function refused(elementId: string, message: string): ParsedDmn {
  return { decisions: undefined, problems: [{ elementId, message }] }
}

function duplicateIds(root: XmlElement): DecisionProblem[] {
  const seen = new Set<string>()
  const twice = new Set<string>()
  const visit = (element: XmlElement) => {
    const { id } = element.attributes
    if (id !== undefined) (seen.has(id) ? twice : seen).add(id)
    for (const child of element.children) visit(child)
  }
  visit(root)
  return [...twice].map((id) => ({ elementId: id, message: `Expected ids used once, found '${id}' twice. Rename one of them.` }))
}

function imports(root: XmlElement): DecisionProblem[] {
  return childrenNamed(root, 'import').map((element) => ({
    elementId: root.attributes.id ?? 'definitions',
    message: `Expected all decisions in one file, found an import of '${element.attributes.locationURI ?? element.attributes.namespace ?? ''}'. Copy what is used into this file.`,
  }))
}
