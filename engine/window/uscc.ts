import type { Text } from './contract.ts'
import { findUsccProblem } from './forms/index.ts'

/** What is wrong with a unified social credit code (GB 32100), for people; undefined when nothing is. */
export function checkUscc(code: string): Text | undefined {
  const problem = findUsccProblem(code)
  const found = JSON.stringify(code)
  if (problem === undefined) return undefined
  if (problem.kind === 'length') {
    return {
      en: `expected a unified social credit code of ${problem.expected} characters, but found ${found}; copy it from the business licence`,
      zh: `统一社会信用代码应为 ${problem.expected} 位，实际为 ${found}；请按营业执照填写`,
    }
  }
  if (problem.kind === 'characters') {
    return {
      en: `expected a unified social credit code of digits and capital letters without I, O, S, V and Z, but found ${found}; copy it from the business licence`,
      zh: `统一社会信用代码只含数字和大写字母（不含 I、O、S、V、Z），实际为 ${found}；请按营业执照填写`,
    }
  }
  return {
    en: `expected check character ${problem.expected} at position ${problem.position} of the unified social credit code, but found ${problem.found}; a character was mistyped, copy the code from the business licence`,
    zh: `统一社会信用代码第 ${problem.position} 位校验码应为 ${problem.expected}，实际为 ${problem.found}；请核对营业执照`,
  }
}
