import { describe, expect, test } from 'vitest'
import { checkAgainstForm, officerFormView } from '../../engine/api/officer-form.ts'
import { loadForms } from '../../engine/window/forms/index.ts'

const forms = await loadForms()
const env = { now: 0, zone: 'Asia/Shanghai' }
const check = (variables: Record<string, string | boolean>) =>
  checkAgainstForm(officerFormView(forms.officerForm('confirm-and-sign') ?? {}, 'en'), variables, env)

describe('a statement in a form', () => {
  test('is told to clients, with the reason why it must be made', () => {
    const { fields } = officerFormView(forms.officerForm('confirm-and-sign') ?? {}, 'zh')

    expect(fields.find(({ name }) => name === 'declaredTrue')).toMatchObject({
      mustBe: true,
      mustBeText: expect.stringContaining('真实完整'),
    })
  })

  test('must be made', () => {
    expect(() => check({ decision: 'sign', signatory: 'Chen', declaredTrue: true })).not.toThrow()
    expect(() => check({ decision: 'sign', signatory: 'Chen', declaredTrue: false })).toThrow(
      'declaredTrue: expected true, but found false',
    )
    expect(() => check({ decision: 'sign', signatory: 'Chen' })).toThrow('declaredTrue: expected this field')
  })

  test('is not asked where the form does not show it', () => {
    expect(() => check({ decision: 'withdraw', reason: 'Sold' })).not.toThrow()
    expect(() => check({ decision: 'withdraw', reason: 'Sold', declaredTrue: false })).not.toThrow()
  })
})
