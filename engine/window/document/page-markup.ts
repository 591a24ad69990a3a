import { XMLParser, XMLValidator } from 'fast-xml-parser'

/** An element of a page description: its name, attributes and what is inside, in order. */
export interface MarkupElement {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  readonly children: readonly MarkupElement[]
  /** Its own text, trimmed at the ends. */
  readonly text: string
}

const ATTRIBUTES = ':@'
const TEXT = '#text'

// Entities are decoded below: a value written by a template is one of five names or a number, never a declared entity.
const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: '',
  parseTagValue: false,
  parseAttributeValue: false,
  trimValues: false,
  processEntities: false,
})

/** What a filled template says, as a tree. @throws Error when it is no XML with one root element. */
export function parseMarkup(source: string): MarkupElement {
  const verdict = XMLValidator.validate(source)
  if (verdict !== true) throw new Error(`Expected a page description in XML, but line ${verdict.err.line}: ${verdict.err.msg}`)
  const [root, ...others] = elementsOf(parser.parse(source) as readonly ParsedNode[])
  if (!root || others.length > 0) throw new Error('Expected a page description with one root element')
  return root
}

type ParsedNode = Readonly<Record<string, unknown>>

function elementsOf(nodes: readonly ParsedNode[]): MarkupElement[] {
  return nodes.flatMap((node) => {
    const name = Object.keys(node).find((key) => key !== ATTRIBUTES && key !== TEXT)
    if (name === undefined || name.startsWith('?')) return []
    const inside = node[name] as readonly ParsedNode[]
    const attributes = (node[ATTRIBUTES] ?? {}) as Readonly<Record<string, string>>
    return [
      {
        name,
        attributes: Object.fromEntries(Object.entries(attributes).map(([key, value]) => [key, decode(value)])),
        children: elementsOf(inside),
        text: decode(
          inside
            .map((child) => child[TEXT] ?? '')
            .join('')
            .trim(),
        ),
      },
    ]
  })
}

const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

function decode(text: string): string {
  return text.replaceAll(/&(?:(\w+)|#(\d+)|#x([0-9a-f]+));/gi, (whole, name?: string, decimal?: string, hex?: string) => {
    if (name !== undefined) return NAMED[name] ?? whole
    return String.fromCodePoint(decimal === undefined ? Number.parseInt(hex ?? '0', 16) : Number(decimal))
  })
}
