import { describe, expect, test } from 'vitest'
import type { Json } from '../../engine/kernel/index.ts'
import { noErrors, openErrorsOf, seeVariables } from '../../engine/window/open-errors.ts'

const error = (item: string) => ({ item, rule: 'r', text: { en: 'wrong', zh: '有误' } })
const validation = (version: number, ...items: string[]) => ({
  validation: { valid: items.length === 0, version, errors: items.map(error) },
})
const answer = (agency: string, version: number, status: string, ...items: string[]) => ({
  [`${agency}Answer`]: { status, version, errors: items.map(error) },
})

function itemsAfter(...sets: readonly Readonly<Record<string, Json>>[]): string[] {
  return openErrorsOf(sets.reduce(seeVariables, noErrors())).map(({ item }) => item)
}

describe('open errors', () => {
  test('are those of the validation', () => {
    expect(itemsAfter(validation(1, 'gross_weight', 'net_weight'))).toEqual(['gross_weight', 'net_weight'])
  })

  test('are gone once a later version is valid', () => {
    expect(itemsAfter(validation(1, 'gross_weight'), validation(2))).toEqual([])
  })

  test('are those of each agency that rejected', () => {
    expect(itemsAfter(validation(1), answer('customs', 1, 'rejected', 'hs_code'), answer('inspection', 1, 'rejected', 'origin'))).toEqual([
      'hs_code',
      'origin',
    ])
  })

  test('of an agency are replaced by its next answer', () => {
    expect(itemsAfter(answer('customs', 1, 'rejected', 'hs_code'), answer('customs', 1, 'accepted'))).toEqual([])
  })

  test('of an agency are gone once a later version was validated, and a late answer to the old one does not bring them back', () => {
    const late = answer('inspection', 1, 'rejected', 'origin')

    expect(itemsAfter(validation(1), answer('customs', 1, 'rejected', 'hs_code'), validation(2), late)).toEqual([])
  })

  test('leave out what is no item error and take a text in one language for both', () => {
    const said = {
      customsAnswer: { status: 'rejected', errors: ['nonsense', { text: 'no item' }, { item: 'hs_code', text: 'unknown', line: 2 }] },
    }

    expect(openErrorsOf(seeVariables(noErrors(), said))).toEqual([
      { item: 'hs_code', line: 2, rule: 'agency', text: { en: 'unknown', zh: 'unknown' } },
    ])
  })
})
