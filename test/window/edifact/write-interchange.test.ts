import { describe, expect, test } from 'vitest'
import {
  type InterchangeSettings,
  interchangeReference,
  markValue,
  parseSelector,
  readInterchange,
  writeInterchange,
} from '../../../engine/window/edifact/index.ts'

const settings: InterchangeSettings = {
  messageType: 'CUSRES',
  sender: 'FJSW:ZZZ',
  recipient: 'CUSTOMS:ZZZ',
  characterSet: 'UNOW',
  association: 'FJSW10',
  messageId: '2251799813685249',
  sentAt: '2026-05-18T10:00:00+08:00',
  zone: 'Asia/Shanghai',
}
const value = (written: string, item = 'items.x') => markValue(item, written)
const write = (segments: readonly string[], changes: Partial<InterchangeSettings> = {}) =>
  writeInterchange(segments.join('\n'), { ...settings, ...changes })
const body = (segments: readonly string[]) => write(segments).split('\n').slice(3, -3)

describe('what a template leaves empty falls away', () => {
  test.each([
    ['components at the end', `BGM+${value('963')}:${value('')}+${value('SW1')}`, "BGM+963+SW1'"],
    ['an element of absent values, with its qualifiers', `BGM+963+${value('')}:${value('')}+${value('9')}`, "BGM+963++9'"],
    ['elements at the end', `BGM+963+${value('SW1')}+${value('')}+${value('')}`, "BGM+963+SW1'"],
    ['nothing that stands in the template itself', 'BGM+963', "BGM+963'"],
  ])('%s', (_what, line, expected) => {
    expect(body([line])).toEqual([expected])
  })

  test('a segment whose values are all absent', () => {
    expect(body(['BGM+963', `FTX+AAI+++${value('')}`, '', `RFF+ABE:${value('SW1')}`])).toEqual(["BGM+963'", "RFF+ABE:SW1'"])
  })

  test('a released character parts nothing', () => {
    expect(body(['BGM+963', `FTX+AAI+++${value('a?+?:')}`])).toEqual(["BGM+963'", "FTX+AAI+++a?+?:'"])
  })
})

describe('what may not leave is refused by name', () => {
  test('a character that the agency’s set lacks', () => {
    expect(() => write(['BGM+963', `FTX+AAI+++${value('厦门', 'items.remarks')}`], { characterSet: 'UNOC' })).toThrow(
      'Expected items.remarks of CUSRES to hold characters of UNOC only, found "厦"; agree UNOW with the agency, or give the item in Latin letters',
    )
    expect(() => write(['BGM+963', `FTX+AAI+++${value('lower case')}`], { characterSet: 'UNOA' })).toThrow('characters of UNOA only')
    expect(() => write(['BGM+963', `FTX+AAI+++${value('lower case')}`], { characterSet: 'UNOB' })).not.toThrow()
  })

  test('a segment out of place', () => {
    expect(() => write([`RFF+ABE:${value('SW1', 'envelope.receiptNo')}`, 'BGM+963'])).toThrow(
      'items envelope.receiptNo: Expected segment BGM before this, found RFF',
    )
  })
})

describe('the envelope', () => {
  test('is of syntax version 4 where the set asks for it, else of 3', () => {
    expect(write(['BGM+963']).split('\n')[1]).toBe("UNB+UNOW:4+FJSW:ZZZ+CUSTOMS:ZZZ+20260518:1000+M672JXBIM9++CUSRES'")
    expect(write(['BGM+963'], { characterSet: 'UNOB' }).split('\n')[1]).toBe(
      "UNB+UNOB:3+FJSW:ZZZ+CUSTOMS:ZZZ+260518:1000+M672JXBIM9++CUSRES'",
    )
  })

  test('has a reference that is the same for the same message, and fits', () => {
    const ids = ['1', '9223372036854775807', 'a long id of another kind', 'KEY']
    const references = ids.map(interchangeReference)

    expect(references).toEqual(ids.map(interchangeReference))
    expect(new Set(references).size).toBe(ids.length)
    for (const reference of references) expect(reference).toMatch(/^[A-Z0-9]{1,14}$/)
  })

  test('is read back as it was written', () => {
    expect(readInterchange(write(['BGM+963'])).header).toMatchObject({
      sender: 'FJSW',
      recipient: 'CUSTOMS',
      recipientQualifier: 'ZZZ',
      characterSet: 'UNOW',
    })
  })
})

test.each(['', 'bgm.1', 'SG6[1=EX/NAD.1', 'NAD.4.', 'SG6[]/NAD.1', 'NAD.1 '])('a selector %j is refused where it goes wrong', (text) => {
  expect(() => parseSelector(text)).toThrow(/^Expected .* at character \d+ of the selector/)
})
