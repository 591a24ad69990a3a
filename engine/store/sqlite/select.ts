import type { CheckedQuery, FieldTest } from '../checked-query.ts'
import type { Scalar } from '../port.ts'
import type { SqlRow, SqlValue } from './protocol.ts'

/** Where a query looks. */
export interface SelectSource {
  readonly table: string
  /** What to select, as SQL. */
  readonly columns: string
  /** The primary key's column. */
  readonly key: string
  /** Column of a field. */
  readonly column: (field: string) => string
  /** The name under which list elements of this table lie in `list_entry`. */
  readonly owner: string
}
export interface Sql {
  readonly sql: string
  readonly params: SqlRow
}

export function selectPage(source: SelectSource, query: CheckedQuery): Sql {
  const where = whereClause(source, query)
  const order = query.sort.map(({ field, order }) => `${source.column(field)} ${order === 'desc' ? 'DESC' : 'ASC'}`)
  // The key at the end makes the order total, so that pages neither overlap nor miss a row.
  return {
    sql: `SELECT ${source.columns} FROM ${source.table}${where.sql} ORDER BY ${[...order, source.key].join(', ')} LIMIT ? OFFSET ?`,
    params: [...where.params, query.limit, query.from],
  }
}

export function selectTotal(source: SelectSource, query: CheckedQuery): Sql {
  const where = whereClause(source, query)
  return { sql: `SELECT COUNT(*) FROM ${source.table}${where.sql}`, params: where.params }
}

export function encodeScalar(value: Scalar): SqlValue {
  return typeof value === 'boolean' ? (value ? 1 : 0) : value
}

function whereClause(source: SelectSource, query: CheckedQuery): Sql {
  const params: SqlValue[] = []
  const conjunction = (tests: readonly FieldTest[]): string =>
    tests.length === 0 ? '1' : tests.map((test) => testClause(source, test, params)).join(' AND ')
  const parts = query.all.length === 0 ? [] : [conjunction(query.all)]
  if (query.anyOf !== undefined) parts.push(query.anyOf.length === 0 ? '0' : `(${query.anyOf.map(conjunction).join(' OR ')})`)
  return { sql: parts.length === 0 ? '' : ` WHERE ${parts.join(' AND ')}`, params }
}

const COMPARISON = { gt: '>', gte: '>=', lt: '<', lte: '<=' } as const

function testClause(source: SelectSource, test: FieldTest, params: SqlValue[]): string {
  const column = source.column(test.field)
  switch (test.op) {
    case 'eq':
      return containsClause(source, test, [test.value], params)
    case 'in':
      return containsClause(source, test, test.value, params)
    case 'neq':
      return `NOT coalesce(${containsClause(source, test, [test.value], params)}, 0)`
    case 'like':
      // GLOB knows the same two wildcards; its third, a set in brackets, is taken literally.
      params.push(test.value.replaceAll('[', '[[]'))
      return `${column} GLOB ?`
    case 'exists':
      return `${column} IS ${test.value ? 'NOT NULL' : 'NULL'}`
    default:
      params.push(test.value)
      // Without the type test a number would be "less than" every text.
      return test.type === 'any'
        ? `(${column} ${COMPARISON[test.op]} ? AND typeof(${column}) ${typeof test.value === 'string' ? "= 'text'" : "IN ('integer', 'real')"})`
        : `${column} ${COMPARISON[test.op]} ?`
  }
}

/** The field equals one of the values, or, where it is a list, contains one of them. */
function containsClause(source: SelectSource, test: FieldTest, values: readonly Scalar[], params: SqlValue[]): string {
  if (values.length === 0) return '0'
  const marks = values.map(() => '?').join(', ')
  const encoded = values.map(encodeScalar)
  const own = `${source.column(test.field)} ${values.length === 1 ? '= ?' : `IN (${marks})`}`
  const listed = `${source.key} IN (SELECT key FROM list_entry WHERE owner = ? AND field = ? AND value ${values.length === 1 ? '= ?' : `IN (${marks})`})`
  switch (test.type) {
    case 'texts':
      params.push(source.owner, test.field, ...encoded)
      return listed
    case 'any':
      params.push(...encoded, source.owner, test.field, ...encoded)
      return `(${own} OR ${listed})`
    default:
      params.push(...encoded)
      return own
  }
}
