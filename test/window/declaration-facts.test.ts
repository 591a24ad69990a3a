import { describe, expect, test } from 'vitest'
import { compileFacts, evaluateFacts, randomDraw } from '../../engine/window/declaration-facts.ts'

const ENV = { now: Date.UTC(2017, 2, 1), zone: 'Asia/Shanghai' }

describe('facts of a declaration', () => {
  test('are computed from its items', () => {
    const { expressions, problems } = compileFacts({ lineCount: '=count(lines)', total: 'sum(lines.qty)' })

    const facts = evaluateFacts(expressions, { receiptNo: 'SW1', data: { lines: [{ qty: 2 }, { qty: 3 }] } }, ENV)

    expect(problems).toEqual([])
    expect(facts).toMatchObject({ lineCount: 2, total: 5 })
  })

  test('are null where an item is missing, for the validation is what tells of it', () => {
    const { expressions } = compileFacts({ heavy: '=gross_weight > 1000' })

    expect(evaluateFacts(expressions, { receiptNo: 'SW1', data: {} }, ENV)).toMatchObject({ heavy: null })
  })

  test('name the fact that is not FEEL', () => {
    const { problems } = compileFacts({ good: '=1', bad: '=1 +' })

    expect(problems).toHaveLength(1)
    expect(problems[0]).toContain('facts.bad')
  })

  test('hold a draw that a repeat cannot change', () => {
    const draws = Array.from({ length: 2000 }, (_, n) => randomDraw(`SW${n}`))

    expect(randomDraw('SW7')).toBe(draws[7])
    expect(draws.every((draw) => draw >= 0 && draw < 1)).toBe(true)
    expect(draws.filter((draw) => draw < 0.05).length / draws.length).toBeCloseTo(0.05, 1)
    expect(evaluateFacts(new Map(), { receiptNo: 'SW7', data: {} }, ENV)).toEqual({ randomDraw: draws[7] })
  })
})
