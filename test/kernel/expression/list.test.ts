import { describe } from 'vitest'
import { expr } from '../../helpers/feel.ts'

const items = [
  { code: 'a', price: 1, item: 'hidden' },
  { code: 'b', price: 5 },
]

describe('filters', () => {
  expr('[1, 2, 3][1]', 1)
  expr('[1, 2, 3][-1]', 3)
  expr('[1, 2, 3][4]', null)
  expr('[1, 2, 3][0]', null)
  expr('[1, 2, 3][item > 1]', [2, 3])
  expr('[1, 2, 3][> 1]', [2, 3])
  expr('items[price > 1].code', ['b'], { items })
  expr('items[price > limit].code', ['b'], { items, limit: 2 })
  expr('items[n].code', 'b', { items, n: 2 })
  expr('items[item.price > 1].code', ['b'], {
    items: [
      { code: 'a', price: 1 },
      { code: 'b', price: 5 },
    ],
  })
  expr('[1, null, 3][item > 1]', [3])
  expr('[{a: {b: 1}}, {a: {b: 2}}][a.b = 2]', [{ a: { b: 2 } }])
  expr('5[1]', 5)
  expr('[][1]', null)
})

describe('for', () => {
  expr('for x in [1, 2] return x * 2', [2, 4])
  expr('for i in 1..3 return i', [1, 2, 3])
  expr('for i in 3..1 return i', [3, 2, 1])
  expr('for i in [1..3) return i', [1, 2])
  expr('for x in [1, 2], y in [x, 10] return x * y', [1, 10, 4, 20])
  expr('for i in 0..4 return if i = 0 then 1 else i * partial[-1]', [1, 1, 2, 6, 24])
  expr('for x in null return x', null)
  expr('for d in @"2026-01-30"..@"2026-02-01" return d', ['2026-01-30', '2026-01-31', '2026-02-01'])
  expr('count(for i in 1..1000000000 return i)', null)
})

describe('list functions', () => {
  expr('count([1, null])', 2)
  expr('sum([1, 2.5])', 3.5)
  expr('sum([1, null])', null)
  expr('sum([])', null)
  expr('sum([@"PT1H", @"PT2H"])', 'PT3H')
  expr('min(3, 1, 2)', 1)
  expr('max(["a", "c", "b"])', 'c')
  expr('max([])', null)
  expr('mean([1, 2, 4.5])', 2.5)
  expr('median([8, 2, 5, 3, 4])', 4)
  expr('mode([6, 3, 9, 6, 6, 3, 3])', [3, 6])
  expr('stddev([2, 4, 7, 5])', 2.0816659994661326)
  expr('product([2, 3, 4])', 24)
  expr('list contains([1, 2, null], null)', true)
  expr('append([1], 2, 3)', [1, 2, 3])
  expr('concatenate([1], [2, 3])', [1, 2, 3])
  expr('insert before([1, 3], 2, 2)', [1, 2, 3])
  expr('insert before([1, 3], 5, 2)', null)
  expr('remove([1, 2, 3], 2)', [1, 3])
  expr('reverse([1, 2])', [2, 1])
  expr('index of([1, 2, 1], 1)', [1, 3])
  expr('union([1, 2], [2, 3])', [1, 2, 3])
  expr('distinct values([1, 2, 1, {a: 1}, {a: 1}])', [1, 2, { a: 1 }])
  expr('duplicate values([1, 2, 1])', [1])
  expr('flatten([[1], [[2]], 3])', [1, 2, 3])
  expr('sublist([1, 2, 3], 2)', [2, 3])
  expr('sublist([1, 2, 3], -2, 1)', [2])
  expr('list replace([1, 2], 2, 9)', [1, 9])
  expr('list replace([1, 5], function(old, new) old > 3, 9)', [1, 9])
  expr('sort([3, 1, 2], function(a, b) a < b)', [1, 2, 3])
  expr('sort(["b", "a"], function(a, b) a < b)', ['a', 'b'])
  expr('all([true, null])', null)
  expr('any([true, null])', true)
  expr('partition([1, 2, 3], 2)', [[1, 2], [3]])
  expr('is empty([])', true)
  expr('count(5)', 1)
})

describe('context functions', () => {
  expr('get value({a: 1}, "a")', 1)
  expr('get value({a: {b: 2}}, ["a", "b"])', 2)
  expr('get value({}, "toString")', null)
  expr('get entries({a: 1})', [{ key: 'a', value: 1 }])
  expr('context put({a: 1}, "b", 2)', { a: 1, b: 2 })
  expr('put({a: 1}, "a", 2)', { a: 2 })
  expr('context put({a: {b: 1}}, ["a", "b"], 2)', { a: { b: 2 } })
  expr('context merge([{a: 1}, {a: 2, b: 3}])', { a: 2, b: 3 })
  expr('context([{key: "a", value: 1}])', { a: 1 })
  expr('context([{key: "a", value: 1}, {key: "a", value: 2}])', null)
  expr('{a: 1, a: 2}', null)
})
