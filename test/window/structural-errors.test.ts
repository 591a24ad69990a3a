import { describe, expect, test } from 'vitest'
import { loadForms } from '../../engine/window/forms/index.ts'
import { structuralErrors } from '../../engine/window/structural-errors.ts'

const forms = await loadForms()
const refused = (data: Parameters<typeof forms.validate>[1]) =>
  structuralErrors(forms.validate('goods-declaration', data)).map(({ item }) => item)

describe('data that no declaration can be made of', () => {
  test('has a field the form lacks', () => {
    expect(refused({ gross_weihgt: 12 })).toContain('gross_weihgt')
  })

  test('has a value of another JSON type', () => {
    expect(refused({ gross_weight: '12' })).toContain('gross_weight')
    expect(refused({ lines: {} })).toContain('lines')
  })

  test('is no object', () => {
    expect(refused([])).toHaveLength(1)
    expect(refused('declaration')).toHaveLength(1)
  })
})

test('items that are missing or wrong do not keep a declaration out', () => {
  const errors = forms.validate('goods-declaration', { gross_weight: -1, dom_party_uscc: 'nonsense' })

  expect(errors.length).toBeGreaterThan(1)
  expect(structuralErrors(errors)).toEqual([])
})
