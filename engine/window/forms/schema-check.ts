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
  const services = new Set(servicesNamed(form.schema))
  const ofService = new Map<string, typeof check>()
  const checkFor = (service: string | undefined): typeof check => {
    if (service === undefined || !services.has(service)) return check
    const known = ofService.get(service) ?? ajv.compile(withRequired(form.schema, service))
    ofService.set(service, known)
    return known
  }
  return (data, context) => {
    const chosen = checkFor(context.service)
    return chosen.call(context as unknown as typeof chosen, data) ? [] : (chosen.errors ?? [])
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

// required items

/** Services for which the form asks for more than for the others. */
function servicesNamed(schema: JsonObject): readonly string[] {
  return [...new Set(objectSchemas(schema).flatMap(({ properties }) => Object.values(properties as JsonObject).flatMap(requiredFor)))]
}

function requiredFor(property: Json): readonly string[] {
  return ((property as JsonObject)['x-required-for'] ?? []) as readonly string[]
}

/** The schema of the header and those of the groups' rows. */
function objectSchemas(schema: JsonObject): readonly JsonObject[] {
  const properties = Object.values((schema.properties ?? {}) as JsonObject) as readonly JsonObject[]
  return [schema, ...properties.flatMap((property) => ('x-group' in property ? [property.items as JsonObject] : []))]
}

function withRequired(schema: JsonObject, service: string): JsonObject {
  const properties = Object.entries(schema.properties as JsonObject) as readonly (readonly [string, JsonObject])[]
  const more = properties.filter(([, property]) => requiredFor(property).includes(service)).map(([name]) => name)
  const changed = properties.map(([name, property]) =>
    'x-group' in property ? [name, { ...property, items: withRequired(property.items as JsonObject, service) }] : [name, property],
  )
  const { $id: _, ...rest } = schema
  return {
    ...rest,
    required: [...new Set([...((schema.required ?? []) as readonly string[]), ...more])],
    properties: Object.fromEntries(changed) as JsonObject,
  }
}
