import type { Json, JsonObject } from '../../kernel/index.ts'
import type { Codelist } from '../contract.ts'
import type { EdifactFault, TextPlace } from './fault.ts'
import { type FoundValue, findNodes, findValues, type NodeAt, type RowText } from './find-value.ts'
import { toIsoDay, toIsoTime, toUtcMinute } from './period-format.ts'
import type { ReadMessage } from './read-interchange.ts'
import { parseSelector, type Selector } from './selector.ts'

/** `forms/imports/<message>.<form>.json`: how a message becomes a declaration of a form. */
export interface MappingFile {
  /** `CUSDEC`, … */
  readonly message: string
  readonly form: string
  /** Values without an offset are times of this zone. */
  readonly zone?: string
  readonly items: readonly ItemMapping[]
  readonly groups?: readonly { readonly group: string; readonly rows: string; readonly items: readonly ItemMapping[] }[]
}
export interface ItemMapping {
  /** Item id; dotted for a part of a composite item. */
  readonly item: string
  /** Selectors; the first that finds something counts, unless they are joined. */
  readonly from?: string | readonly string[]
  /** All values of all selectors, put together: a long text that was cut into components. */
  readonly join?: boolean
  readonly as?: 'number' | 'integer' | 'boolean' | 'day' | 'time' | 'utc-minute' | 'integers' | 'texts' | 'position'
  /** What the message's codes are in the form. A code that is not here is a fault. */
  readonly codes?: Readonly<Record<string, Json>>
  /** Code list whose column holds the message's codes. */
  readonly list?: { readonly id: string; readonly column: string }
  /** Taken where the message says nothing. */
  readonly otherwise?: Json
}

export interface MessageMapping {
  readonly message: string
  readonly form: string
  read(message: ReadMessage, placeOf: (offset: number) => TextPlace): MappedMessage
}
export interface MappedMessage {
  readonly data: JsonObject
  readonly faults: readonly EdifactFault[]
}

interface Compiled extends Omit<ItemMapping, 'from' | 'list'> {
  readonly from: readonly Selector[]
  /** The form's codes by those of the message. */
  readonly list?: { readonly id: string; readonly codes: ReadonlyMap<string, string> }
}

const DEFAULT_ZONE = 'Asia/Shanghai'

/** Compiles a mapping. @throws Error when a selector or a list in it cannot be. */
export function toMessageMapping(file: MappingFile, codelists: ReadonlyMap<string, Codelist>): MessageMapping {
  const { message, form, zone = DEFAULT_ZONE } = file
  const header = file.items.map((item) => compile(item, codelists))
  const groups = (file.groups ?? []).map(({ group, rows, items }) => ({
    group,
    rows: parseSelector(rows),
    items: items.map((item) => compile(item, codelists)),
  }))
  return {
    message,
    form,
    read(read, placeOf) {
      const faults: EdifactFault[] = []
      const root: NodeAt = { node: read.tree, around: [] }
      const reader = { zone, placeOf, faults }
      const data = readItems(header, root, 0, reader)
      for (const { group, rows, items } of groups) {
        const list = findNodes(rows, root).map((at, index) => readItems(items, at, index, reader))
        if (list.length > 0) data[group] = list
      }
      return { data, faults }
    },
  }
}

interface Reader {
  readonly zone: string
  readonly placeOf: (offset: number) => TextPlace
  readonly faults: EdifactFault[]
}

function compile({ from, list, ...item }: ItemMapping, codelists: ReadonlyMap<string, Codelist>): Compiled {
  const texts = from === undefined ? [] : typeof from === 'string' ? [from] : from
  const compiled = { ...item, from: texts.map(parseSelector) }
  if (list === undefined) return compiled
  const codelist = codelists.get(list.id)
  if (codelist === undefined) throw new Error(`Expected a code list ${list.id} for ${item.item}, found none`)
  // The first code of several that the other side does not tell apart.
  const codes = new Map<string, string>()
  for (const code of codelist.codes()) {
    const other = codelist.find(code)?.[list.column]
    if (typeof other === 'string' && !codes.has(other)) codes.set(other, code)
  }
  return { ...compiled, list: { id: list.id, codes } }
}

function readItems(items: readonly Compiled[], at: NodeAt, index: number, reader: Reader): Record<string, Json> {
  const row: Record<string, Json> = {}
  for (const item of items) {
    const value = readItem(item, at, { index, row }, reader)
    if (value !== undefined) setAt(row, item.item, value)
  }
  return row
}

function readItem(item: Compiled, at: NodeAt, { index, row }: { index: number; row: RowText }, reader: Reader): Json | undefined {
  if (item.as === 'position') return index + 1
  const perSelector = item.from.map((selector) => findValues(selector, at, row))
  if (item.as === 'integers' || item.as === 'texts') {
    const found = perSelector.flat()
    const list = found.map((each) => (item.as === 'texts' ? each.value : convert(each, { ...item, as: 'integer' }, reader)))
    return found.length === 0 ? item.otherwise : list.filter((each) => each !== undefined)
  }
  const found = item.join ? perSelector.flat() : (perSelector.find((values) => values.length > 0)?.slice(0, 1) ?? [])
  const [first] = found
  if (first === undefined) return item.otherwise
  return convert({ ...first, value: found.map(({ value }) => value).join('') }, item, reader)
}

function convert(found: FoundValue, item: Compiled, reader: Reader): Json | undefined {
  const { value } = found
  const { as, codes, list } = item
  if (codes !== undefined)
    return Object.hasOwn(codes, value) ? codes[value] : refuse(found, item, reader, Object.keys(codes).join(', '), '代码')
  if (list !== undefined) {
    return list.codes.get(value) ?? refuse(found, item, reader, `a code of ${list.id}`, `${list.id} 中的代码`)
  }
  if (as === 'number' || as === 'integer') {
    const number = Number(value.replace(',', '.'))
    const isGood = Number.isFinite(number) && (as === 'number' || Number.isInteger(number))
    return isGood ? number : refuse(found, item, reader, as === 'number' ? 'a number' : 'a whole number', '数字')
  }
  if (as === 'boolean') return value === '1' || value === '0' ? value === '1' : refuse(found, item, reader, '1 or 0', '1 或 0')
  if (as === 'day') return toIsoDay(value) ?? refuse(found, item, reader, 'a day CCYYMMDD', '日期 CCYYMMDD')
  if (as === 'time') return toIsoTime(value, reader.zone) ?? refuse(found, item, reader, 'a time CCYYMMDDHHMM', '时间 CCYYMMDDHHMM')
  if (as === 'utc-minute') return toUtcMinute(value, reader.zone) ?? refuse(found, item, reader, 'a time CCYYMMDDHHMM', '时间 CCYYMMDDHHMM')
  return value
}

function refuse({ value, segment, leaf }: FoundValue, item: Compiled, reader: Reader, expected: string, expectedZh: string): undefined {
  reader.faults.push({
    rule: 'edifact.value',
    ...reader.placeOf(segment.offsets[leaf.element - 1]?.[leaf.component - 1] ?? segment.offset),
    segment: segment.index,
    tag: segment.tag,
    element: leaf.element,
    component: leaf.component,
    text: {
      en: `Expected ${expected} for ${item.item}, found "${value}"`,
      zh: `${item.item} 应为${expectedZh}（${expected}），现为“${value}”`,
    },
  })
  return undefined
}

function setAt(row: Record<string, Json>, path: string, value: Json): void {
  const [head = '', part] = path.split('.')
  if (part === undefined) row[head] = value
  else row[head] = { ...((row[head] ?? {}) as JsonObject), [part]: value }
}
