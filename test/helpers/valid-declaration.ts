import fc from 'fast-check'
import type { Json, JsonObject } from '../../engine/kernel/index.ts'
import type { Codelist, Forms, ItemError } from '../../engine/window/contract.ts'
import {
  containerCheckDigit,
  imoCheckDigit,
  organisationCheckCharacter,
  residentIdCheckCharacter,
  usccCheckCharacter,
} from '../../engine/window/forms/checksum.ts'
import { jsonFiles } from './form-files.ts'
import { RULE_KEEPERS } from './rule-keepers.ts'

/** Numbers from 0 to below 1, the same for the same seed. */
export type Random = () => number

export interface ValidOptions {
  readonly service?: string
  /** Rows of a group at most; 3 unless said. */
  readonly maxRows?: number
  /** Share of the items that may be left out which are; none unless said. */
  readonly leftOut?: number
}

/** Day of declaration of all random declarations. */
export const RANDOM_DAY = '2026-05-18'
const TEXTS = [
  'Hai Xing',
  '海星贸易有限公司',
  'نجمة البحر',
  'משלוח',
  "O'Neill & Söhne <Hamburg>",
  '𠮷田 😀',
  'line\nbreak',
  'Ünïcode "x"',
  'a+b:c?d*e',
]

/**
 * A declaration with the items of the form that its schema and its rules find right. What a rule finds wrong is left out again when
 * the form can do without; what a form cannot do without is made to fit by its keeper of rules.
 */
export function validDeclaration(forms: Forms, formId: string, random: Random, options: ValidOptions = {}): JsonObject {
  const schema = forms.schema(formId)
  if (schema === undefined) throw new Error(`Expected a form ${formId}, found none`)
  const maker = new Maker(forms, random, options)
  const made = declaredToday(maker.object(schema), schema)
  let data = RULE_KEEPERS[formId]?.(made, random, options.service) ?? made
  for (let round = 0; round < 60; round++) {
    const errors = forms.validate(formId, data, options.service === undefined ? {} : { service: options.service })
    if (errors.length === 0) return data
    const mended = round < 2 ? errors : errors.map((error) => elsewhere(error, formId, { schema, random }))
    data = mended.reduce((left, error) => mend(left, error, { schema, maker }), data)
    data = RULE_KEEPERS[formId]?.(data, random, options.service) ?? data
  }
  const [error] = forms.validate(formId, data, options.service === undefined ? {} : { service: options.service })
  if (error === undefined) return data
  throw new Error(`Expected a random declaration of form ${formId} to become right, but it keeps ${JSON.stringify(error)}`)
}

/** Rules compare days with the day of declaration: a fixed one leaves room on both sides. */
function declaredToday(data: JsonObject, schema: JsonObject): JsonObject {
  const item = typeof schema['x-day'] === 'string' ? schema['x-day'] : 'decl_date'
  const value = data[item]
  if (typeof value !== 'string') return data
  return { ...data, [item]: value.endsWith('Z') ? `${RANDOM_DAY}T02:15Z` : value.replace(/^.{10}/, RANDOM_DAY) }
}

/** Random numbers of one seed (mulberry32). */
export function toRandom(seed: number): Random {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}

class Maker {
  readonly #forms: Forms
  readonly #random: Random
  readonly #options: ValidOptions

  constructor(forms: Forms, random: Random, options: ValidOptions) {
    this.#forms = forms
    this.#random = random
    this.#options = options
  }

  object(schema: JsonObject): JsonObject {
    const required = new Set((schema.required ?? []) as readonly string[])
    const entries = Object.entries(schema.properties as Readonly<Record<string, JsonObject>>)
    const kept = entries.filter(([name]) => required.has(name) || this.#random() >= (this.#options.leftOut ?? 0))
    return Object.fromEntries(kept.map(([name, property]) => [name, this.value(property)]))
  }

  value(schema: JsonObject): Json {
    switch (schema.type) {
      case 'object':
        return this.object(schema)
      case 'array':
        return this.#list(schema)
      case 'boolean':
        return this.#random() < 0.5
      case 'integer':
        return this.#whole(Number(schema.minimum ?? 0), Math.min(Number(schema.maximum ?? 999), 99_999))
      case 'number':
        return this.#decimal(schema)
      default:
        return this.#text(schema)
    }
  }

