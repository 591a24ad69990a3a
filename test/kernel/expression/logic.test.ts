import { describe } from 'vitest'
import { expr } from '../../helpers/feel.ts'

describe('three-valued logic', () => {
  expr('true and null', null)
  expr('false and null', false)
  expr('null and false', false)
  expr('true or null', true)
  expr('null or true', true)
  expr('false or null', null)
  expr('not(null)', null)
  expr('not(1)', null)
  expr('1 and true', null)
})

describe('equality', () => {
  expr('null = null', true)
  expr('missing = null', true)
  expr('1 = null', false)
  expr('1 != null', true)
  expr('1 = "1"', null)
  expr('[1, 2] = [1, 2]', true)
  expr('[1, 2] = [2, 1]', false)
  expr('{a: 1, b: 2} = {b: 2, a: 1}', true)
  expr('[1..3] = [1..3]', true)
  expr('[1..3] = [1..3)', false)
})

describe('order', () => {
  expr('2 > 1', true)
  expr('"a" < "b"', true)
  expr('1 < null', null)
  expr('"10" < 9', null)
  expr('date("2026-06-10") > "2026-01-01"', null)
  expr('5 between 1 and 5', true)
  expr('5 between 1 and null', null)
})

describe('in', () => {
  expr('5 in [1..5]', true)
  expr('5 in [1..5)', false)
  expr('5 in ]5..9]', false)
  expr('5 in > 3', true)
  expr('5 in (> 7, < 6)', true)
  expr('"a" in ["a", "b"]', true)
  expr('"c" in ("a", "b")', false)
  expr('null in [1..5]', null)
  expr('x in [1..3] and y > 1', true, { x: 2, y: 2 })
  expr('x in > 3 and y > 1', false, { x: 2, y: 2 })
  expr('x in ["a"] or y > 1', true, { x: 'b', y: 2 })
  expr('x in [1..2] = true', true, { x: 1 })
})

describe('if', () => {
  expr('if 2 > 1 then "yes" else "no"', 'yes')
  expr('if null then "yes" else "no"', 'no')
  expr('if "true" then "yes" else "no"', 'no')
})

describe('instance of', () => {
  expr('1 instance of number', true)
  expr('null instance of number', false)
  expr('[1, 2] instance of list<number>', true)
  expr('[1, "a"] instance of list<number>', false)
  expr('{a: 1} instance of context<a: number>', true)
  expr('[1..3] instance of range<number>', true)
  expr('@"P1D" instance of days and time duration', true)
  expr('@"2026-01-01T00:00:00" instance of date and time', true)
  expr('function(x) x instance of function<number> -> number', null)
})

describe('some and every', () => {
  expr('some x in [1, 2] satisfies x > 1', true)
  expr('every x in [1, 2] satisfies x > 1', false)
  expr('every x in [] satisfies false', true)
  expr('some x in [null] satisfies x > 1', null)
  expr('some x in [1, 2], y in [2, 3] satisfies x = y', true)
  expr('some x in null satisfies true', null)
})
