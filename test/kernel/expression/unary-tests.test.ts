import { describe, expect, test } from 'vitest'
import { compileUnaryTests } from '../../../engine/kernel/expression/index.ts'
import { cell } from '../../helpers/feel.ts'

describe('cells compare the input', () => {
  cell('-', null, true)
  cell('', 5, true)
  cell('> 10', 11, true)
  cell('> 10, < 5', 3, true)
  cell('[1..5]', 5, true)
  cell('[1..5[', 5, false)
  cell('"a", "b"', 'b', true)
  cell('not("a", "b")', 'c', true)
  cell('not(< 5)', 3, false)
  cell('> limit', 11, true, { limit: 10 })
  cell('list', 'b', true, { list: ['a', 'b'] })
  cell('> 1 and < 3', 2, true)
  cell('> 1 and < 3', 3, false)
  cell('< 1 or > 3', 4, true)
  cell('null', null, true)
  cell('true', true, true)
  cell('false', true, false)
})

describe('cells that speak of ? are conditions', () => {
  cell('? > 3', 5, true)
  cell('? > 3', 2, false)
  cell('contains(?, "ship")', 'shipyard', true)
  cell('? in ["a", "b"] and flag', 'a', true, { flag: true })
  cell('not(?)', false, true)
})

describe('a null input fails every comparison (F30)', () => {
  cell('< 10', null, false)
  cell('>= 0', null, false)
  cell('not(> 10)', null, false)
  cell('true', null, false)
  cell('[1..5]', null, false)
})

describe('conditions about something else', () => {
  cell('not(list contains(l, "TEST"))', 'any', true, { l: ['OTHER'] })
  cell('not(list contains(l, "TEST"))', 'any', false, { l: ['TEST'] })
  cell('3 > 1', false, false)
  cell('3 > 1', true, true)
  cell('amount > 3', 'any', true, { amount: 5 })
})

test('a cell that is no test is refused, with its position', () => {
  expect(compileUnaryTests('> 10, >')).toMatchObject({ ok: false, position: { from: 7, to: 7 } })
})
