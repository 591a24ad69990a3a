import { expect, test } from 'vitest'
import { PROBLEMS } from '../../engine/api/problem.ts'
import { problemOf } from '../../engine/api/problem-of-error.ts'
import { EngineFailure } from '../../engine/runtime/index.ts'
import { StoreFailure } from '../../engine/store/index.ts'
import { WindowFailure } from '../../engine/window/index.ts'

const problem = (error: unknown) => {
  const found = problemOf(error, { bodyLimitBytes: 1_048_576 })
  return found && [PROBLEMS[found.code].status, found.code]
}

test.each([
  [new StoreFailure('UNAVAILABLE', 'disk full'), [503, 'UNAVAILABLE']],
  [new StoreFailure('CLOSED', 'closed'), [503, 'UNAVAILABLE']],
  [new StoreFailure('REVISION_CONFLICT', 'newer'), [409, 'INVALID_STATE']],
  [new EngineFailure('RESOURCE_EXHAUSTED', 'too many'), [503, 'RESOURCE_EXHAUSTED']],
  [new EngineFailure('DEADLINE_EXCEEDED', 'late'), [504, 'DEADLINE_EXCEEDED']],
  [new EngineFailure('ALREADY_EXISTS', 'twice'), [409, 'ALREADY_EXISTS']],
  [new WindowFailure('VERSION_CONFLICT', 'newer'), [409, 'VERSION_CONFLICT']],
  [new WindowFailure('INVALID_ARGUMENT', 'wrong', [{ item: 'a', rule: 'r', text: { en: 'e', zh: 'z' } }]), [422, 'INVALID_DECLARATION']],
])('%s is told as %j', (error, expected) => {
  expect(problem(error)).toEqual(expected)
})

test.each([new Error('secret of the house'), new TypeError('x is undefined'), 'a text', undefined])(
  "a programmer's mistake (%s) is told to nobody",
  (error) => {
    expect(problem(error)).toBeUndefined()
  },
)

test('every problem has a title in both languages', () => {
  expect(Object.values(PROBLEMS).filter(({ title }) => !title.en || !/\p{Script=Han}/u.test(title.zh))).toEqual([])
})
