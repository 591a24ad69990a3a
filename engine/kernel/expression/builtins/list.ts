import type { FeelValue } from '../contract.ts'
import { callFunction } from '../value/call-function.ts'
import { equal } from '../value/compare.ts'
import type { FeelFunction } from '../value/function.ts'
import { isList } from '../value/kind.ts'
import { type FeelNumber, toInteger } from '../value/number.ts'
import type { Run } from '../value/run.ts'
import { type BuiltinTable, signature } from './signature.ts'

type List = readonly FeelValue[]

function holds(list: List, value: FeelValue): boolean {
  return list.some((item) => equal(item, value) === true)
}

function distinct(list: List): FeelValue[] {
  const seen = new Set<FeelValue>()
  const result: FeelValue[] = []
  for (const item of list) {
    const simple = typeof item !== 'object' || item === null
    if (simple ? seen.has(item) : holds(result, item)) continue
    seen.add(item)
    result.push(item)
  }
  return result
}

function flatten(list: List): FeelValue[] {
  return list.flatMap((item) => (isList(item) ? flatten(item) : [item]))
}

/** 0-based index of a 1-based position, negative from the end; undefined outside the list. */
function indexAt(length: number, position: FeelNumber): number | undefined {
  const at = toInteger(position)
  const index = at < 0 ? length + at : at - 1
  return at !== 0 && index >= 0 && index < length ? index : undefined
}

function outside(name: string, position: FeelNumber, list: List, run: Run): null {
  return run.warn(`${name}() wants a position in a list of ${list.length}; it got ${toInteger(position)}`)
}

function sublist([list, start, length]: readonly [List, FeelNumber, FeelNumber?], run: Run): FeelValue {
  const from = indexAt(list.length, start)
  if (from === undefined) return outside('sublist', start, list, run)
  if (length === undefined) return list.slice(from)
  const count = toInteger(length)
  if (count < 1 || from + count > list.length) return run.warn(`sublist() cannot take ${count} items from there`)
  return list.slice(from, from + count)
}

/** Stable; elements neither of which precedes the other keep their order. */
function sort([list, precedes]: readonly [List, FeelFunction], run: Run): FeelValue {
  return [...list].sort((a, b) => {
    if (callFunction(precedes, [a, b], run) === true) return -1
    return callFunction(precedes, [b, a], run) === true ? 1 : 0
  })
}

function replaceAt([list, position, item]: readonly [List, FeelNumber, FeelValue], run: Run): FeelValue {
  const at = indexAt(list.length, position)
  return at === undefined ? outside('list replace', position, list, run) : list.map((old, index) => (index === at ? item : old))
}

function replaceMatching([list, match, item]: readonly [List, FeelFunction, FeelValue], run: Run): FeelValue {
  const result: FeelValue[] = []
  for (const old of list) {
    const hit = callFunction(match, [old, item], run)
    if (typeof hit !== 'boolean') return null
    result.push(hit ? item : old)
  }
  return result
}

function insertBefore([list, position, item]: readonly [List, FeelNumber, FeelValue], run: Run): FeelValue {
  const at = indexAt(list.length, position)
  return at === undefined ? outside('insert before', position, list, run) : [...list.slice(0, at), item, ...list.slice(at)]
}

function remove([list, position]: readonly [List, FeelNumber], run: Run): FeelValue {
  const at = indexAt(list.length, position)
  return at === undefined ? outside('remove', position, list, run) : list.filter((_, index) => index !== at)
}

function partition([list, size]: readonly [List, FeelNumber], run: Run): FeelValue {
  const width = toInteger(size)
  if (width < 1) return run.warn('partition() wants a size of at least 1')
  const parts: FeelValue[] = []
  for (let at = 0; at < list.length; at += width) parts.push(list.slice(at, at + width))
  return parts
}

function joined(lists: List): FeelValue[] {
  return lists.flatMap((list) => (isList(list) ? list : [list]))
}

/** DMN 1.5 §10.3.4.4 and §10.3.4.9, and Camunda's. */
export const listFunctions: BuiltinTable = {
  'list contains': [signature('list: list, element: any', ([list, element]: readonly [List, FeelValue]) => holds(list, element))],
  count: [signature('list: list', ([list]: readonly [List]) => list.length)],
  'is empty': [signature('list: list', ([list]: readonly [List]) => list.length === 0)],
  sublist: [signature('list: list, start position: number, length?: number', sublist)],
  append: [signature('list: list, ...item: any', ([list, items]: readonly [List, List]) => [...list, ...items])],
  concatenate: [signature('...list: any', ([lists]: readonly [List]) => (lists.includes(null) ? null : joined(lists)))],
  'insert before': [signature('list: list, position: number, newItem: any', insertBefore)],
  remove: [signature('list: list, position: number', remove)],
  'list replace': [
    signature('list: list, position: number, newItem: any', replaceAt),
    signature('list: list, match: function, newItem: any', replaceMatching),
  ],
  reverse: [signature('list: list', ([list]: readonly [List]) => [...list].reverse())],
  'index of': [
    signature('list: list, match: any', ([list, match]: readonly [List, FeelValue]) =>
      list.flatMap((item, index) => (equal(item, match) === true ? [index + 1] : [])),
    ),
  ],
  union: [signature('...list: any', ([lists]: readonly [List]) => (lists.includes(null) ? null : distinct(joined(lists))))],
  'distinct values': [signature('list: list', ([list]: readonly [List]) => distinct(list))],
  'duplicate values': [
    signature('list: list', ([list]: readonly [List]) => distinct(list.filter((item, index) => holds(list.slice(0, index), item)))),
  ],
  flatten: [signature('list: list', ([list]: readonly [List]) => flatten(list))],
  partition: [signature('list: list, size: number', partition)],
  sort: [signature('list: list, precedes: function', sort)],
}
