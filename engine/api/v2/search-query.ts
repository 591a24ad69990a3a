import type { TObject, TSchema } from 'typebox'
import { Type } from 'typebox'
import type { Condition, Query, Scalar, Store, TableName, Tables } from '../../store/index.ts'
import { ProblemError } from '../problem.ts'
import { closed } from '../schema.ts'

/** How a field of a filter is compared: times come as ISO text, enumerated values in any letter case. */
type FieldKind = 'text' | 'enum' | 'integer' | 'time' | 'boolean'
export interface SearchField {
  /** Column of the row. */
  readonly column: string
  readonly kind: FieldKind
}
export type SearchFields = Readonly<Record<string, SearchField>>

export interface SearchBody {
  readonly page?: { readonly from?: number; readonly limit?: number; readonly after?: string; readonly before?: string }
  readonly sort?: readonly { readonly field: string; readonly order?: string }[]
  readonly filter?: Readonly<Record<string, unknown>>
}
export interface SearchPage<T> {
  readonly items: readonly T[]
  readonly page: {
    readonly totalItems: number
    readonly hasMoreTotalItems: boolean
    readonly startCursor: string | undefined
    readonly endCursor: string | undefined
  }
}

const DEFAULT_LIMIT = 100
const LARGEST_LIMIT = 10_000
/** What one read of the store gives at most. */
const CHUNK = 1_000

const VALUE: Readonly<Record<FieldKind, TSchema>> = {
  text: Type.String(),
  enum: Type.String(),
  integer: Type.Integer(),
  time: Type.String({ format: 'date-time' }),
  boolean: Type.Boolean(),
}

/** Schema of a search body over the fields. */
export function searchBodySchema(fields: SearchFields): TObject {
  const filter = Object.fromEntries(Object.entries(fields).map(([name, { kind }]) => [name, Type.Optional(filterValue(VALUE[kind]))]))
  const cursor = Type.String({ maxLength: 200 })
  return closed({
    page: Type.Optional(
      closed({
        from: Type.Optional(Type.Integer({ minimum: 0 })),
        limit: Type.Optional(Type.Integer({ minimum: 1, maximum: LARGEST_LIMIT })),
        after: Type.Optional(cursor),
        before: Type.Optional(cursor),
      }),
    ),
    sort: Type.Optional(
      Type.Array(
        closed({ field: Type.Enum(Object.keys(fields)), order: Type.Optional(Type.String({ pattern: '^(?:asc|desc|ASC|DESC)$' })) }),
        { maxItems: 10 },
      ),
    ),
    filter: Type.Optional(closed(filter)),
  })
}
function filterValue(value: TSchema): TSchema {
  const one = Type.Optional(value)
  const list = Type.Optional(Type.Array(value, { maxItems: 1_000 }))
  const operators = closed({
    $eq: one,
    $neq: one,
    $exists: Type.Optional(Type.Boolean()),
    $in: list,
    $notIn: list,
    $like: Type.Optional(Type.String()),
    $gt: one,
    $gte: one,
    $lt: one,
    $lte: one,
  })
  return Type.Union([value, operators])
}

/** Answer schema: any item, and where in the result one is. */
export function searchAnswerSchema(item: TSchema): TSchema {
  const cursor = Type.Optional(Type.String())
  return Type.Object({
    items: Type.Array(item),
    page: Type.Object({ totalItems: Type.Integer(), hasMoreTotalItems: Type.Boolean(), startCursor: cursor, endCursor: cursor }),
  })
}

/** Runs a search over a table. */
export async function searchTable<T extends TableName>(
  store: Store,
  table: T,
  fields: SearchFields,
  body: SearchBody,
): Promise<SearchPage<Tables[T]>> {
  const { from, limit } = range(body)
  const query: Query = { filter: toFilter(fields, body.filter ?? {}), sort: toSort(fields, body) }
  const items: Tables[T][] = []
  let total = 0
  do {
    const page = await store.search(table, { ...query, from: from + items.length, limit: Math.min(CHUNK, limit - items.length) })
    total = page.total
    items.push(...page.items)
    if (page.items.length === 0) break
  } while (items.length < limit && from + items.length < total)
  return { items, page: pageInfo(from, items.length, total) }
}

/** The same over rows at hand (definitions are all in memory). */
export function searchRows<R extends object>(rows: readonly R[], fields: SearchFields, body: SearchBody): SearchPage<R> {
  const { from, limit } = range(body)
  const conditions = Object.entries(toFilter(fields, body.filter ?? {}))
  const found = rows.filter((row) =>
    conditions.every(([column, condition]) => matches((row as Record<string, unknown>)[column], condition)),
  )
  for (const { field, order } of [...toSort(fields, body)].reverse()) {
    const sign = order === 'asc' ? 1 : -1
    found.sort((a, b) => sign * compare((a as Record<string, unknown>)[field], (b as Record<string, unknown>)[field]))
  }
  const items = found.slice(from, from + limit)
  return { items, page: pageInfo(from, items.length, found.length) }
}

