import fc from 'fast-check'
import { stdnum } from 'stdnum'
import { describe, expect, test } from 'vitest'
import {
  containerCheckDigit,
  findContainerProblem,
  findImoProblem,
  findResidentIdProblem,
  findUsccProblem,
  imoCheckDigit,
  organisationCheckCharacter,
  residentIdCheckCharacter,
  usccCheckCharacter,
} from '../../../engine/window/forms/checksum.ts'
import { toDeclarationForm } from '../../../engine/window/forms/declaration-form.ts'
import { IDENTIFIERS } from '../../../engine/window/forms/identifier.ts'
import { toDeclarationCheck } from '../../../engine/window/forms/validate-declaration.ts'

describe.each([
  ['imo', ['9319466', '8814275', '1234567'], ['8814274', '1234560', '931946', '9319466A', '']],
  [
    'iso6346',
    ['CSQU3054383', 'TCNU7200794', 'TOLU4734787', 'GYOU4047990', 'DEMU1000140'],
    ['CSQU3054384', 'CSQU305438', 'CSQ13054383', 'csqu3054383'],
  ],
  [
    'uscc',
    ['91110000600037341L', '91350200MA2DEM017J', '91350100M000100Y43'],
    ['A1110000600037341L', '91110000600037341M', '12345', '91110000600037341I'],
  ],
  [
    'resident-id',
    ['360426199101010071', '11010519491231002X'],
    ['360426199101010072', '110105194912310020', '11010519490231002X', '11010519491231002x', '36042619910101007'],
  ],
  [
    'declaration-number',
    ['370020261000000001', '350020260000000017', '37002026I000000001', '37002026E000000001'],
    ['370020263000000001', '37002026100000001', '37002026i000000001', '370029261000000001'],
  ],
  ['mmsi', ['413123450', '201000001', '775999999'], ['013123450', '200000001', '776000001', '41312345', '4131234501', '41312345A']],
])('identifier %s', (name, right, wrong) => {
  const problemOf = (value: string) => IDENTIFIERS[name]?.findProblem(value)

  test.each(right)('takes %s', (value) => {
    expect(problemOf(value)).toBeUndefined()
  })
  test.each(wrong)('refuses %j', (value) => {
    expect(problemOf(value)).toBeDefined()
  })
})

describe('a check digit', () => {
  const digits = (count: number) => fc.stringMatching(new RegExp(`^[0-9]{${count}}$`))

  test.each<[string, fc.Arbitrary<string>, (value: string) => unknown]>([
    ['imo', digits(6).map((six) => six + imoCheckDigit(six)), findImoProblem],
    ['iso6346', fc.stringMatching(/^[A-Z]{3}[UJZ][0-9]{6}$/).map((ten) => ten + containerCheckDigit(ten)), findContainerProblem],
    [
      'uscc',
      fc.stringMatching(/^91[0-9]{6}[0-9A-HJ-NP-RTUWXY]{8}$/).map((sixteen) => {
        const code17 = sixteen + organisationCheckCharacter(sixteen.slice(8))
        return code17 + usccCheckCharacter(code17)
      }),
      findUsccProblem,
    ],
    [
      'resident-id',
      fc
        .tuple(digits(5), fc.date({ min: new Date('1900-01-01'), max: new Date('2020-12-31'), noInvalidDate: true }), digits(3))
        .map(([place, day, order]) => `1${place}${day.toISOString().slice(0, 10).replaceAll('-', '')}${order}`)
        .map((code17) => code17 + residentIdCheckCharacter(code17)),
      findResidentIdProblem,
    ],
  ])('of %s is found right, and another one wrong with the right one told', (_, numbers, findProblem) => {
    fc.assert(
      fc.property(numbers, fc.stringMatching(/^[0-9]$/), (number, other) => {
        expect(findProblem(number)).toBeUndefined()
        const last = number.slice(-1)
        if (other !== last) {
          expect(findProblem(number.slice(0, -1) + other)).toMatchObject({
            kind: 'check',
            position: number.length,
            expected: last,
            found: other,
          })
        }
      }),
      { numRuns: 500 },
    )
  })

  test('of IMO and identity numbers shows every wrong digit', () => {
    fc.assert(
      fc.property(digits(6), fc.nat({ max: 5 }), fc.integer({ min: 1, max: 9 }), (six, place, step) => {
        const number = six + imoCheckDigit(six)
        const changed = [...number].map((digit, at) => (at === place ? String((Number(digit) + step) % 10) : digit)).join('')
        // Weights 2, 4 and 6 let a digit that is off by five pass, and 5 lets even steps pass: the scheme finds the rest.
        const weight = [7, 6, 5, 4, 3, 2][place] ?? 0
        const difference = Number(changed[place]) - Number(number[place])
        expect(findImoProblem(changed) === undefined).toBe((weight * difference) % 10 === 0)
      }),
    )
  })
})

describe('the package stdnum says the same', () => {
  const { uscc, ric } = stdnum.CN as unknown as Record<'uscc' | 'ric', { validate(value: string): { isValid: boolean } }>

  test('of credit codes that begin with digits', () => {
    fc.assert(
      // It takes no code whose check character is 0: it reads past the end of its alphabet.
      fc.property(fc.stringMatching(/^9[1-3][0-9]{6}[0-9A-HJ-NP-RTUWXY]{9}[1-9A-HJ-NP-RTUWXY]$/), (code) => {
        const problem = findUsccProblem(code)
        // It does not look at the organisation code's own check character.
        const ours = problem === undefined || (problem.kind === 'check' && problem.position === 17)
        expect(ours).toBe(uscc.validate(code).isValid)
      }),
      { numRuns: 300 },
    )
    expect(uscc.validate('91350200MA2DEM017J').isValid).toBe(true)
  })

  test('of identity numbers', () => {
    for (const number of ['360426199101010071', '11010519491231002X', '360426199101010072', '110105194912310020'])
      expect(findResidentIdProblem(number) === undefined).toBe(ric.validate(number).isValid)
  })
})

test('any form may use any of them', () => {
  const properties = Object.fromEntries(
    Object.keys(IDENTIFIERS).map((format) => [
      format,
      { title: format, 'x-title-zh': format, 'x-agencies': ['customs'], type: 'string', format },
    ]),
  )
  const schema = { title: 'x', 'x-title-zh': 'x', type: 'object', additionalProperties: false, required: [], properties }
  const check = toDeclarationCheck(toDeclarationForm('trial', schema, new Map()), new Map(), () => [])
  const faulty = Object.fromEntries(Object.keys(IDENTIFIERS).map((format) => [format, '1']))

  expect(check(faulty).map(({ item, rule }) => [item, rule])).toEqual(
    Object.keys(IDENTIFIERS).map((format) => [format, `schema.${format}`]),
  )
  for (const { text } of check(faulty)) expect(text.zh + text.en).toMatch(/characters, found/)
})
