import type { Json } from '../../kernel/index.ts'
import type { Text } from '../contract.ts'
import type { ItemShape } from './form-shape.ts'
import { quoted } from './import-fault.ts'

/** A value of the form's type, or what is wrong with what was found. */
export type Typed = { readonly value: Json } | { readonly rule: string; readonly text: Text }

/** A double holds every decimal of this many digits; more would be altered in silence. */
const EXACT_DIGITS = 15
const NUMBER = /^[+-]?\d+(?:\.\d+)?$/
const TRUE = new Set(['true', '1', 'yes', 'y', '是'])
const FALSE = new Set(['false', '0', 'no', 'n', '否'])
const LIST_SEPARATORS = /[;；\n]/

/** Text of XML, CSV or a cell as the item's type wants it. The text is not empty. */
export function typedText(item: ItemShape, text: string): Typed {
  if (item.type === 'number' || item.type === 'integer') return typedNumber(item, text)
  if (item.type === 'boolean') return typedBoolean(item, text)
  if (item.type === 'array') return typedList(item, text)
  if (item.type === 'object') {
    const parts = [...item.parts.keys()].map((part) => `${item.id}.${part}`).join(', ')
    return wrong(item, 'type', `its parts ${parts}`, `各部分 ${parts}`, text)
  }
  return { value: item.schema.format === 'date' ? (toDay(text) ?? text) : text }
}

function typedNumber(item: ItemShape, text: string): Typed {
  if (!NUMBER.test(text))
    return wrong(
      item,
      'number',
      'a number, with a point before its decimals and nothing else',
      '数值（小数点为“.”，不含千位分隔符和单位）',
      text,
    )
  const digits = text.replace(/^[+-]?0*\.?0*/, '').replace('.', '').length
  if (digits > EXACT_DIGITS)
    return wrong(item, 'digits', `at most ${EXACT_DIGITS} digits that count`, `有效数字最多 ${EXACT_DIGITS} 位`, text)
  return { value: Number(text) }
}

function typedBoolean(item: ItemShape, text: string): Typed {
  const word = text.toLowerCase()
  if (TRUE.has(word) || FALSE.has(word)) return { value: TRUE.has(word) }
  return wrong(item, 'boolean', 'true or false', 'true 或 false（是或否）', text)
}

function typedList(item: ItemShape, text: string): Typed {
  const { each } = item
  if (!each) return { value: [] }
  const values: Json[] = []
  for (const part of text.split(LIST_SEPARATORS)) {
    const word = part.trim()
    if (word === '') continue
    const typed = typedText(each, word)
    if (!('value' in typed)) return typed
    values.push(typed.value)
  }
  return { value: values }
}

/** A number of a spreadsheet. `format` is how the cell shows it: a code written as `00123` may be the number 123 in a cell that shows five digits. */
export function typedNumberCell(item: ItemShape, number: number, format: string | undefined, is1904: boolean): Typed {
  const rounded = Number(number.toPrecision(EXACT_DIGITS))
  if (item.type === 'number' || item.type === 'integer') return { value: rounded }
  if (item.type === 'boolean') return typedBoolean(item, String(rounded))
  if (item.type === 'array') return typedList(item, String(rounded))
  if (item.type === 'object') return typedText(item, String(rounded))
  if (item.schema.format === 'date' && Number.isInteger(rounded) && rounded > 0 && rounded < MOST_SERIAL)
    return { value: dayOfSerial(rounded, is1904) }
  // Sixteen digits and more were rounded when they were typed in: whatever is read is not what was meant.
  if (Math.abs(number) >= 10 ** EXACT_DIGITS)
    return wrong(
      item,
      'digits-lost',
      'text, for a number keeps 15 digits only; format the column as text and enter it again',
      '文本（数字单元格只保留15位，请将该列设为文本后重新录入）',
      rounded,
    )
  const text = String(rounded)
  return { value: format !== undefined && /^0+$/.test(format) ? text.padStart(format.length, '0') : text }
}

/** A day, or a moment, of a spreadsheet: it has no zone. */
export function typedDateCell(item: ItemShape, moment: Date): Typed {
  const iso = moment.toISOString()
  const day = iso.slice(0, 10)
  const isDay = iso.endsWith('T00:00:00.000Z')
  const { format } = item.schema
  if (item.type === 'string' && format === 'date') {
    if (isDay) return { value: day }
    return wrong(item, 'date', 'a day without a time', '日期（不含时间）', iso.slice(0, 16).replace('T', ' '))
  }
  if (item.type === 'string' && (format === 'utc-minute' || format === 'date-time')) {
    const example = format === 'date-time' ? `${iso.slice(0, 19)}+08:00` : `${iso.slice(0, 16)}Z`
    return wrong(
      item,
      'zone',
      `text with its zone, such as ${example}, for a date cell has none`,
      `带时区的文本，例如 ${example}（日期单元格不含时区）`,
      iso.slice(0, 16).replace('T', ' '),
    )
  }
  return wrong(
    item,
    'became-date',
    'no date; the spreadsheet may have made one of it: format the column as text and enter it again',
    '非日期内容（可能被表格软件自动转为日期，请将该列设为文本后重新录入）',
    isDay ? day : iso,
  )
}

export function typedBooleanCell(item: ItemShape, value: boolean): Typed {
  if (item.type === 'boolean') return { value }
  return wrong(
    item,
    'type',
    item.type === 'string' ? 'text' : 'a number',
    item.type === 'string' ? '文本' : '数值',
    value ? 'TRUE' : 'FALSE',
  )
}

const DAY_MS = 86_400_000
/** 9999-12-31. */
const MOST_SERIAL = 2_958_466
const DAYS_1904 = 1_462

function dayOfSerial(serial: number, is1904: boolean): string {
  // The year 1900 has a 29 February in spreadsheets; days before it are one off, and nobody declares them.
  return new Date(Date.UTC(1899, 11, 30) + (serial + (is1904 ? DAYS_1904 : 0)) * DAY_MS).toISOString().slice(0, 10)
}

/** `2026/3/1`, `2026.3.1`, `20260301`, `2026年3月1日`. */
function toDay(text: string): string | undefined {
  const found = /^(\d{4})(?:[-/.年](\d{1,2})[-/.月](\d{1,2})日?|(\d{2})(\d{2}))$/.exec(text)
  if (!found) return undefined
  const [, year = '', month = found[4] ?? '', day = found[5] ?? ''] = found
  return `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`
}

function wrong(item: ItemShape, rule: string, en: string, zh: string, found: unknown): Typed {
  return {
    rule: `value.${rule}`,
    text: { en: `${item.name.en}: expected ${en}, found ${quoted(found)}`, zh: `${item.name.zh}：应为${zh}，实际为${quoted(found)}` },
  }
}
