import { escapeValue, markValue, toPlainDay, toPlainTime, toSendable } from '../edifact/index.ts'
import type { TemplateFormat } from './template-format.ts'
import { isAbsent, toText } from './template-text.ts'

/** A value cut into components. */
class Parts {
  readonly parts: readonly string[]
  constructor(parts: readonly string[]) {
    this.parts = parts
  }
}

/** Zone in which EDIFACT times without an offset are meant. */
const ZONE = 'Asia/Shanghai'

/**
 * Segments of UN/EDIFACT, one a line, without terminators and without UNB, UNH, UNT and UNZ: those are made when the message is put together,
 * where elements and segments without values fall away too.
 */
export const EDI: TemplateFormat = {
  extension: 'edi',
  contentType: 'application/edifact; charset=utf-8',
  escape: escapeValue,
  write(value, item) {
    if (value instanceof Parts) return markValue(item, value.parts.map((part) => escapeValue(toSendable(part))).join(':'))
    return markValue(item, isAbsent(value) ? '' : escapeValue(toSendable(toText(value))))
  },
  helpers: {
    /** `{{parts items.marks 35 10}}`: up to 10 components of 35 characters; a fourth number leaves out the first so many components. */
    parts: (value, size, count, skip) => {
      if (isAbsent(value)) return undefined
      const characters = [...toText(value)]
      const first = typeof skip === 'number' ? skip : 0
      const parts = Array.from({ length: Number(count) }, (_, index) => {
        const from = (first + index) * Number(size)
        return characters.slice(from, from + Number(size)).join('')
      }).filter((part) => part !== '')
      return parts.length === 0 ? undefined : new Parts(parts)
    },
    /** `{{rest items.name 350}}`: what is left of a text after so many characters. */
    rest: (value, from) => (isAbsent(value) ? undefined : [...toText(value)].slice(Number(from)).join('') || undefined),
    /** `{{date items.decl_date}}`: YYYYMMDD (format 102). */
    date: (value) => (typeof value === 'string' && value !== '' ? toPlainDay(value) : undefined),
    /** `{{time items.eta}}`: YYYYMMDDHHMM (format 203), in the zone of the port. */
    time: (value) => (typeof value === 'string' && value !== '' ? toPlainTime(value, ZONE) : undefined),
    /** `{{sequence @index}}`: 1, 2, 3. As a value it keeps the segment that starts a group, whatever else the row leaves out. */
    sequence: (index) => Number(index) + 1,
    /** `{{count items.lines}}`. */
    count: (list) => (Array.isArray(list) ? list.length : 0),
    /** `{{#each (rows @root.items.goods "bill_no" bill.bill_no) as |item|}}`: the rows of a group whose item has that value. */
    rows: (list, item, value) =>
      Array.isArray(list) ? list.filter((row: Readonly<Record<string, unknown>>) => row[String(item)] === value) : [],
    /** `{{#if (same items.ie_flag "E")}}`. */
    same: (value, other) => value === other,
    /** `{{#if (holds container.container_lines line.line_no)}}`. */
    holds: (list, value) => Array.isArray(list) && list.includes(value),
  },
}
