import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js'
import { Decimal } from 'decimal.js'
import type { Json } from '../../kernel/index.ts'
import { findContainerProblem, findUsccProblem, isCalendarDay, isPlainText } from './checksum.ts'
import type { Codelist } from './codelist.ts'
import type { DeclarationForm } from './declaration-form.ts'

/** Digits in front of and behind the decimal point together, and behind it. */
export interface DecimalLimits {
  readonly digits: number
  readonly scale: number
}

// A double holds every decimal of this many significant digits exactly; more would be altered in silence.
const EXACT_DIGITS = 15

const ANNOTATIONS = ['x-title-zh', 'x-level', 'x-agencies', 'x-group', 'x-dictionary', 'x-required-for', 'x-expected']

/** Compiles the form's schema once. The result gives every error of the data, in no certain order. */
export function compileSchemaCheck(
  form: DeclarationForm,
  codelists: ReadonlyMap<string, Codelist>,
): (data: Json) => readonly ErrorObject[] {
  // Own properties only: a data item must never be answered by something of Object.prototype.
  const ajv = new Ajv2020({ allErrors: true, verbose: true, ownProperties: true, strict: true })
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
  ajv.addFormat('uscc', (value: string) => findUsccProblem(value) === undefined)
  ajv.addFormat('iso6346', (value: string) => findContainerProblem(value) === undefined)
  ajv.addFormat('date', isCalendarDay)
  ajv.addFormat('plain-text', isPlainText)
  const check = ajv.compile(form.schema)
  return (data) => (check(data) ? [] : (check.errors ?? []))
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
  return (code: string, context?: { rootData: unknown }) => list.holds(code, declarationDay(context?.rootData))
}

/** The day that decides which codes are valid: the date of declaration, when it is given and is a day. */
export function declarationDay(data: unknown): string | undefined {
  const day =
    typeof data === 'object' && data !== null && Object.hasOwn(data, 'decl_date') ? (data as { decl_date: unknown }).decl_date : undefined
  return typeof day === 'string' && isCalendarDay(day) ? day : undefined
}
