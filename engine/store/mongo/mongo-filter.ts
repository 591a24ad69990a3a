import type { CheckedQuery, FieldTest } from '../checked-query.ts'

type Filter = Record<string, unknown>

/** Nothing has it, so nothing matches. */
const NOTHING: Filter = { _id: { $in: [] } }

export function toFilter(query: CheckedQuery, fieldName: (field: string) => string): Filter {
  const all: Filter[] = query.all.map((test) => toCondition(test, fieldName(test.field)))
  if (query.anyOf !== undefined) {
    const any = query.anyOf.map((tests) => conjunction(tests.map((test) => toCondition(test, fieldName(test.field)))))
    all.push(any.length === 0 ? NOTHING : { $or: any })
  }
  return conjunction(all)
}

/** The key at the end makes the order total, so that pages neither overlap nor miss a document. */
export function toSort(query: CheckedQuery, fieldName: (field: string) => string): Record<string, 1 | -1> {
  const sort: Record<string, 1 | -1> = {}
  for (const { field, order } of query.sort) sort[fieldName(field)] ??= order === 'desc' ? -1 : 1
  sort._id ??= 1
  return sort
}

function conjunction(conditions: readonly Filter[]): Filter {
  const [first] = conditions
  return conditions.length === 0 ? {} : conditions.length === 1 && first !== undefined ? first : { $and: conditions }
}

function toCondition(test: FieldTest, field: string): Filter {
  switch (test.op) {
    case 'eq':
      return { [field]: test.value }
    case 'neq':
      return { [field]: { $ne: test.value } }
    case 'like':
      return { [field]: { $regex: toPattern(test.value) } }
    default:
      return { [field]: { [`$${test.op}`]: test.value } }
  }
}

function toPattern(like: string): string {
  const escaped = like.replace(/[\\^$.|+()[\]{}]/g, '\\$&')
  return `^${escaped.replaceAll('*', '[\\s\\S]*').replaceAll('?', '[\\s\\S]')}$`
}
