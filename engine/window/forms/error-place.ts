import type { DeclarationForm } from './declaration-form.ts'

/** Where in a declaration something is: an item, or an item of a row. */
export interface Place {
  /** Item id, with dotted parts of a composite item; the group's name when a whole group or a whole row is meant. */
  readonly item: string
  readonly group?: string
  /** 1-based. */
  readonly line?: number
}

/** Turns the segments of a JSON pointer into a place. Positions inside a list of values belong to the item. */
export function toPlace(form: DeclarationForm, segments: readonly string[]): Place {
  const [head = '', row, ...rest] = segments
  if (!form.groups.has(head)) return { item: itemPath(segments) }
  if (row === undefined) return { item: head }
  return { item: rest.length === 0 ? head : itemPath(rest), group: head, line: Number(row) + 1 }
}

/** Sorts by the order of the form: header items as they stand, rows within their group, items within their row; unknown ones last. */
export function formOrder(form: DeclarationForm): (one: Place, other: Place) => number {
  const order = new Map<string, number>()
  Object.keys(form.schema.properties as object).forEach((name, index) => {
    order.set(name, index)
  })
  form.items.forEach((item, index) => {
    if (item.group !== undefined) order.set(`${item.group}/${item.id}`, index)
  })
  const rank = (place: Place): readonly number[] => {
    const id = place.item.split('.')[0] ?? ''
    if (place.group === undefined) return [order.get(id) ?? order.size, 0, 0]
    const inRow = id === place.group ? -1 : (order.get(`${place.group}/${id}`) ?? order.size)
    return [order.get(place.group) ?? order.size, place.line ?? 0, inRow]
  }
  return (one, other) => {
    const [left, right] = [rank(one), rank(other)]
    for (let index = 0; index < left.length; index++) {
      const difference = (left[index] ?? 0) - (right[index] ?? 0)
      if (difference !== 0) return difference
    }
    return 0
  }
}

function itemPath(segments: readonly string[]): string {
  return segments.filter((segment, index) => index === 0 || !/^\d+$/.test(segment)).join('.')
}
