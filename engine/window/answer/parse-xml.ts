import { XMLParser, XMLValidator } from 'fast-xml-parser'
import type { Json, JsonObject } from '../../kernel/index.ts'
import { textPlaces } from '../edifact/index.ts'
import type { AnswerFault } from './answer.ts'

/** Deeper than any answer; a parser that recurses must not be led further. */
const MAX_DEPTH = 64
const PREDEFINED: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" }

/**
 * Parses XML without ever expanding an entity that the document defines: a document type is refused before anything is read, so neither
 * growing entities nor files and addresses outside can come in by it. Names lose their prefixes; all values are texts.
 */
export function parseXml(text: string): { readonly value: JsonObject } | { readonly fault: AnswerFault } {
  const fault = findXmlFault(text)
  if (fault) return { fault }
  const value = new XMLParser({
    parseTagValue: false,
    parseAttributeValue: false,
    ignoreAttributes: true,
    ignoreDeclaration: true,
    ignorePiTags: true,
    removeNSPrefix: true,
    trimValues: true,
    processEntities: false,
  }).parse(text) as JsonObject
  return { value: withReferences(value) as JsonObject }
}

/** Why a text is no XML that is read here; undefined when it may be parsed. */
export function findXmlFault(text: string): AnswerFault | undefined {
  const placeOf = textPlaces(text)
  const declared = /<!(?:DOCTYPE|ENTITY)/i.exec(text)
  if (declared !== null) return { rule: 'xml.doctype', ...placeOf(declared.index), text: NO_DOCTYPE }
  const depth = deepest(text)
  if (depth > MAX_DEPTH) return { rule: 'xml.depth', line: 1, column: 1, text: tooDeep(depth) }
  const checked = XMLValidator.validate(text)
  if (checked === true) return undefined
  const { line, col, msg } = checked.err
  const words = { en: `Expected well-formed XML, found: ${msg}`, zh: `XML 格式不正确：${msg}` }
  return { rule: 'xml.syntax', line, column: col, text: words }
}

function withReferences(value: Json): Json {
  if (typeof value === 'string') return resolveReferences(value)
  if (Array.isArray(value)) return value.map(withReferences)
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, withReferences(each)]))
}

/** Characters for their references. Those of entities that are not XML's own stay as they are. */
export function resolveReferences(text: string): string {
  return text.replaceAll(/&(?:#(\d{1,7})|#x([0-9a-fA-F]{1,6})|(\w+));/g, reference)
}

function reference(whole: string, decimal: string | undefined, hex: string | undefined, name: string | undefined): string {
  if (name !== undefined) return PREDEFINED[name] ?? whole
  const code = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal)
  return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : whole
}

function deepest(text: string): number {
  let depth = 0
  let most = 0
  for (const [tag] of text.matchAll(/<[^!?<>][^<>]*>/g)) {
    if (tag.startsWith('</')) depth -= 1
    else if (!tag.endsWith('/>')) depth += 1
    most = Math.max(most, depth)
  }
  return most
}

const NO_DOCTYPE = {
  en: 'Expected XML without a document type or entities, found one; leave out <!DOCTYPE and write characters as they are',
  zh: 'XML 不得含文档类型或实体声明；请删去 <!DOCTYPE，直接书写字符',
}

function tooDeep(depth: number) {
  return { en: `Expected elements at most ${MAX_DEPTH} deep, found ${depth}`, zh: `XML 元素嵌套最多 ${MAX_DEPTH} 层，现为 ${depth} 层` }
}
