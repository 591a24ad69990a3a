import { describe, expect, test } from 'vitest'
import { decodeInterchange, readInterchange } from '../../../engine/window/edifact/index.ts'
import { samples } from './samples.ts'

const CUSRES = [
  "UNA:+.? '",
  "UNB+UNOC:3+CUSTOMS:ZZZ+FJSW:ZZZ+260316:1512+REF0000000001++CUSRES'",
  "UNH+000001+CUSRES:D:16B:UN:FJSW10'",
  "BGM+963+SW2026031600001250+9'",
  "DTM+137:202603161512:203'",
  "GEI+5+2'",
  "RFF+ABE:SW2026031600001250'",
  "ERP+2:1'",
  "ERC+FJ0421'",
  "FTX+AAO+++NET WEIGHT EXCEEDS GROSS WEIGHT'",
  "UNT+9+000001'",
  "UNZ+1+REF0000000001'",
].join('\n')

const found = (text: string) => readInterchange(text).faults.map(({ rule, line, column, tag }) => ({ rule, line, column, tag }))
const broken = (from: string | RegExp, to: string) => found(CUSRES.replace(from, to))

describe.skipIf(samples.length === 0)('sample interchanges', () => {
  test.each(samples)('$name keeps to the grammar', ({ text }) => {
    const { faults, messages } = readInterchange(text)

    expect(faults).toEqual([])
    expect(messages).toHaveLength(1)
  })

  test.each(samples)('$name with a wrong UNT count is told with its place', ({ text }) => {
    const line = text.split('\n').findIndex((each) => each.startsWith('UNT')) + 1

    expect(found(text.replace(/UNT\+\d+/, 'UNT+313'))).toEqual([{ rule: 'edifact.count', line, column: 5, tag: 'UNT' }])
  })

  test.each(samples.filter(({ text }) => text.includes('TDT+')))(
    '$name without its means of transport is told where it is missed',
    ({ text }) => {
      const lines = text.split('\n')
      const line = lines.findIndex((each) => each.startsWith('TDT')) + 1
      const [first] = found(lines.filter((each) => !each.startsWith('TDT')).join('\n'))

      expect(first).toMatchObject({ line, column: 1 })
      expect(['edifact.segment', 'edifact.missing-segment']).toContain(first?.rule)
    },
  )
})

