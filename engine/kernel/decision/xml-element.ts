import { XMLParser, XMLValidator } from 'fast-xml-parser'

/** An XML element without its namespace prefix; entities are decoded. */
export interface XmlElement {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  readonly children: readonly XmlElement[]
  /** Text directly inside, in document order. */
  readonly text: string
  /** Namespace URIs declared here, by prefix; the default namespace has the prefix ''. */
  readonly namespaces: Readonly<Record<string, string>>
}

export type ReadXml = { readonly ok: true; readonly root: XmlElement } | { readonly ok: false; readonly message: string }

const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: '',
  removeNSPrefix: false,
  parseTagValue: false,
  parseAttributeValue: false,
  trimValues: false,
  htmlEntities: true,
  ignoreDeclaration: true,
  ignorePiTags: true,
})

type RawNode = Record<string, unknown>

/** Refuses document types: a decision file needs none, and entities can grow without end. */
export function readXml(xml: string): ReadXml {
  const text = xml.replace(/^\uFEFF/, '')
  const doctype = /<!DOCTYPE|<!ENTITY/i.exec(text)
  if (doctype) {
    return refused(
      `Expected plain XML, found a document type in line ${lineAt(text, doctype.index)}. Remove <!DOCTYPE …> and write the values out.`,
    )
  }
  const checked = XMLValidator.validate(text)
  if (checked !== true) {
    return refused(
      `Expected well-formed XML, found in line ${checked.err.line}: ${checked.err.msg} Correct the file in an editor, or export it again.`,
    )
  }
  let nodes: RawNode[]
  try {
    nodes = parser.parse(text) as RawNode[]
  } catch (error) {
    return refused(`Expected well-formed XML, found: ${error instanceof Error ? error.message : String(error)}. Export the file again.`)
  }
  const roots = nodes.flatMap((node) => elementOf(node) ?? [])
  const [root] = roots
  if (!root || roots.length > 1)
    return refused(`Expected one root element, found ${roots.length}. A DMN file is one <definitions> element.`)
  return { ok: true, root }
}

function refused(message: string): ReadXml {
  return { ok: false, message }
}

function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length
}

function elementOf(raw: RawNode): XmlElement | undefined {
  const tag = Object.keys(raw).find((key) => key !== ':@' && key !== '#text')
  if (tag === undefined) return undefined
  const inner = (raw[tag] as RawNode[]) ?? []
  const attributes: Record<string, string> = Object.create(null)
  const namespaces: Record<string, string> = Object.create(null)
  for (const [name, value] of Object.entries((raw[':@'] as Record<string, string> | undefined) ?? {})) {
    if (name === 'xmlns') namespaces[''] = value
    else if (name.startsWith('xmlns:')) namespaces[name.slice(6)] = value
    else if (!name.includes(':')) attributes[name] = value
  }
  return {
    name: tag.slice(tag.indexOf(':') + 1),
    attributes,
    namespaces,
    children: inner.flatMap((child) => elementOf(child) ?? []),
    text: inner.map((child) => (typeof child['#text'] === 'string' ? child['#text'] : '')).join(''),
  }
}

export function childOf(element: XmlElement | undefined, name: string): XmlElement | undefined {
  return element?.children.find((child) => child.name === name)
}

export function childrenNamed(element: XmlElement | undefined, name: string): readonly XmlElement[] {
  return element?.children.filter((child) => child.name === name) ?? []
}

/** Text of a child, trimmed; '' when there is none. */
export function textOf(element: XmlElement | undefined, name: string): string {
  return childOf(element, name)?.text.trim() ?? ''
}
