import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js'
import { Decimal } from 'decimal.js'
import type { Json, JsonObject } from '../../kernel/index.ts'
import type { Codelist } from '../contract.ts'
import { isCalendarDay, isDateTime, isPlainText, isUtcMinute } from './checksum.ts'
import type { DeclarationForm } from './declaration-form.ts'
import { IDENTIFIERS } from './identifier.ts'

/** Digits in front of and behind the decimal point together, and behind it. */
export interface DecimalLimits {
  readonly digits: number
  readonly scale: number
}

// A double holds every decimal of this many significant digits exactly; more would be altered in silence.
const EXACT_DIGITS = 15

const ANNOTATIONS = [
  'x-title-zh',
  'x-level',
  'x-agencies',
  'x-group',
  'x-dictionary',
  'x-required-for',
  'x-expected',
  'x-day',
  'x-type',
  'x-format',
  'x-unit',
  'x-reference',
  'x-tag',
]

/** What decides beside the data: the day whose codes are valid, and the service that is declared for. */
export interface CheckContext {
  readonly day: string | undefined
  readonly service: string | undefined
}

/** Compiles the form's schema once. The result gives every error of the data, in no certain order. */
export function compileSchemaCheck(
  form: DeclarationForm,
  codelists: ReadonlyMap<string, Codelist>,
): (data: Json, context: CheckContext) => readonly ErrorObject[] {
  // Own properties only: a data item must never be answered by something of Object.prototype.
  // The schemas keep to the meta-schema (a test holds them to it); to look again at every start would double its time.
  const ajv = new Ajv2020({ allErrors: true, verbose: true, ownProperties: true, strict: true, passContext: true, validateSchema: false })
  ajv.addVocabulary(ANNOTATIONS)
  ajv.addKeyword({
    keyword: 'x-codelist',
    schemaType: 'string',
    type: 'string',
    error: { message: 'is not in the list' },
    compile: (listId: string) => codeCheck(listId, codelists),
  })
  ajv.addKeyword({
    keyword: 'x-decimal',
    type: 'number',
    schemaType: 'object',
    error: { message: 'has too many digits' },
    validate: (limits: DecimalLimits, value: number) => fitsDecimal(value, limits),
  })
  for (const [name, { findProblem }] of Object.entries(IDENTIFIERS))
    ajv.addFormat(name, (value: string) => findProblem(value) === undefined)
  ajv.addFormat('date', isCalendarDay)
  ajv.addFormat('utc-minute', isUtcMinute)
  ajv.addFormat('date-time', isDateTime)
  ajv.addFormat('plain-text', isPlainText)
  const check = ajv.compile(form.schema)
  const asked = askedForServices(form)
  return (data, context) => {
    const errors = check.call(context as unknown as typeof check, data) ? [] : (check.errors ?? [])
    return [...errors, ...missingItems(asked, data, context.service)]
  }
}

/** True when the number is exact and has no more digits than the item takes. */
export function fitsDecimal(value: number, limits: DecimalLimits): boolean {
  const decimal = new Decimal(value)
  const whole = Math.max(decimal.e + 1, 1)
  return decimal.sd() <= EXACT_DIGITS && decimal.decimalPlaces() <= limits.scale && whole <= limits.digits - limits.scale
}

function codeCheck(listId: string, codelists: ReadonlyMap<string, Codelist>) {
  const list = codelists.get(listId)
  if (list === undefined) throw new Error(`Expected a code list ${listId} in forms/codelists, but there is none`)
  // A plain function: ajv hands the context over as `this`.
  return function isValidCode(this: CheckContext, code: string) {
    return list.validity(code, this.day).kind === 'valid'
  }
}

// items that some services ask for

interface AskedItem {
  readonly id: string
  readonly group: string | undefined
  readonly services: readonly string[]
}

function askedForServices(form: DeclarationForm): readonly AskedItem[] {
  return form.items.flatMap(({ id, group, schema }) => {
    const services = schema['x-required-for']
    return Array.isArray(services) ? [{ id, group, services: services as readonly string[] }] : []
  })
}

function missingItems(asked: readonly AskedItem[], data: Json, service: string | undefined): readonly ErrorObject[] {
  if (service === undefined || !isObject(data)) return []
  return asked
    .filter(({ services }) => services.includes(service))
    .flatMap(({ id, group }) => {
      if (group === undefined) return Object.hasOwn(data, id) ? [] : [missingError('', id)]
      const rows = Object.hasOwn(data, group) ? data[group] : undefined
      return (Array.isArray(rows) ? rows : []).flatMap((row, index) =>
        isObject(row) && !Object.hasOwn(row, id) ? [missingError(`/${group}/${index}`, id)] : [],
      )
    })
}

function missingError(instancePath: string, missingProperty: string): ErrorObject {
  return { keyword: 'required', instancePath, schemaPath: '#/x-required-for', params: { missingProperty } }
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
