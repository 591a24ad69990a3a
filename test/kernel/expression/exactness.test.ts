import { Decimal } from 'decimal.js'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { evaluateText } from '../../helpers/feel.ts'

const Exact = Decimal.clone({ precision: 34, rounding: Decimal.ROUND_HALF_EVEN })

/** Amounts as people write them: up to four decimal places. */
const amount = fc
  .tuple(fc.integer({ min: -1_000_000_000, max: 1_000_000_000 }), fc.integer({ min: 0, max: 4 }))
  .map(([n, places]) => n / 10 ** places)

const operations = { '+': 'plus', '-': 'minus', '*': 'times', '/': 'div' } as const

test.each(Object.entries(operations))('a %s b is what decimals make of it', (operator, method) => {
  fc.assert(
    fc.property(amount, amount, (a, b) => {
      fc.pre(operator !== '/' || b !== 0)
      const expected = new Exact(a)[method](b).toNumber()
      expect(evaluateText(`a ${operator} b`, { a, b })).toBe(expected === 0 ? 0 : expected)
    }),
  )
})

test('days count as the calendar of JavaScript counts them', () => {
  const day = 86_400_000
  fc.assert(
    fc.property(fc.integer({ min: -700_000, max: 2_900_000 }), fc.integer({ min: -5000, max: 5000 }), (start, days) => {
      const iso = (count: number) => new Date(count * day).toISOString().slice(0, 10)
      const expected = start + days
      fc.pre(new Date(start * day).getUTCFullYear() > 0 && new Date(expected * day).getUTCFullYear() > 0)
      expect(evaluateText(`date("${iso(start)}") + duration("${days < 0 ? '-' : ''}P${Math.abs(days)}D")`)).toBe(iso(expected))
    }),
  )
})

test('a moment shows what the clocks of its zone show', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 4_000_000_000 }),
      fc.constantFrom('Asia/Shanghai', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kathmandu'),
      (seconds, zone) => {
        const utc = `${new Date(seconds * 1000).toISOString().slice(0, 19)}Z`
        const there = String(evaluateText(`date and time(date and time("${utc}"), "${zone}")`))
        const clock = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' })
        expect(there.slice(0, 19)).toBe(clock.format(seconds * 1000).replace(' ', 'T'))
      },
    ),
  )
})