  #list(schema: JsonObject): Json {
    const least = Math.max(Number(schema.minItems ?? 0), 1)
    const most = Math.min(Number(schema.maxItems ?? 3), Math.max(this.#options.maxRows ?? 3, least))
    const rows = Array.from({ length: this.#whole(least, most) }, () => this.value(schema.items as JsonObject))
    if (schema.uniqueItems !== true) return rows
    return [...new Map(rows.map((row) => [JSON.stringify(row), row])).values()]
  }

  #decimal(schema: JsonObject): Json {
    const { digits, scale } = (schema['x-decimal'] ?? { digits: 6, scale: 2 }) as { digits: number; scale: number }
    const places = Math.min(scale, 3)
    const steps = this.#whole(1, 10 ** Math.min(digits - scale + places, 7) - 1)
    const value = Number((steps / 10 ** places).toFixed(places))
    const least = Number(schema.minimum ?? schema.exclusiveMinimum ?? -50)
    return value < least ? least : Math.min(value, Number(schema.maximum ?? value))
  }

  #text(schema: JsonObject): string {
    const list = typeof schema['x-codelist'] === 'string' ? this.#forms.codelist(schema['x-codelist']) : undefined
    if (list !== undefined) return this.#pick(codesOf(list, schema.pattern))
    const maker = typeof schema.format === 'string' && Object.hasOwn(FORMATS, schema.format) ? FORMATS[schema.format] : undefined
    if (maker !== undefined) return maker(this.#random)
    if (typeof schema.pattern === 'string')
      return this.#pick(matchesOf(schema.pattern, Number(schema.maxLength ?? 40), Number(schema.minLength ?? 1)))
    return this.#plainText(Number(schema.maxLength ?? 40))
  }

  #plainText(maxLength: number): string {
    const text = `${this.#pick(TEXTS)} ${this.#whole(1, 999_999)}`
    const symbols = [...text]
    const cut = symbols.slice(Math.max(symbols.length - maxLength, 0)).join('')
    return cut.trim() === '' ? 'x' : cut
  }

  #whole(least: number, most: number): number {
    return least + Math.floor(this.#random() * (most - least + 1))
  }
  #pick(choices: readonly string[]): string {
    const found = choices[Math.floor(this.#random() * choices.length)]
    if (found === undefined) throw new Error('Expected at least one value to choose from, found none')
    return found
  }
}

const codesKnown = new WeakMap<Codelist, Map<unknown, readonly string[]>>()
function codesOf(list: Codelist, pattern: Json | undefined): readonly string[] {
  const byPattern = codesKnown.get(list) ?? new Map<unknown, readonly string[]>()
  codesKnown.set(list, byPattern)
  const form = typeof pattern === 'string' ? new RegExp(pattern, 'u') : /^/
  const codes = byPattern.get(pattern) ?? list.codes(RANDOM_DAY).filter((code) => form.test(code))
  byPattern.set(pattern, codes)
  return codes
}

const matchesKnown = new Map<string, readonly string[]>()
function matchesOf(pattern: string, maxLength: number, minLength: number): readonly string[] {
  const key = `${maxLength}/${minLength}/${pattern}`
  const known = matchesKnown.get(key)
  if (known !== undefined) return known
  const printable = fc
    .stringMatching(new RegExp(pattern, 'u'))
    .filter((text) => text.length <= maxLength && text.length >= minLength && /^[\x20-\x7e]+$/.test(text))
  const made = [...new Set(fc.sample(printable, { seed: 7, numRuns: 64 }))]
  matchesKnown.set(key, made)
  return made
}

const FORMATS: Readonly<Record<string, (random: Random) => string>> = {
  date: (random) => dayNear(random),
  'utc-minute': (random) => `${dayNear(random)}T${twoDigits(random, 24)}:${twoDigits(random, 60)}Z`,
  'date-time': (random) => `${dayNear(random)}T${twoDigits(random, 24)}:${twoDigits(random, 60)}:${twoDigits(random, 60)}+08:00`,
  uscc(random) {
    const organisation = letters(random, 8, '0123456789ABCDEFGHJKLMNPQRTUWXY')
    const code17 = `91350200${organisation}${organisationCheckCharacter(organisation)}`
    return `${code17}${usccCheckCharacter(code17)}`
  },
  iso6346(random) {
    const ten = `${letters(random, 3, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ')}U${letters(random, 6, '0123456789')}`
    return `${ten}${containerCheckDigit(ten)}`
  },
  imo(random) {
    const six = `9${letters(random, 5, '0123456789')}`
    return `${six}${imoCheckDigit(six)}`
  },
  mmsi: (random) => `41${letters(random, 1, '234')}${letters(random, 6, '0123456789')}`,
  'resident-id'(random) {
    const code17 = `350203${dayBetween(random, 1950, 2005).replaceAll('-', '')}${letters(random, 3, '0123456789')}`
    return `${code17}${residentIdCheckCharacter(code17)}`
  },
  'declaration-number': (random) => `37002026${letters(random, 1, '01')}${letters(random, 9, '0123456789')}`,
}

function dayNear(random: Random): string {
  return dayBetween(random, 2026, 2027)
}
function dayBetween(random: Random, from: number, to: number): string {
  const year = from + Math.floor(random() * (to - from + 1))
  return `${year}-${String(1 + Math.floor(random() * 12)).padStart(2, '0')}-${String(1 + Math.floor(random() * 28)).padStart(2, '0')}`
}
function twoDigits(random: Random, below: number): string {
  return String(Math.floor(random() * below)).padStart(2, '0')
}
function letters(random: Random, count: number, alphabet: string): string {
  return Array.from({ length: count }, () => alphabet.charAt(Math.floor(random() * alphabet.length))).join('')
}

/** A rule can often be kept by another item than the one it marks: gives a random one of those that it names. */
function elsewhere(error: ItemError, formId: string, { schema, random }: { schema: JsonObject; random: Random }): ItemError {
  const rule = rulesOf(formId).find(({ id }) => id === error.rule)
  if (rule === undefined) return error
  const rows = error.group === undefined ? undefined : (schema.properties as Readonly<Record<string, JsonObject>>)[error.group]?.items
  const words = [...new Set(JSON.stringify([rule.check, rule.when, rule.reads]).match(/[A-Za-z_]\w*/g) ?? [])]
  const places: ItemError[] = [
    ...words
      .filter((word) => Object.hasOwn(schema.properties as object, word))
      .map((item) => ({ item, rule: error.rule, text: error.text })),
    ...words
      .filter((word) => rows !== undefined && Object.hasOwn((rows as JsonObject).properties as object, word))
      .map((item) => ({ ...error, item })),
  ]
  return places[Math.floor(random() * places.length)] ?? error
}

const rulesKnown = new Map<string, readonly JsonObject[]>()
function rulesOf(formId: string): readonly JsonObject[] {
  const known = rulesKnown.get(formId) ?? ((jsonFiles('declarations', '.rules.json').get(formId)?.rules ?? []) as readonly JsonObject[])
  rulesKnown.set(formId, known)
  return known
}

/** Leaves out what the error marks; what the form cannot do without, or what is missing, is made anew. */
function mend(data: JsonObject, { item, group, line }: ItemError, { schema, maker }: { schema: JsonObject; maker: Maker }): JsonObject {
  const [id = ''] = item.split('.')
  const properties = schema.properties as Readonly<Record<string, JsonObject>>
  if (group === undefined || line === undefined) return mendItem(data, id, { holder: schema, maker })
  const rows = data[group]
  const row = properties[group]?.items as JsonObject | undefined
  if (!Array.isArray(rows) || row === undefined) return data
  if (id === group) return { ...data, [group]: rows.filter((_, index) => index !== line - 1) }
  return {
    ...data,
    [group]: rows.map((each, index) => (index === line - 1 ? mendItem(each as JsonObject, id, { holder: row, maker }) : each)),
  }
}

function mendItem(data: JsonObject, id: string, { holder, maker }: { holder: JsonObject; maker: Maker }): JsonObject {
  const property = (holder.properties as Readonly<Record<string, JsonObject>>)[id]
  if (property === undefined) return omit(data, id)
  const required = ((holder.required ?? []) as readonly string[]).includes(id)
  return required || !Object.hasOwn(data, id) ? { ...data, [id]: maker.value(property) } : omit(data, id)
}

function omit(data: JsonObject, name: string): JsonObject {
  return Object.fromEntries(Object.entries(data).filter(([key]) => key !== name))
}
