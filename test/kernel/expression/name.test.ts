import { describe, expect, test } from 'vitest'
import { compileExpression } from '../../../engine/kernel/expression/index.ts'
import { evaluateText, expr, warningsOf } from '../../helpers/feel.ts'

describe('names', () => {
  expr('gross weight + 1', 6, { 'gross weight': 5 })
  expr('申报金额 > 1000', true, { 申报金额: 2000 })
  expr('申报 金额 * 2', 20, { '申报 金额': 10 })
  expr('facts.gross weight', 5, { facts: { 'gross weight': 5 } })
  expr('facts.重量.净重', 3, { facts: { 重量: { 净重: 3 } } })
  expr('{"a b": 1}.a b', 1)
  expr('{a: 1, b: a + 1}.b', 2)
  expr('items.code', ['a', 'b'], { items: [{ code: 'a' }, { code: 'b' }] })
  expr('a-b', 2, { a: 5, b: 3 })
  expr('`a-b` + 1', 8, { 'a-b': 7 })
  expr('count', 3, { count: 3 })
  expr('count([1, 2])', 2, { count: 3 })
  expr('x.toString', null, { x: {} })
  expr('x.__proto__', null, { x: {} })
  expr('constructor', null)
  expr('fromAi(3, "how many", "number")', 3)

  test('hold operators when they are declared', () => {
    expect(evaluateText('a-b + 1', { 'a-b': 7 }, ['a-b'])).toBe(8)
    expect(evaluateText('order.item-no', { order: { 'item-no': 7 } }, ['item-no'])).toBe(7)
  })

  test('that are not found are null with a warning', () => {
    expect(warningsOf('amount > 1')[0]).toBe("No variable 'amount' was found")
    expect(warningsOf('{a: 1}.b')).toEqual(["The context has no entry 'b'"])
    expect(warningsOf('1 + 1')).toEqual([])
  })

  test('of variables that may be read are told', () => {
    const compiled = compileExpression('for x in items return x.price * rate + count(items)')
    expect(compiled.ok && [...compiled.compiled.variableNames].sort()).toEqual(['items', 'rate'])
  })

  test('of functions that only a variable could be are told, with their position', () => {
    const calls = (text: string) => {
      const compiled = compileExpression(text)
      return compiled.ok && compiled.compiled.foreignCalls.map(({ name, position }) => `${name} ${position.from}`)
    }
    expect(calls('1 + rundown(2) + f(x: cuont([1]))')).toEqual(['rundown 4', 'f 17', 'cuont 22'])
    expect(calls('count([1]) + string length("a")')).toEqual([])
    expect(calls('{double: function(x) x * 2, y: double(2)}.y')).toEqual([])
    expect(calls('[{f: 1}][f(1) = 1]')).toEqual([])
  })

  test('of a key __proto__ leave the prototype alone', () => {
    expect(Object.getPrototypeOf(evaluateText('{"__proto__": {polluted: true}}'))).toBe(Object.prototype)
  })
})

describe('is defined and get or else', () => {
  expr('is defined(x)', true, { x: null })
  expr('is defined(missing)', false)
  expr('is defined(x.y)', false, { x: {} })
  expr('get or else(missing, 3)', 3)
  expr('get or else(x, 3)', 1, { x: 1 })
})

describe('functions', () => {
  expr('(function(a, b) a + b)(1, 2)', 3)
  expr('(function(a, b) a - b)(b: 1, a: 5)', 4)
  expr('(function(a: number) a)("text")', null)
  expr('{fac: function(n) if n < 2 then 1 else n * fac(n - 1)}.fac(5)', 120)
  expr('{add: function(a) function(b) a + b}.add(1)(2)', 3)
  expr('unknown(1)', null)
  expr('substring(string: "hello", start position: 2)', 'ello')
  expr('substring(start position: 2, string: "hello", length: 2)', 'el')
  expr('substring("hello")', null)

  test('that never end are a failure, not a crash', () => {
    const compiled = compileExpression('{f: function(n) f(n)}.f(1)')
    const evaluated = compiled.ok && compiled.compiled.evaluate(() => undefined, { now: 0, zone: 'UTC' })
    expect(evaluated).toMatchObject({ ok: false, message: expect.stringContaining('recursing too deeply') })
  })
})
