import type { Text } from '../contract.ts'
import { type ComponentTable, type ElementTable, findSegmentTable } from './directory/read-tables.ts'
import type { EdifactFault, EdifactRule, TextPlace } from './fault.ts'
import { formatProblem } from './period-format.ts'
import type { Segment } from './tokenize.ts'

/** Something wrong inside one segment, before it has its place in the text. */
interface Finding {
  readonly rule: EdifactRule
  readonly element: number
  readonly component?: number
  readonly text: Text
}

/** Checks a segment against its table: what must be there, how long it may be, digits or letters, and whether dates are dates. */
export function checkSegment(segment: Segment, decimalMark: string, placeOf: (offset: number) => TextPlace): readonly EdifactFault[] {
  const table = findSegmentTable(segment.tag)
  if (table === undefined) return []
  const findings = table.elements.flatMap((element, index) => checkElement(segment, index, element, decimalMark))
  if (segment.elements.length > table.elements.length) findings.push(tooMany(segment, table.elements.length))
  if (segment.tag === 'DTM') findings.push(...checkPeriod(segment))
  return findings.map(({ rule, element, component, text }) => ({
    rule,
    ...placeOf(segment.offsets[element - 1]?.[(component ?? 1) - 1] ?? segment.offset),
    segment: segment.index,
    tag: segment.tag,
    element,
    ...(component === undefined ? {} : { component }),
    text,
  }))
}

function checkElement(segment: Segment, index: number, table: ElementTable, decimalMark: string): Finding[] {
  const components = segment.elements[index] ?? []
  const isUsed = components.some((value) => value !== '')
  if (!isUsed) return table.isMandatory ? [missing(segment, index + 1, undefined, table.id)] : []
  const findings: Finding[] = []
  table.components.forEach((component, at) => {
    const value = components[at] ?? ''
    const place = table.components.length === 1 && component.element.id === table.id ? undefined : at + 1
    if (value !== '')
      findings.push(...checkValue(value, component, decimalMark, { element: index + 1, ...(place ? { component: place } : {}) }))
    else if (component.isMandatory) findings.push(missing(segment, index + 1, place, component.element.id))
  })
  const surplus = components.findIndex((value, at) => at >= table.components.length && value !== '')
  if (surplus >= 0) {
    const count = table.components.length
    findings.push({
      rule: 'edifact.too-many-elements',
      element: index + 1,
      component: surplus + 1,
      text: {
        en: `Expected at most ${count} components in element ${index + 1} (${table.id}) of ${segment.tag}, found ${components.length}; leave out what is too much, or write ?: for a colon inside a value`,
        zh: `${segment.tag} 第 ${index + 1} 个数据元（${table.id}）最多 ${count} 个成分，现有 ${components.length} 个；请删去多余成分，值内的冒号请写作 ?:`,
      },
    })
  }
  return findings
}

function checkValue(
  value: string,
  { element }: ComponentTable,
  decimalMark: string,
  place: { readonly element: number; readonly component?: number },
): Finding[] {
  const { id, kind, minLength, maxLength } = element
  if (kind === 'n' && !isNumber(value, decimalMark)) {
    return [
      {
        rule: 'edifact.not-a-number',
        ...place,
        text: {
          en: `Expected digits in ${id}, found ${shown(value)}; write a number such as 1250${decimalMark}5, without blanks or thousands marks`,
          zh: `数据元 ${id} 应为数字，现为 ${shown(value)}；请写成如 1250${decimalMark}5，不含空格和千位分隔符`,
        },
      },
    ]
  }
  if (kind === 'a' && /\d/.test(value)) {
    const text = { en: `Expected letters in ${id}, found ${shown(value)}`, zh: `数据元 ${id} 应为字母，现为 ${shown(value)}` }
    return [{ rule: 'edifact.value', ...place, text }]
  }
  // Sign and decimal mark do not count in a number.
  const length = [...(kind === 'n' ? value.replaceAll(/[-.,]/g, '') : value)].length
  if (length <= maxLength && length >= minLength) return []
  const expected = minLength === maxLength ? `${maxLength}` : `1–${maxLength}`
  return [
    {
      rule: 'edifact.too-long',
      ...place,
      text: {
        en: `Expected ${expected} characters in ${id}, found ${length}: ${shown(value)}; shorten it or use the code`,
        zh: `数据元 ${id} 应为 ${expected} 个字符，现为 ${length} 个：${shown(value)}；请缩短或改用代码`,
      },
    },
  ]
}

function isNumber(value: string, decimalMark: string): boolean {
  // Both marks are allowed since syntax version 4; before it UNA names the one.
  return /^-?\d+(?:[.,]\d+)?$/.test(value) && (decimalMark === ',' || decimalMark === '.' || !/[.,]/.test(value))
}

function checkPeriod(segment: Segment): Finding[] {
  const [, value = '', format = ''] = segment.elements[0] ?? []
  const problem = value === '' ? undefined : formatProblem(value, format)
  return problem === undefined ? [] : [{ rule: 'edifact.date', element: 1, component: 2, text: problem }]
}

function missing(segment: Segment, element: number, component: number | undefined, id: string): Finding {
  const where = component === undefined ? `${element}` : `${element}.${component}`
  return {
    rule: 'edifact.missing-element',
    element,
    ...(component === undefined ? {} : { component }),
    text: {
      en: `Expected a value in element ${where} (${id}) of ${segment.tag}, found none; it is mandatory`,
      zh: `${segment.tag} 第 ${where} 个数据元（${id}）为必填项，现为空`,
    },
  }
}

function tooMany(segment: Segment, count: number): Finding {
  return {
    rule: 'edifact.too-many-elements',
    element: count + 1,
    text: {
      en: `Expected at most ${count} elements in ${segment.tag}, found ${segment.elements.length}; leave out what is too much, or write ?+ for a plus inside a value`,
      zh: `${segment.tag} 最多 ${count} 个数据元，现有 ${segment.elements.length} 个；请删去多余数据元，值内的加号请写作 ?+`,
    },
  }
}

function shown(value: string): string {
  const characters = [...value]
  return `"${characters.slice(0, 40).join('')}${characters.length > 40 ? '…' : ''}"`
}
