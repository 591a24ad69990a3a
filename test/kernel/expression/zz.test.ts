import fc from 'fast-check'
import { evaluate } from 'feelin'
import { expect, test } from 'vitest'
import { evaluateText } from '../../helpers/feel.ts'

/**
 * Another implementation as a judge, over the part of FEEL both agree on: whole numbers (feelin's are doubles), no
 * comparison across types, no `in` before `and` (its grammar takes the `and` into the test).
 */
const variables = {
  n: 7,
  m: -2,
  s: 'port',
  t: '港口',
  yes: true,
  no: false,
  none: null,
  xs: [3, 1, 2],
  rows: [{ a: 1 }, { a: 5 }],
  c: { k: 4, 键: 5 },
}

const forms = fc.letrec<{ number: string; text: string; truth: string; list: string }>((tie) => ({
  number: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.integer({ min: -20, max: 20 }).map((n) => `(${n})`),
    fc.constantFrom('n', 'm', 'c.k', 'c.键', 'none', 'xs[1]', 'xs[-1]', 'xs[9]'),
    fc.tuple(tie('number'), fc.constantFrom('+', '-', '*'), tie('number')).map(([a, op, b]) => `(${a} ${op} ${b})`),
    fc.tuple(tie('truth'), tie('number'), tie('number')).map(([c, a, b]) => `(if ${c} then ${a} else ${b})`),
    tie('list').map((l) => `count(${l})`),
    tie('text').map((s) => `string length(${s})`),
    tie('number').map((n) => `abs(${n})`),
    fc.tuple(tie('number'), tie('number')).map(([a, b]) => `(function(x, y) x - y)(${a}, ${b})`),
    fc.tuple(tie('number'), tie('number')).map(([a, b]) => `{p: ${a}, q: p + ${b}}.q`),
  ),
  text: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom('"a"', '"中文"', 's', 't'),
    fc.tuple(tie('text'), tie('text')).map(([a, b]) => `(${a} + ${b})`),
    tie('text').map((s) => `upper case(${s})`),
    fc.tuple(tie('truth'), tie('text'), tie('text')).map(([c, a, b]) => `(if ${c} then ${a} else ${b})`),
  ),
  truth: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom('true', 'false', 'yes', 'no'),
    fc
      .tuple(tie('number'), fc.constantFrom('<', '<=', '>', '>='), fc.integer({ min: -9, max: 9 }))
      .map(([a, op, b]) => `(${a} ${op} ${b} = true)`),
    fc.tuple(tie('text'), fc.constantFrom('=', '!='), tie('text')).map(([a, op, b]) => `(${a} ${op} ${b})`),
    fc.tuple(tie('truth'), fc.constantFrom('and', 'or'), tie('truth')).map(([a, op, b]) => `(${a} ${op} ${b})`),
    tie('truth').map((a) => `not(${a})`),
    fc
      .tuple(fc.integer({ min: -9, max: 9 }), fc.constantFrom('[1..5]', '(1..5]', '[1..5)', '> 3', '(1, 2, > 6)'))
      .map(([a, r]) => `(${a} in ${r})`),
    fc.tuple(tie('text'), tie('text')).map(([a, b]) => `contains(${a}, ${b})`),
    fc.tuple(fc.constantFrom('some', 'every'), fc.integer({ min: 0, max: 4 })).map(([q, n]) => `(${q} x in xs satisfies x > ${n})`),
  ),
  list: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom('xs', 'rows.a', '[]', 'xs[item > 1]', 'rows[a > 1].a', 'reverse(xs)', '(for i in 1..3 return i * n)'),
    fc.tuple(tie('list'), tie('list')).map(([a, b]) => `concatenate(${a}, ${b})`),
    tie('list').map((l) => `(for x in ${l} return x + 1)`),
    tie('list').map((l) => `distinct values(${l})`),
    tie('list').map((l) => `sort(${l}, function(a, b) a < b)`),
  ),
}))

test.each(['number', 'text', 'truth', 'list'] as const)('compiled %s expressions and feelin agree', (kind) => {
  fc.assert(
    fc.property(forms[kind], (text) => {
      // through JSON: feelin has a negative zero
      const expected = JSON.parse(JSON.stringify(evaluate(text, variables).value))
      fc.pre(![expected].flat().some((value) => Math.abs(value) > 1e15))
      expect(evaluateText(text, variables), text).toEqual(expected)
    }),
    { numRuns: 8000 },
  )
})