describe('an interchange is told what is wrong with it', () => {
  test('nothing, when nothing is', () => {
    expect(found(CUSRES)).toEqual([])
  })

  test.each([
    ['a wrong count in UNZ', 'UNZ+1', 'UNZ+2', { rule: 'edifact.count', line: 12, column: 5, tag: 'UNZ' }],
    ['another reference in UNZ', 'UNZ+1+REF', 'UNZ+1+XEF', { rule: 'edifact.reference', line: 12, column: 7, tag: 'UNZ' }],
    ['another reference in UNT', 'UNT+9+000001', 'UNT+9+000002', { rule: 'edifact.reference', line: 11, column: 7, tag: 'UNT' }],
    ['a lower-case tag', 'GEI+5', 'gei+5', { rule: 'edifact.segment', line: 6, column: 1, tag: 'gei' }],
    ['a segment out of order', "GEI+5+2'\nRFF", "TAX+1'\nRFF", { rule: 'edifact.segment', line: 7, column: 1, tag: 'RFF' }],
    ['a date that does not exist', '202603161512:203', '202602301512:203', { rule: 'edifact.date', line: 5, column: 9, tag: 'DTM' }],
    ['a value that is too long', 'ERC+FJ0421', 'ERC+FJ0421999', { rule: 'edifact.too-long', line: 9, column: 5, tag: 'ERC' }],
    ['a mandatory value that is not there', 'RFF+ABE:', 'RFF+:', { rule: 'edifact.missing-element', line: 7, column: 5, tag: 'RFF' }],
    ['letters in a number', 'UNT+9+', 'UNT+IX+', { rule: 'edifact.not-a-number', line: 11, column: 5, tag: 'UNT' }],
    ['too many components', 'ERC+FJ0421', 'ERC+FJ0421:1:2:3', { rule: 'edifact.too-many-elements', line: 9, column: 16, tag: 'ERC' }],
    ['Chinese under UNOC', 'EXCEEDS', '超过', { rule: 'edifact.character', line: 10, column: 22, tag: 'FTX' }],
    ['another directory', 'CUSRES:D:16B', 'CUSRES:D:95B', { rule: 'edifact.message-type', line: 3, column: 1, tag: 'UNH' }],
    ['an unknown character set', 'UNOC:3', 'UNOS:3', { rule: 'edifact.character', line: 2, column: 5, tag: 'UNB' }],
    ['a missing terminator at the end', /'$/, '', { rule: 'edifact.terminator', line: 12, column: 1, tag: 'UNZ' }],
  ])('%s', (_what, from, to, expected) => {
    expect(broken(from, to)).toContainEqual(expected)
  })

  test('in both languages, with a way out', () => {
    const [fault] = readInterchange(CUSRES.replace('UNT+9', 'UNT+8')).faults

    expect(fault?.text.en).toMatch(/^Expected UNT to count 9 .*, found 8; /)
    expect(fault?.text.zh).toMatch(/应为 9，现为 8/)
  })

  test('a segment too often says how often it may come', () => {
    const many = Array.from({ length: 11 }, () => "GEI+5+2'").join('\n')
    const [fault] = readInterchange(CUSRES.replace("GEI+5+2'", many).replace('UNT+9', 'UNT+19')).faults

    expect(fault).toMatchObject({ rule: 'edifact.repetition', line: 16, tag: 'GEI' })
  })

  test('a file cut off anywhere is never taken', () => {
    for (let length = 1; length < CUSRES.length; length += 1) expect(readInterchange(CUSRES.slice(0, length)).faults).not.toEqual([])
  })

  test('a file that is wrong all through is told of no more than can be read', () => {
    const lines = Array.from({ length: 5_000 }, () => "ERC+FJ0421999'").join('\n')

    expect(readInterchange(CUSRES.replace("ERC+FJ0421'", lines)).faults.length).toBeLessThanOrEqual(200)
  })
})

describe('an interchange is read', () => {
  test('with the service characters that UNA names', () => {
    const other = CUSRES.replace("UNA:+.? '", 'UNA|*,!  ~')
      .replaceAll('+', '*')
      .replaceAll(':', '|')
      .replaceAll("'", '~')
      .replace('UNA|*,!  ~', 'UNA|*,! ~')
    const { faults, messages } = readInterchange(other)

    expect(faults).toEqual([])
    expect(messages[0]?.tree.groups.find(({ id }) => id === 'SG4')?.segments.map(({ tag }) => tag)).toEqual(['ERP', 'ERC', 'FTX'])
  })

  test('with released characters as values', () => {
    const { messages, faults } = readInterchange(CUSRES.replace('NET WEIGHT', "IT?'S 1?+1?:2 ??"))
    const text = messages[0]?.segments.find(({ tag }) => tag === 'FTX')?.elements[3]?.[0]

    expect(faults).toEqual([])
    expect(text).toBe("IT'S 1+1:2 ? EXCEEDS GROSS WEIGHT")
  })

  test('on one line as well as on many', () => {
    expect(found(CUSRES.replaceAll('\n', ''))).toEqual([])
    expect(found(CUSRES.replaceAll('\n', '\r\n'))).toEqual([])
    expect(found(CUSRES.replace("UNA:+.? '\n", ''))).toEqual([])
  })

  test('with service characters that are the same: refused', () => {
    expect(found(CUSRES.replace("UNA:+.? '", "UNA++.? '"))).toMatchObject([{ rule: 'edifact.service-characters' }])
  })
})

describe('bytes', () => {
  const chinese = CUSRES.replace('UNOC:3', 'UNOW:4').replace('260316:1512', '20260316:1512').replace('EXCEEDS', '超过')

  test('of UNOW are UTF-8, with or without a mark in front', () => {
    for (const text of [chinese, `\ufeff${chinese}`]) {
      const read = decodeInterchange(Buffer.from(text))
      expect(readInterchange(read ?? '').faults).toEqual([])
    }
  })

  test('that are no UTF-8 are not read as if they were', () => {
    expect(decodeInterchange(Buffer.concat([Buffer.from(chinese), Buffer.from([0xc3, 0x28])]))).toBeUndefined()
  })

  test('of UNOC are Latin 1, of UNOE Cyrillic', () => {
    const latin = Buffer.from(CUSRES.replace('EXCEEDS', 'ÜBERSCHREITET'), 'latin1')
    const cyrillic = Buffer.from(CUSRES.replace('UNOC', 'UNOE').replace('EXCEEDS', '\u00d0\u00d1'), 'latin1')

    expect(decodeInterchange(latin)).toContain('ÜBERSCHREITET')
    expect(decodeInterchange(cyrillic)).toContain('аб')
  })

  test('of two bytes a character are read too', () => {
    expect(decodeInterchange(Buffer.from(`\ufeff${chinese}`, 'utf16le'))).toContain('超过')
  })
})
