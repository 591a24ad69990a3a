import type { ErrorObject } from 'ajv'
import type { Json, JsonObject } from '../../kernel/index.ts'
import type { Codelist, ItemError, Text, ValidateOptions } from '../contract.ts'
import { declarationDay } from './declaration-day.ts'
import { type DeclarationForm, titleOf } from './declaration-form.ts'
import { formOrder, type Place, toPlace } from './error-place.ts'
import { rowsWording, wordError } from './error-text.ts'
import { IDENTIFIERS } from './identifier.ts'
import type { RuleCheck } from './rule-check.ts'
import { compileSchemaCheck } from './schema-check.ts'

/** Rows of a list that are looked at one by one even when the form takes fewer; of a longer one only as many as the form takes. */
const MIN_CHECKED_ROWS = 500
/** Fields beyond those of the form that are looked at, to name them. */
const UNKNOWN_FIELDS = 200

/** Makes the check of a form: its schema, then its rules where the schema left nothing to mend. */
export function toDeclarationCheck(
  form: DeclarationForm,
  codelists: ReadonlyMap<string, Codelist>,
  rules: RuleCheck,
): (data: Json, options?: ValidateOptions) => readonly ItemError[] {
  const checkSchema = compileSchemaCheck(form, codelists)
  const order = formOrder(form)
  const names = toNames(form)
  return (data, { service, day: otherDay } = {}) => {
    const { cut, errors: sizeErrors } = cutToLimits(form, names, data)
    const day = declarationDay(form, cut) ?? otherDay
    const schemaErrors = withoutEchoes(checkSchema(cut, { day, service })).map((error) =>
      toItemError(form, error, { names, codelists, day }),
    )
    const errors = distinct([...sizeErrors, ...schemaErrors].sort(order))
    if (!isObject(cut)) return errors
    return [...errors, ...[...rules(cut, errors, { day, service })].sort(order)]
  }
}

function toItemError(
  form: DeclarationForm,
  error: ErrorObject,
  { names, ...context }: { names: PlaceNames; codelists: ReadonlyMap<string, Codelist>; day: string | undefined },
): ItemError {
  const segments = error.instancePath.split('/').slice(1).map(unescapePointer)
  const missing = error.params.missingProperty ?? error.params.additionalProperty
  if (typeof missing === 'string') segments.push([...missing].slice(0, 64).join(''))
  const place = toPlace(form, segments)
  const { rule, text } = wordError(error, { name: names(place), ...context })
  return { ...place, rule: `schema.${rule}`, text }
}

type PlaceNames = (place: Place) => Text

/** Gives the name of an item, or of the group when the place is a whole group or row. */
function toNames(form: DeclarationForm): PlaceNames {
  const items = new Map(form.items.map((item) => [`${item.group ?? ''}/${item.id}`, item]))
  return (place) => {
    const [id = '', part] = place.item.split('.')
    const group = form.groups.get(id)
    if (group !== undefined && (place.group === id || place.group === undefined)) return group.name
    const item = items.get(`${place.group ?? ''}/${id}`)
    if (item === undefined) return place.item === '' ? titleOf(form.schema) : { en: place.item, zh: place.item }
    const partSchema = part === undefined ? undefined : (item.schema.properties as JsonObject | undefined)?.[part]
    if (partSchema === undefined) return item.name
    const partName = titleOf(partSchema as JsonObject)
    return { en: `${item.name.en}, ${partName.en}`, zh: `${item.name.zh}（${partName.zh}）` }
  }
}

// A code of the wrong form is not in its list either, and an identifier of the wrong length fails its check: one error says it.
function withoutEchoes(errors: readonly ErrorObject[]): readonly ErrorObject[] {
  const malformed = new Set(errors.filter((error) => error.keyword === 'pattern').map((error) => error.instancePath))
  const misnumbered = new Set(
    errors
      .filter((error) => error.keyword === 'format' && Object.hasOwn(IDENTIFIERS, String(error.params.format)))
      .map((error) => error.instancePath),
  )
  const empty = new Set(errors.filter((error) => error.keyword === 'minLength' && error.data === '').map((error) => error.instancePath))
  return errors.filter((error) => {
    const path = error.instancePath
    if (error.keyword === 'x-codelist') return !malformed.has(path)
    if (error.keyword === 'minLength' || error.keyword === 'maxLength') return !misnumbered.has(path)
    return error.keyword !== 'pattern' || !empty.has(path)
  })
}

function distinct(errors: readonly ItemError[]): readonly ItemError[] {
  const seen = new Set<string>()
  return errors.filter((error) => {
    const key = JSON.stringify([error.group, error.line, error.item, error.rule])
    return !seen.has(key) && seen.add(key)
  })
}

// limits

// One request must not make millions of errors: what is far beyond the form is refused as a whole and cut before it is checked.
function cutToLimits(form: DeclarationForm, names: PlaceNames, data: Json): { readonly cut: Json; readonly errors: readonly ItemError[] } {
  const errors: ItemError[] = []
  const cutObject = (object: JsonObject, path: readonly string[]): JsonObject => {
    const fields = Object.entries(object)
    const most = UNKNOWN_FIELDS + (path.length === 0 ? Object.keys(form.schema.properties as JsonObject).length : 0)
    if (fields.length > most) {
      const text = {
        en: `Expected at most ${most} fields, found ${fields.length}; only the first are checked`,
        zh: `最多${most}个字段，实际为${fields.length}个，只检查前面的字段`,
      }
      errors.push({ ...toPlace(form, path), rule: 'schema.fields', text })
    }
    return Object.fromEntries(fields.slice(0, most).map(([name, value]) => [name, cutValue(value, [...path, name])]))
  }
  const cutValue = (value: Json, path: readonly string[]): Json => {
    if (Array.isArray(value)) return cutList(value, path)
    return isObject(value) && path.length < DEEPEST_OBJECT ? cutObject(value, path) : value
  }
  const cutList = (list: readonly Json[], path: readonly string[]): Json => {
    const place = toPlace(form, path)
    const item = form.items.find((each) => each.id === place.item && each.group === place.group)
    const limit = form.groups.get(place.item)?.maxRows ?? Number(item?.schema.maxItems ?? 0)
    if (list.length <= Math.max(MIN_CHECKED_ROWS, limit))
      return path.length > DEEPEST_OBJECT ? list : list.map((row, index) => cutValue(row, [...path, String(index)]))
    const { rule, text } = rowsWording(names(place), 'at most', '最多', limit, list.length)
    errors.push({ ...place, rule: `schema.${rule}`, text })
    // Empty stays possible here: a list that is not expected at all gets its type error as well.
    return cutList(list.slice(0, limit), path)
  }
  return { cut: cutValue(data, []), errors }
}
// /lines/0/freight: below that the schema knows no objects, and unknown ones are not looked into.
const DEEPEST_OBJECT = 4

function isObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function unescapePointer(segment: string): string {
  return segment.replaceAll('~1', '/').replaceAll('~0', '~')
}
