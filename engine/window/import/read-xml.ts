import { XMLParser } from 'fast-xml-parser'
import type { Json } from '../../kernel/index.ts'
import { findXmlFault, resolveReferences } from '../answer/parse-xml.ts'
import { textPlaces } from '../edifact/index.ts'
import { decodeText } from './decode-text.ts'
import type { FormShape, GroupShape, ItemShape } from './form-shape.ts'
import { fault, type ImportFault, type ImportPlace, quoted } from './import-fault.ts'
import { type FoundDeclaration, type ItemPlace, MOST_DECLARATIONS, type ReadFile, tooMany, unreadable } from './read-result.ts'
import { typedText } from './typed-value.ts'

/** An element of the file; its name without the prefix of a namespace. */
interface Element {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  readonly children: readonly Element[]
  readonly text: string
  readonly offset: number
}
type PlaceOf = (offset: number) => ImportPlace

const DECLARATION = 'declaration'
const DECLARATIONS = 'declarations'

/** `<declaration form="…">` with an element for each item and group, or many of them in `<declarations>`. */
export function readXml(bytes: Uint8Array, shape: FormShape): ReadFile {
  const decoded = decodeText(bytes, { guesses: false, charset: announcedCharset(bytes) })
  if ('fault' in decoded) return unreadable(decoded.fault)
  // The parser counts a line break as one character, whatever it is made of.
  const text = decoded.text.replaceAll(/\r\n?/g, '\n')
  const placeOf = textPlaces(text)
  const broken = findXmlFault(text)
  if (broken) return unreadable(broken)
  const roots = parseElements(text)
  const [root, second] = roots
  if (!root || second || (root.name !== DECLARATION && root.name !== DECLARATIONS)) {
    const found = second ? 'more' : (root?.name ?? 'none')
    const en = `Expected one root element <declaration> or <declarations>, found ${quoted(found)}`
    return unreadable(
      fault(
        'xml.root',
        en,
        `根元素应为唯一的 <declaration> 或 <declarations>，实际为 ${quoted(found)}`,
        placeOf((second ?? root)?.offset ?? 0),
      ),
    )
  }
  const elements = root.name === DECLARATION ? [root] : root.children
  if (elements.length > MOST_DECLARATIONS) return unreadable(tooMany(elements.length))
  return {
    declarations: elements.map((element) => new DeclarationReader(shape, placeOf).read(element)),
    faults: elements.length > 0 ? [] : [fault('file.empty', 'Expected declarations, found none', '文件中没有申报', placeOf(root.offset))],
    placeOf: (index, item) => placeOfItem(elements[index], item, placeOf),
  }
}

class DeclarationReader {
  readonly #shape: FormShape
  readonly #placeOf: PlaceOf
  readonly #faults: ImportFault[] = []

  constructor(shape: FormShape, placeOf: PlaceOf) {
    this.#shape = shape
    this.#placeOf = placeOf
  }