function pageInfo(from: number, count: number, total: number): SearchPage<never>['page'] {
  return {
    totalItems: total,
    hasMoreTotalItems: false,
    startCursor: count === 0 ? undefined : cursorOf(from),
    endCursor: count === 0 ? undefined : cursorOf(from + count),
  }
}

/** A cursor is the place in the result, before the first or behind the last item. */
function cursorOf(offset: number): string {
  return Buffer.from(`o${offset}`).toString('base64')
}
function offsetOf(cursor: string): number {
  const match = /^o(\d{1,9})$/.exec(Buffer.from(cursor, 'base64').toString('utf8'))
  if (!match) throw new ProblemError('INVALID_ARGUMENT', `Expected a cursor of an earlier answer, but found ${JSON.stringify(cursor)}`)
  return Number(match[1])
}
function range(body: SearchBody): { from: number; limit: number } {
  const { from, limit = DEFAULT_LIMIT, after, before } = body.page ?? {}
  if (after !== undefined) return { from: offsetOf(after), limit }
  if (before !== undefined) {
    const end = offsetOf(before)
    const start = Math.max(0, end - limit)
    return { from: start, limit: Math.max(1, end - start) }
  }
  return { from: from ?? 0, limit }
}

function toSort(fields: SearchFields, body: SearchBody): { field: string; order: 'asc' | 'desc' }[] {
  return (body.sort ?? []).map(({ field, order }) => ({
    field: fields[field]?.column ?? field,
    order: order?.toLowerCase() === 'desc' ? 'desc' : 'asc',
  }))
}

function toFilter(fields: SearchFields, filter: Readonly<Record<string, unknown>>): Record<string, Condition> {
  const conditions: Record<string, Condition> = {}
  for (const [name, value] of Object.entries(filter)) {
    const field = fields[name]
    if (field && value !== undefined) conditions[field.column] = toCondition(field, name, value)
  }
  return conditions
}

const OPERATORS = {
  $eq: 'eq',
  $neq: 'neq',
  $in: 'in',
  $like: 'like',
  $gt: 'gt',
  $gte: 'gte',
  $lt: 'lt',
  $lte: 'lte',
  $exists: 'exists',
} as const

function toCondition(field: SearchField, name: string, value: unknown): Condition {
  if (typeof value !== 'object' || value === null) return toScalar(field, value)
  const condition: Record<string, unknown> = {}
  for (const [operator, operand] of Object.entries(value)) {
    if (operator === '$notIn') condition.neq = onlyOne(name, operand as readonly unknown[], field)
    else if (operator === '$exists') condition.exists = operand
    else
      condition[OPERATORS[operator as keyof typeof OPERATORS]] = Array.isArray(operand)
        ? operand.map((one) => toScalar(field, one))
        : toScalar(field, operand)
  }
  return condition as Condition
}
function onlyOne(name: string, operand: readonly unknown[], field: SearchField): Scalar {
  const [first, ...others] = operand
  if (first === undefined || others.length > 0)
    throw new ProblemError(
      'INVALID_ARGUMENT',
      `Expected filter.${name}.$notIn with exactly one value, but found ${operand.length}; use $in with the wanted ones`,
    )
  return toScalar(field, first)
}
function toScalar(field: SearchField, value: unknown): Scalar {
  if (field.kind === 'time') return Date.parse(String(value))
  if (field.kind === 'enum') return String(value).toUpperCase()
  return value as Scalar
}

function matches(value: unknown, condition: Condition): boolean {
  if (typeof condition !== 'object') return value === condition
  const tests: Readonly<Record<string, (operand: never) => boolean>> = {
    eq: (operand) => value === operand,
    neq: (operand) => value !== operand,
    in: (operand: readonly unknown[]) => operand.includes(value),
    exists: (operand) => (value !== undefined) === operand,
    gt: (operand) => compare(value, operand) > 0,
    gte: (operand) => compare(value, operand) >= 0,
    lt: (operand) => compare(value, operand) < 0,
    lte: (operand) => compare(value, operand) <= 0,
    like: (operand: string) => typeof value === 'string' && likePattern(operand).test(value),
  }
  return Object.entries(condition).every(([operator, operand]) => tests[operator]?.(operand as never) ?? true)
}
function likePattern(text: string): RegExp {
  const escaped = text
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '[^]*')
    .replaceAll('?', '[^]')
  return new RegExp(`^${escaped}$`)
}
function compare(a: unknown, b: unknown): number {
  if (a === b) return 0
  if (a === undefined || a === null) return -1
  if (b === undefined || b === null) return 1
  return a < b ? -1 : 1
}
