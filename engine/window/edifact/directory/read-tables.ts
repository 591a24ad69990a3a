import { COMPOSITES } from './composites.ts'
import { DATA_ELEMENTS } from './data-elements.ts'
import { MESSAGES } from './messages.ts'
import { SEGMENTS } from './segments.ts'

export interface DataElement {
  readonly id: string
  readonly kind: 'a' | 'n' | 'an'
  readonly minLength: number
  readonly maxLength: number
}
/** A component of an element: the data element, and whether it must be there. */
export interface ComponentTable {
  readonly element: DataElement
  readonly isMandatory: boolean
}
/** One place of a segment. A plain data element has one component of its own name. */
export interface ElementTable {
  readonly id: string
  readonly isMandatory: boolean
  readonly components: readonly ComponentTable[]
}
export interface SegmentTable {
  readonly tag: string
  readonly elements: readonly ElementTable[]
}
export interface SegmentUse {
  readonly kind: 'segment'
  readonly tag: string
  readonly min: 0 | 1
  readonly max: number
}
export interface GroupUse {
  readonly kind: 'group'
  readonly id: string
  /** Tag of the segment that starts the group. */
  readonly trigger: string
  readonly min: 0 | 1
  readonly max: number
  readonly parts: readonly MessagePart[]
}
export type MessagePart = SegmentUse | GroupUse

const elements = new Map<string, DataElement>(
  pairs(DATA_ELEMENTS).map(([id, form]) => {
    const [, kind = 'an', upTo, length = '0'] = /^(an|a|n)(\.\.)?(\d+)$/.exec(form) ?? []
    return [id, { id, kind: kind as DataElement['kind'], minLength: upTo === undefined ? Number(length) : 0, maxLength: Number(length) }]
  }),
)
const composites = new Map(rows(COMPOSITES).map(([id, ...parts]) => [id, parts.flatMap(spread).map(toComponent)]))
const segments = new Map<string, SegmentTable>(
  rows(SEGMENTS).map(([tag, ...parts]) => [tag, { tag, elements: parts.flatMap(spread).map(toElement) }]),
)
const messages = new Map(Object.entries(MESSAGES).map(([type, source]) => [type, toParts(source)]))

/** The directory the tables are of. */
export const DIRECTORY = { version: 'D', release: '16B', agency: 'UN' } as const
export const MESSAGE_TYPES: readonly string[] = [...messages.keys()]

export function findSegmentTable(tag: string): SegmentTable | undefined {
  return segments.get(tag)
}

export function findMessageTable(type: string): readonly MessagePart[] | undefined {
  return messages.get(type)
}

interface Reference {
  readonly id: string
  readonly isMandatory: boolean
}

/** `C246*5` stands for five places, `2005!` for one that must be filled. */
function spread(written: string): readonly Reference[] {
  const [, id = '', mark, times = '1'] = /^(\w+?)(!)?(?:\*(\d+))?$/.exec(written) ?? []
  return Array.from({ length: Number(times) }, () => ({ id, isMandatory: mark !== undefined }))
}

function toComponent({ id, isMandatory }: Reference): ComponentTable {
  const element = elements.get(id)
  if (element === undefined) throw new Error(`Expected data element ${id} in the directory, found none`)
  return { element, isMandatory }
}

function toElement({ id, isMandatory }: Reference): ElementTable {
  if (elements.has(id)) return { id, isMandatory, components: [toComponent({ id, isMandatory })] }
  const components = composites.get(id)
  if (components === undefined) throw new Error(`Expected composite ${id} in the directory, found none`)
  return { id, isMandatory, components }
}

function toParts(source: string): readonly MessagePart[] {
  const words = source.trim().split(/\s+/)
  let at = 0
  const read = (): MessagePart[] => {
    const parts: MessagePart[] = []
    while (at < words.length && words[at] !== ')') {
      const id = words[at] ?? ''
      const [status = '', ...digits] = words[at + 1] ?? ''
      const counts = { min: status === 'M' ? 1 : 0, max: Number(digits.join('')) } as const
      at += 2
      if (words[at] !== '(') {
        parts.push({ kind: 'segment', tag: id, ...counts })
        continue
      }
      at += 1
      const inner = read()
      at += 1
      const [first] = inner
      if (first?.kind !== 'segment') throw new Error(`Expected group ${id} to start with a segment`)
      parts.push({ kind: 'group', id, trigger: first.tag, ...counts, parts: inner })
    }
    return parts
  }
  return read()
}

function rows(source: string): (readonly [string, ...string[]])[] {
  return source
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/) as [string, ...string[]])
}

function pairs(source: string): (readonly [string, string])[] {
  const words = source.trim().split(/\s+/)
  return Array.from({ length: words.length / 2 }, (_, index) => [words[2 * index] ?? '', words[2 * index + 1] ?? ''])
}