  read(element: Element): FoundDeclaration {
    const { form, key } = element.attributes
    if (element.name !== DECLARATION) this.#unknown(element, [DECLARATION])
    else if (form !== undefined && form !== this.#shape.formId)
      this.#fault(
        'xml.form',
        element,
        `Expected a declaration of form ${this.#shape.formId}, found ${quoted(form)}`,
        `应为表单 ${this.#shape.formId} 的申报，实际为 ${quoted(form)}`,
      )
    this.#refuseAttributes(element, ['form', 'key'])
    const data: Record<string, Json> = {}
    if (this.#faults.length === 0) {
      for (const child of element.children) {
        const group = this.#shape.groups.get(child.name)
        if (this.#isTwice(child, data)) continue
        const value = group ? this.#rows(child, group) : this.#item(child, this.#shape.items)
        if (value !== undefined) data[child.name] = value
      }
      this.#refuseText(element)
    }
    return { ...(key === undefined ? {} : { key }), at: this.#placeOf(element.offset), data, faults: this.#faults }
  }

  #rows(element: Element, group: GroupShape): Json {
    this.#refuseAttributes(element, [])
    this.#refuseText(element)
    return element.children.map((child, index) => {
      const row: Record<string, Json> = {}
      if (child.name !== group.rowName && child.name !== 'row') this.#unknown(child, [group.rowName, 'row'])
      this.#refuseAttributes(child, [])
      this.#refuseText(child)
      for (const field of child.children) {
        const where = { group: group.id, row: index + 1 }
        if (this.#isTwice(field, row, where)) continue
        const value = this.#item(field, group.items, where)
        if (value !== undefined) row[field.name] = value
      }
      return row
    })
  }

  #item(element: Element, items: ReadonlyMap<string, ItemShape>, where: Pick<ImportFault, 'group' | 'row'> = {}): Json | undefined {
    const item = items.get(element.name)
    if (!item) {
      this.#unknown(element, [...items.keys()], where)
      return undefined
    }
    this.#refuseAttributes(element, [])
    if (item.type === 'object' && element.children.length > 0) return this.#parts(element, item, where)
    if (item.type === 'array' && element.children.length > 0) {
      this.#refuseText(element)
      const values = element.children.map((child) => this.#value(child, item.each ?? item, { ...where, item: item.id }))
      return values.filter((value) => value !== undefined)
    }
    return this.#value(element, item, { ...where, item: item.id })
  }

  #parts(element: Element, item: ItemShape, where: Pick<ImportFault, 'group' | 'row'>): Json {
    this.#refuseText(element)
    const value: Record<string, Json> = {}
    for (const child of element.children) {
      const part = item.parts.get(child.name)
      if (!part) this.#unknown(child, [...item.parts.keys()], where)
      else if (!this.#isTwice(child, value, where)) {
        const typed = this.#value(child, part, { ...where, item: `${item.id}.${part.id}` })
        if (typed !== undefined) value[child.name] = typed
      }
    }
    return value
  }

  /** An element without text says nothing, as a blank cell does. */
  #value(element: Element, item: ItemShape, where: Pick<ImportFault, 'group' | 'row' | 'item'>): Json | undefined {
    const [child] = element.children
    if (child) this.#unknown(child, [], where)
    const foreign = /&(?!(?:lt|gt|amp|quot|apos|#\d{1,7}|#x[0-9a-fA-F]{1,6});)[^\s;]*;?/.exec(element.text)
    if (foreign) {
      this.#fault(
        'xml.entity',
        element,
        `Expected no entities but XML’s own, found ${quoted(foreign[0])}; write the character itself, and & as &amp;`,
        `只可用 XML 预定义实体，实际为 ${quoted(foreign[0])}；请直接书写字符，& 写作 &amp;`,
        where,
      )
      return undefined
    }
    const text = resolveReferences(element.text).trim()
    if (text === '') return undefined
    const typed = typedText(item, text)
    if ('value' in typed) return typed.value
    this.#faults.push({ rule: typed.rule, ...this.#placeOf(element.offset), ...where, text: typed.text })
    return undefined
  }

  #isTwice(element: Element, values: Readonly<Record<string, Json>>, where: Pick<ImportFault, 'group' | 'row'> = {}): boolean {
    if (!Object.hasOwn(values, element.name)) return false
    this.#fault(
      'xml.twice',
      element,
      `Expected <${element.name}> once, found it again; leave one out`,
      `<${element.name}> 只应出现一次，请删除重复的元素`,
      where,
    )
    return true
  }

  #unknown(element: Element, known: readonly string[], where: Pick<ImportFault, 'group' | 'row' | 'item'> = {}): void {
    const some = known.slice(0, 8).join(', ') || 'text'
    const more = known.length > 8 ? ', …' : ''
    this.#fault(
      'xml.element',
      element,
      `Expected ${some}${more} here, found <${element.name}>; leave it out or correct its name`,
      `此处应为 ${some}${more}，实际为 <${element.name}>；请删除或更正名称`,
      where,
    )
  }

  #refuseAttributes(element: Element, known: readonly string[]): void {
    const name = Object.keys(element.attributes).find((each) => !known.includes(each) && !/^xmlns(?::|$)|^xsi:/.test(each))
    if (name !== undefined)
      this.#fault(
        'xml.attribute',
        element,
        `Expected no attribute ${quoted(name)}; values are elements`,
        `不应有属性 ${quoted(name)}，内容应写为元素`,
      )
  }

  #refuseText(element: Element): void {
    if (element.text.trim() !== '')
      this.#fault(
        'xml.text',
        element,
        `Expected elements in <${element.name}>, found the text ${quoted(element.text.trim())}`,
        `<${element.name}> 内应为元素，实际为文本 ${quoted(element.text.trim())}`,
      )
  }

  #fault(rule: string, element: Element, en: string, zh: string, where: Pick<ImportFault, 'group' | 'row' | 'item'> = {}): void {
    this.#faults.push(fault(rule, en, zh, { ...this.#placeOf(element.offset), ...where }))
  }
}

