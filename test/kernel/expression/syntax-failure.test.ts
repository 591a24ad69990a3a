import { describe, expect, test } from 'vitest'
import { compileExpression } from '../../../engine/kernel/expression/index.ts'

function refused(text: string, found: string, wayOut: string): void {
  test(`${text} is refused with a way out`, () => {
    const compiled = compileExpression(text)
    expect(compiled.ok).toBe(false)
    if (compiled.ok) return
    expect(compiled.message).toContain(found)
    expect(compiled.message).toContain(wayOut)
    expect(compiled.message).toContain(text.trim())
    expect(compiled.position).toBeDefined()
  })
}

describe('a text that is not FEEL', () => {
  refused('amount > ', 'the end of the text', 'Finish the expression')
  refused("country = 'TW'", "`'`", 'double quotes')
  refused('a == 1', '`a == 1`', 'a single `=`')
  refused('a && b', '`&&`', '`and` and `or`')
  refused('if a then b', 'the end of the text', 'wants the else')
  refused('(a + b', 'the end of the text', 'closing bracket')
  refused('', 'nothing', 'Write an expression')

  test('names the position of the first mistake', () => {
    expect(compileExpression('a + * b')).toMatchObject({ ok: false, position: { from: 4 } })
  })

  test('is refused rather than thrown, however deep it nests', () => {
    expect(compileExpression(`${'('.repeat(20_000)}1${')'.repeat(20_000)}`).ok).toBe(false)
  })
})
