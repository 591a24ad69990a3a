import { describe, expect, test } from 'vitest'
import { parseXml } from '../../../engine/window/answer/parse-xml.ts'

const ruleOf = (text: string) => {
  const result = parseXml(text)
  return 'fault' in result ? result.fault : undefined
}

describe('XML of an agency', () => {
  test('is read without prefixes, all values as texts', () => {
    expect(parseXml('<a:R xmlns:a="urn:x"><a:Code>01</a:Code><a:N>5 &lt; 6 &#38; &quot;7&quot; &#x538E;</a:N></a:R>')).toEqual({
      value: { R: { Code: '01', N: '5 < 6 & "7" 厎' } },
    })
  })

  test('with entities that grow is refused before anything is read', () => {
    const lines = Array.from({ length: 10 }, (_, index) => `<!ENTITY l${index + 1} "${`&l${index};`.repeat(10)}">`)
    const bomb = `<?xml version="1.0"?>\n<!DOCTYPE r [<!ENTITY l0 "ha">\n${lines.join('\n')}]>\n<r>&l10;</r>`

    expect(ruleOf(bomb)).toMatchObject({ rule: 'xml.doctype', line: 2, column: 1 })
  })

  test.each([
    ['a file', '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><r>&x;</r>'],
    ['an address', '<!DOCTYPE r [<!ENTITY x SYSTEM "http://127.0.0.1/x">]><r>&x;</r>'],
    ['a parameter entity', '<!DOCTYPE r SYSTEM "http://127.0.0.1/x.dtd"><r/>'],
  ])('cannot have %s read', (_what, text) => {
    expect(ruleOf(text)?.rule).toBe('xml.doctype')
  })

  test('leaves an entity that nobody defined as it is written', () => {
    expect(parseXml('<r>&secret;</r>')).toEqual({ value: { r: '&secret;' } })
  })

  test('that is not well formed is told with its place', () => {
    expect(ruleOf('<r>\n<a></b>\n</r>')).toMatchObject({ rule: 'xml.syntax', line: 2 })
  })

  test('of open brackets alone is refused at once, however long', () => {
    expect(ruleOf('<'.repeat(2_000_000))?.rule).toBe('xml.syntax')
  })

  test('nested without end is refused', () => {
    expect(ruleOf('<a>'.repeat(10_000) + '</a>'.repeat(10_000))?.rule).toBe('xml.depth')
  })
})
