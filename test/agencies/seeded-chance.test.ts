import { describe, expect, test } from 'vitest'
import { OutagePlan } from './outage-plan.ts'
import { SeededChance } from './seeded-chance.ts'

describe('SeededChance', () => {
  test('draws the same for the same seed and words, in whatever order', () => {
    const one = new SeededChance('harbour')
    const other = new SeededChance('harbour')

    const forwards = [one.draw('a', 1), one.draw('b', 2)]
    const backwards = [other.draw('b', 2), other.draw('a', 1)].reverse()

    expect(backwards).toEqual(forwards)
    expect(new SeededChance('quay').draw('a', 1)).not.toBe(forwards[0])
  })

  test('keeps a triangular draw between least and most, with the mean of its corners', () => {
    const chance = new SeededChance('harbour')
    const draws = Array.from({ length: 2_000 }, (_, index) => chance.triangular([2, 4, 9], index))

    expect(Math.min(...draws)).toBeGreaterThanOrEqual(2)
    expect(Math.max(...draws)).toBeLessThanOrEqual(9)
    expect(draws.reduce((sum, draw) => sum + draw, 0) / draws.length).toBeCloseTo(5, 0)
  })
})

describe('OutagePlan', () => {
  test('fails about the stated share of tries, the same ones for the same seed', () => {
    const tries = Array.from({ length: 1_000 }, (_, index) => `job-${index}`)
    const run = () => {
      const plan = new OutagePlan(new SeededChance('harbour'), 0.1)
      return tries.map((key) => plan.next('customs', key, 1))
    }

    const outages = run()

    expect(run()).toEqual(outages)
    expect(outages.filter(Boolean).length).toBeGreaterThan(60)
    expect(outages.filter(Boolean).length).toBeLessThan(140)
    expect(new Set(outages)).toEqual(new Set([undefined, 'unavailable', 'slow', 'reset']))
  })

  test('fails the ordered number of tries, then goes on as before', () => {
    const plan = new OutagePlan(new SeededChance('harbour'), 0)
    plan.order('customs', 'reset', 2)

    const outages = ['a', 'b', 'c'].map((key) => plan.next('customs', key, 1))

    expect(outages).toEqual(['reset', 'reset', undefined])
  })
})
