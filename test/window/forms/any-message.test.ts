import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { loadForms } from '../../../engine/window/forms/index.ts'
import { anyDeclaration } from '../../helpers/any-declaration.ts'
import { findLeaks, findLosses, messagesToTry, onlyShown, renderTried } from '../../helpers/message-trial.ts'
import { toRandom, validDeclaration } from '../../helpers/valid-declaration.ts'

const forms = await loadForms()
const messages = await messagesToTry()

// The grammar of EDIFACT takes no value out of its form: such a message is tried with right declarations alone.
const free = messages.filter((message) => message.format !== 'edi')

describe.each(free.map((message) => [message.id, message] as const))('message %s', (_, message) => {
  test('shows no value of an item that is not its own, and alters none', () => {
    fc.assert(
      fc.property(anyDeclaration(message.form.schema), (data) => {
        expect(findLeaks(message, data, renderTried(forms, message, data))).toEqual([])
      }),
      { numRuns: 25 },
    )
  })
})

describe.each(messages.map((message) => [message.id, message] as const))('message %s of a right declaration', (_, message) => {
  test('can be read back, and is the same without the items that its template does not name', () => {
    for (let seed = 1; seed <= 10; seed++) {
      const data = validDeclaration(forms, message.form.id, toRandom(seed), { leftOut: seed % 2 === 0 ? 0.5 : 0 })
      const body = renderTried(forms, message, data)

      expect(findLosses(message, data, body)).toEqual([])
      expect(renderTried(forms, message, onlyShown(message, data))).toBe(body)
    }
  })
})

describe.each(forms.formIds())('random declarations of form %s', (formId) => {
  test('are right, with all items and with few', () => {
    for (let seed = 1; seed <= 20; seed++) {
      for (const leftOut of [0, 0.7]) {
        const data = validDeclaration(forms, formId, toRandom(seed), { leftOut })
        expect(forms.validate(formId, data)).toEqual([])
      }
    }
  })
})

test('of the same seed are the same', () => {
  const make = () => validDeclaration(forms, 'ship-declaration', toRandom(42))

  expect(make()).toEqual(make())
})
