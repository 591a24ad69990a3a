import { Decimal } from 'decimal.js'
import Handlebars from 'handlebars'
import type { Codelist } from '../contract.ts'
import { EDI } from './edifact-format.ts'
import { isAbsent, toText } from './template-text.ts'

/** An output format: how plain text is made safe in it, and what may be used in its templates beside the common helpers. */
export interface TemplateFormat {
  readonly extension: 'xml' | 'json' | 'html' | 'pdf' | 'edi'
  readonly contentType: string
  escape(text: string): string
  /** Instead of `escape`, where a format must know what is absent, and which item a value is of. */
  write?(value: unknown, item: string): string
  readonly helpers: Readonly<Record<string, (...values: unknown[]) => unknown>>
}

const { SafeString } = Handlebars

/** Characters that XML 1.0 cannot hold in any writing; half surrogates among them. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to replace
const NOT_XML = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]|\p{Surrogate}/gu
// Line breaks and tabs are written as references: a parser would turn them into blanks or drop carriage returns.
const XML_REFERENCES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
  '\n': '&#10;',
  '\r': '&#13;',
  '\t': '&#9;',
}

const XML: TemplateFormat = {
  extension: 'xml',
  contentType: 'application/xml; charset=utf-8',
  escape: (text) => text.replaceAll(NOT_XML, '\uFFFD').replaceAll(/[&<>"'\n\r\t]/g, (symbol) => XML_REFERENCES[symbol] ?? symbol),
  helpers: {
    /** `{{tag "GNo" line.line_no}}`: an element, or nothing when there is no value. */
    tag: (name, value) => (isAbsent(value) ? '' : new SafeString(`<${String(name)}>${XML.escape(toText(value))}</${String(name)}>`)),
  },
}

const JSON_TEXT: TemplateFormat = {
  extension: 'json',
  contentType: 'application/json; charset=utf-8',
  escape: (text) => jsonText(text).slice(1, -1),
  helpers: {
    /** `{{json line.line_no}}`: the value as JSON; null when there is none. */
    json: (value) => new SafeString(value === undefined ? 'null' : jsonText(value)),
  },
}

const ISO_TIME = /^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2})(?::\d{2}(?:\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/

const HTML: TemplateFormat = {
  extension: 'html',
  contentType: 'text/html; charset=utf-8',
  escape: (text) => Handlebars.escapeExpression(text.replaceAll(NOT_XML, '\uFFFD')),
  helpers: {
    /** `{{shown value}}`: the value, or a dash when there is none. */
    shown: (value) => (isAbsent(value) ? '—' : toText(value)),
    /** `{{dayTime issuedAt}}`: an ISO 8601 time as people write it, to the minute, with its offset. */
    dayTime: (value) => (typeof value === 'string' ? value.replace(ISO_TIME, '$1 $2 ($3)') : value),
  },
}

/** A template of a PDF writes a page description; its elements are in `forms/documents/README.md`. */
const PDF: TemplateFormat = {
  extension: 'pdf',
  contentType: 'application/pdf',
  escape: XML.escape,
  helpers: {
    shown: (value) => (isAbsent(value) ? '—' : toText(value)),
    dayTime: (value) => (typeof value === 'string' ? value.replace(MODEL_TIME, '$1 $2 ($3)').replace(' ()', '') : value),
    /** `{{both licence.type}}`: a text in both languages, Chinese first. */
    both: (value) => {
      if (typeof value !== 'object' || value === null) return value
      const { zh, en } = value as { readonly zh?: unknown; readonly en?: unknown }
      return [zh, en].filter((text) => typeof text === 'string' && text !== '').join(' ')
    },
    /** `{{day bill.dueOn}}`: the day of a date or a time. */
    day: (value) => (typeof value === 'string' ? value.slice(0, ISO_DAY_LENGTH) : value),
    /** `{{money bill.total}}`: 1,234,567.50. */
    money: (value) => (isAbsent(value) || !isNumeric(value) ? value : grouped(new Decimal(value as string).toFixed(2))),
    /** `{{percent line.dutyRate}}`: 0.08 as 8 %. */
    percent: (value) => (isAbsent(value) || !isNumeric(value) ? value : `${new Decimal(value as string).times(100).toFixed()} %`),
  },
}
/** A time as models hold it: FEEL writes zones as offset or by name. */
const MODEL_TIME = /^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2})(?::\d{2}(?:\.\d+)?)?(Z|[+-]\d{2}:\d{2})?(?:@[\w/]+|\[[\w/]+\])?$/
const ISO_DAY_LENGTH = 10

function isNumeric(value: unknown): boolean {
  return typeof value === 'number' || (typeof value === 'string' && /^-?\d+(?:\.\d+)?$/.test(value))
}
function grouped(digits: string): string {
  return digits.replaceAll(/\B(?=(?:\d{3})+\.)/g, ',')
}

export const TEMPLATE_FORMATS: readonly TemplateFormat[] = [XML, JSON_TEXT, HTML, PDF, EDI]

/** Helpers that every format has. */
export function commonHelpers(codelists: ReadonlyMap<string, Codelist>): TemplateFormat['helpers'] {
  const column = (code: unknown, listId: unknown, name: (entry: Readonly<Record<string, unknown>>) => unknown) => {
    if (isAbsent(code)) return undefined
    const list = codelists.get(String(listId))
    if (list === undefined) throw new Error(`Expected a code list ${String(listId)} for a template, but there is none`)
    const entry = list.find(toText(code))
    // A code without a counterpart goes out as it came in: the agency can then say that it does not know it.
    return entry === undefined ? code : (name(entry) ?? code)
  }
  return {
    /** `{{map line.unit_declared "units" "unrec20"}}`: the agency's own code. */
    map: (code, listId, key) => column(code, listId, (entry) => entry[String(key)]),
    /** `{{codeName code "countries" "zh"}}`. */
    codeName: (code, listId, language) => column(code, listId, (entry) => (entry.name as Record<string, unknown>)[String(language)]),
    /** `{{codeNames code "countries"}}`: Chinese and English name, or the code when the list does not have it. */
    codeNames: (code, listId) => {
      const names = ['zh', 'en'].map((language) => column(code, listId, (entry) => (entry.name as Record<string, unknown>)[language]))
      return names.every((name) => name === code) ? code : names.join(' ')
    },
    /** `{{decimal value 2}}`: plain notation with at least that many places. */
    decimal: (value, places) => {
      if (typeof value !== 'number') return value
      const decimal = new Decimal(value)
      return decimal.toFixed(Math.max(decimal.decimalPlaces(), typeof places === 'number' ? places : 0))
    },
    /** `{{join line.goods_attr ","}}`. */
    join: (list, separator) => (Array.isArray(list) ? list.map(toText).join(String(separator)) : list),
    /** True when any of the values is there. */
    any: (...values) => values.some((value) => !isAbsent(value)),
  }
}

// < and the line separators are escaped too, so that the text is safe inside HTML and script.
function jsonText(value: unknown): string {
  return JSON.stringify(value).replaceAll(/[<\u2028\u2029]/g, (symbol) => `\\u${symbol.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
