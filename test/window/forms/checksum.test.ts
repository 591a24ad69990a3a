import { describe, expect, test } from 'vitest'
import {
  containerCheckDigit,
  findContainerProblem,
  findUsccProblem,
  isCalendarDay,
  isPlainText,
  organisationCheckCharacter,
  usccCheckCharacter,
} from '../../../engine/window/forms/checksum.ts'

describe('unified social credit code', () => {
  test.each([
    '91110000600037341L',
    '91350100M000100Y43',
    '91350200MA2DEM017J',
    '91350100MA2DEM0258',
    '91350206MA2DEM033Y',
    '91350203MA2DEM041E',
    '91350128MA2DEM05X8',
    '91350500MA2DEM068A',
  ])('takes %s', (code) => {
    expect(findUsccProblem(code)).toBeUndefined()
  })

  test('takes letters in the first two places', () => {
    const code17 = `A1110000${'60003734'}1`

    expect(findUsccProblem(code17 + usccCheckCharacter(code17))).toBeUndefined()
  })

  test.each([
    ['91110000600037341M', { kind: 'check', position: 18, expected: 'L', found: 'M' }],
    ['91110000600037341I', { kind: 'characters' }],
    ['A1110000600037341L', { kind: 'check', position: 18, expected: usccCheckCharacter('A1110000600037341'), found: 'L' }],
    ['9111000060003734', { kind: 'length', expected: 18 }],
    ['911100006000373 1L', { kind: 'characters' }],
  ])('refuses %s', (code, problem) => {
    expect(findUsccProblem(code)).toEqual(problem)
  })

  test('refuses a code whose organisation code has a wrong check character though its own is right', () => {
    const code17 = '91110000600037342'
    const code = code17 + usccCheckCharacter(code17)

    expect(findUsccProblem(code)).toEqual({ kind: 'check', position: 17, expected: organisationCheckCharacter('60003734'), found: '2' })
  })
})

describe('container number', () => {
  test.each(['CSQU3054383', 'TCNU7200794', 'TOLU4734787', 'GYOU4047990'])('takes %s', (number) => {
    expect(findContainerProblem(number)).toBeUndefined()
  })

  test.each([
    ['CSQU3054384', { kind: 'check', position: 11, expected: '3', found: '4' }],
    ['TCNU7200793', { kind: 'check', position: 11, expected: '4', found: '3' }],
    ['CSQU305438', { kind: 'length', expected: 11 }],
    ['CSQ13054383', { kind: 'characters' }],
    ['CSQR3054383', { kind: 'characters' }],
  ])('refuses %s', (number, problem) => {
    expect(findContainerProblem(number)).toEqual(problem)
  })

  test('writes remainder 10 as 0', () => {
    expect(containerCheckDigit('DEMU100014')).toBe('0')
  })
})

describe('day', () => {
  test.each(['2026-05-18', '2024-02-29', '2000-02-29'])('takes %s', (day) => {
    expect(isCalendarDay(day)).toBe(true)
  })
  test.each(['2026-02-29', '1900-02-29', '2026-13-01', '2026-04-31', '2026-5-1', '20260501', '2026-05-18T00:00', '0000-01-01'])(
    'refuses %s',
    (day) => {
      expect(isCalendarDay(day)).toBe(false)
    },
  )
})

describe('text', () => {
  test.each(['厦门', 'نجمة البحر', 'two\nlines\tand a tab', '😀'])('takes %j', (text) => {
    expect(isPlainText(text)).toBe(true)
  })
  test.each(['a\u0000b', '\u001b[31m', 'half \ud83d', '\ufffe'])('refuses %j', (text) => {
    expect(isPlainText(text)).toBe(false)
  })
})
