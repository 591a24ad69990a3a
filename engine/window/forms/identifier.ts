import type { Text } from '../contract.ts'
import {
  findContainerProblem,
  findDeclarationNumberProblem,
  findImoProblem,
  findMmsiProblem,
  findResidentIdProblem,
  findUsccProblem,
  type IdentifierProblem,
} from './checksum.ts'

/** An identifier with rules of its own, usable in any form as `"format": "<name>"`. */
export interface IdentifierFormat {
  findProblem(value: string): IdentifierProblem | undefined
  /** What its characters must be, for people. */
  readonly form: Text
}

/** By name of the JSON Schema format; a broken one has the rule `schema.<name>`. */
export const IDENTIFIERS: Readonly<Record<string, IdentifierFormat>> = {
  uscc: {
    findProblem: findUsccProblem,
    form: {
      en: 'digits and capital letters other than I, O, S, V and Z, with digits in places 3 to 8',
      zh: '数字和大写字母（不含I、O、S、V、Z），第3至8位为数字',
    },
  },
  iso6346: {
    findProblem: findContainerProblem,
    form: { en: 'three letters, U, J or Z, and seven digits', zh: '3位字母、U/J/Z之一及7位数字' },
  },
  imo: { findProblem: findImoProblem, form: { en: 'seven digits', zh: '7位数字' } },
  mmsi: {
    findProblem: findMmsiProblem,
    form: { en: 'nine digits that begin with the number of a country (201 to 775)', zh: '9位数字，前3位为国家码（201至775）' },
  },
  'resident-id': {
    findProblem: findResidentIdProblem,
    form: {
      en: '17 digits, of which places 7 to 14 are the day of birth, and a digit or X',
      zh: '17位数字（第7至14位为出生日期）及1位数字或X',
    },
  },
  'declaration-number': {
    findProblem: findDeclarationNumberProblem,
    form: {
      en: '4 digits of the customs office, 4 of the year, 0 or 1 (E or I on a list) and 9 digits',
      zh: '4位关区代码、4位年份、0或1（备案清单为E或I）及9位数字',
    },
  },
}