function placeOfItem(declaration: Element | undefined, { item, group, line }: ItemPlace, placeOf: PlaceOf): ImportPlace {
  if (!declaration) return {}
  const rows = group === undefined ? undefined : declaration.children.find((child) => child.name === group)
  const around = group === undefined ? declaration : (rows?.children[(line ?? 1) - 1] ?? rows ?? declaration)
  const [id, part] = item.split('.')
  const found = around.children.find((child) => child.name === id)
  return placeOf((found?.children.find((child) => child.name === part) ?? found ?? around).offset)
}

// parsing

type Node = Record<string, unknown>
const META = XMLParser.getMetaDataSymbol() as unknown as string
const TEXT = '#text'
const CDATA = '#cdata'
const ATTRIBUTES = ':@'

function parseElements(text: string): readonly Element[] {
  const parser = new XMLParser({
    preserveOrder: true,
    captureMetaData: true,
    ignoreAttributes: false,
    attributeNamePrefix: '',
    parseTagValue: false,
    parseAttributeValue: false,
    processEntities: false,
    trimValues: false,
    ignoreDeclaration: true,
    ignorePiTags: true,
    cdataPropName: CDATA,
  })
  return toElements(parser.parse(text) as readonly Node[])
}

function toElements(nodes: readonly Node[]): readonly Element[] {
  return nodes.flatMap((node) => {
    const name = Object.keys(node).find((each) => each !== ATTRIBUTES)
    if (name === undefined || name === TEXT || name === CDATA) return []
    const inside = node[name] as readonly Node[]
    return [
      {
        name: name.slice(name.indexOf(':') + 1),
        attributes: resolved((node[ATTRIBUTES] ?? {}) as Record<string, string>),
        children: toElements(inside),
        text: inside.map(textOf).join(''),
        offset: (node[META] as { startIndex?: number } | undefined)?.startIndex ?? 0,
      },
    ]
  })
}

/** What stands in CDATA is no reference, whatever it looks like. */
function textOf(node: Node): string {
  if (typeof node[TEXT] === 'string') return node[TEXT]
  const inside = node[CDATA] as readonly Node[] | undefined
  return inside === undefined ? '' : inside.map((each) => String(each[TEXT] ?? '').replaceAll('&', '&amp;')).join('')
}

function resolved(attributes: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name, resolveReferences(String(value))]))
}

/** The character set of the XML declaration. */
function announcedCharset(bytes: Uint8Array): string | undefined {
  const head = Buffer.from(bytes.subarray(0, 200)).toString('latin1')
  return /^(?:\xef\xbb\xbf)?<\?xml[^>]*\sencoding\s*=\s*["']([A-Za-z0-9._-]+)["']/.exec(head)?.[1]
}
