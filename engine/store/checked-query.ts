import { type Condition, type Query, type Scalar, StoreFailure } from './port.ts'
import type { FieldType } from './table-fields.ts'

/** A query whose fields, operators and values are known to fit. Stores translate it without further checks. */
export interface CheckedQuery {
  readonly all: readonly FieldTest[]
  /** Absent: no such demand. Empty: nothing matches. */
  readonly anyOf?: readonly (readonly FieldTest[])[]
  readonly sort: readonly { readonly field: string; readonly order: 'asc' | 'desc' }[]
  readonly from: number
  readonly limit: number
}
export type FieldTest = { readonly field: string; readonly type: FieldType } & (
  | { readonly op: 'eq' | 'neq'; readonly value: Scalar }
  | { readonly op: 'gt' | 'gte' | 'lt' | 'lte'; readonly value: number | string }
  | { readonly op: 'in'; readonly value: readonly Scalar[] }
  | { readonly op: 'like'; readonly value: string }
  | { readonly op: 'exists'; readonly value: boolean }
)

const DEFAULT_LIMIT = 100
const MAX_LIMIT = 1_000
const OPERATORS = ['eq', 'neq', 'in', 'gt', 'gte', 'lt', 'lte', 'like', 'exists'] as const
type Operator = (typeof OPERATORS)[number]

/** @throws StoreFailure `INVALID_ARGUMENT` that names what is wrong and what is possible. */
export function checkQuery(query: Query, fields: Readonly<Record<string, FieldType>>): CheckedQuery {
  const { from = 0, limit = DEFAULT_LIMIT, sort = [] } = query
  if (!Number.isInteger(from) || from < 0) throw invalid(`Expected "from" to be a whole number of at least 0, found ${from}`)
  if (!Number.isInteger(limit) || limit < 0 || limit > MAX_LIMIT) {
    throw invalid(`Expected "limit" to be a whole number from 0 to ${MAX_LIMIT}, found ${limit}`)
  }
  for (const { field, order } of sort) {
    const type = typeOf(field, fields)
    if (type === 'texts') throw invalid(`Field "${field}" is a list and cannot be sorted by`)
    if (order !== 'asc' && order !== 'desc') throw invalid(`Expected sort order "asc" or "desc", found "${order}"`)
  }
  return {
    all: checkConditions(query.filter ?? {}, fields),
    ...(query.anyOf && { anyOf: query.anyOf.map((one) => checkConditions(one, fields)) }),
    sort,
    from,
    limit,
  }
}

function checkConditions(filter: Readonly<Record<string, Condition>>, fields: Readonly<Record<string, FieldType>>): FieldTest[] {
  return Object.entries(filter).flatMap(([field, condition]) => {
    const type = typeOf(field, fields)
    if (condition === undefined) return []
    if (typeof condition !== 'object' || condition === null) return [checkTest(field, type, 'eq', condition)]
    return Object.entries(condition).flatMap(([op, value]) => {
      if (!(OPERATORS as readonly string[]).includes(op)) {
        throw invalid(`Unknown operator "${op}" on field "${field}"; known are ${OPERATORS.join(', ')}`)
      }
      return value === undefined ? [] : [checkTest(field, type, op as Operator, value)]
    })
  })
}

function checkTest(field: string, type: FieldType, op: Operator, value: unknown): FieldTest {
  if (!isFit(type, op, value)) {
    throw invalid(
      `Operator "${op}" on field "${field}" (${type === 'texts' ? 'list of texts' : type}) cannot take ${JSON.stringify(value)}`,
    )
  }
  return { field, type, op, value } as FieldTest
}

function isFit(type: FieldType, op: Operator, value: unknown): boolean {
  switch (op) {
    case 'exists':
      return typeof value === 'boolean'
    case 'in':
      return Array.isArray(value) && value.every((one) => isOfType(type, one))
    case 'like':
      return typeof value === 'string' && (type === 'text' || type === 'any')
    case 'eq':
    case 'neq':
      return isOfType(type, value)
    default:
      return type !== 'texts' && typeof value !== 'boolean' && isOfType(type, value)
  }
}

function isOfType(type: FieldType, value: unknown): boolean {
  switch (type) {
    case 'number':
      return typeof value === 'number' && Number.isFinite(value)
    case 'boolean':
      return typeof value === 'boolean'
    case 'any':
      return typeof value === 'string' || typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value))
    default:
      return typeof value === 'string'
  }
}

function typeOf(field: string, fields: Readonly<Record<string, FieldType>>): FieldType {
  const type = Object.hasOwn(fields, field) ? fields[field] : undefined
  if (type !== undefined && type !== 'json') return type
  const known = Object.keys(fields).filter((name) => fields[name] !== 'json')
  throw invalid(`Field "${field}" cannot be searched or sorted by; known are ${known.join(', ')}`)
}

function invalid(message: string): StoreFailure {
  return new StoreFailure('INVALID_ARGUMENT', message)
}
