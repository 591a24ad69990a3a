import { expect, test } from 'vitest'
import { compileExpression, compileUnaryTests, type FeelValue } from '../../engine/kernel/expression/index.ts'
import type { Json } from '../../engine/kernel/record/json.ts'

/** 2026-06-10T08:30:00 in Shanghai. */
export const feelEnv = { now: Date.UTC(2026, 5, 10, 0, 30), zone: 'Asia/Shanghai' } as const

export type Variables = Readonly<Record<string, FeelValue>>

function scopeOf(variables: Variables) {
  return (name: string): FeelValue | undefined => (Object.hasOwn(variables, name) ? variables[name] : undefined)
}

/** Value of a text; throws the failure's message when it does not compile. */
export function evaluateText(text: string, variables: Variables = {}, names: readonly string[] = []): Json {
  const compiled = compileExpression(text, { names })
  if (!compiled.ok) throw new Error(compiled.message)
  const evaluated = compiled.compiled.evaluate(scopeOf(variables), feelEnv)
  if (!evaluated.ok) throw new Error(evaluated.message)
  return evaluated.value
}

export function warningsOf(text: string, variables: Variables = {}): readonly string[] {
  const compiled = compileExpression(text)
  if (!compiled.ok) throw new Error(compiled.message)
  const evaluated = compiled.compiled.evaluate(scopeOf(variables), feelEnv)
  if (!evaluated.ok) throw new Error(evaluated.message)
  return evaluated.warnings
}

/** Whether an input passes the tests of a cell. */
export function passesCell(tests: string, input: FeelValue, variables: Variables = {}): boolean {
  const compiled = compileUnaryTests(tests)
  if (!compiled.ok) throw new Error(compiled.message)
  const tested = compiled.compiled.test(input, scopeOf(variables), feelEnv)
  if (!tested.ok) throw new Error(tested.message)
  return tested.value
}

/** One law of FEEL as one test. */
export function expr(text: string, expected: Json, variables: Variables = {}): void {
  test(`${text} is ${JSON.stringify(expected)}`, () => {
    expect(evaluateText(text, variables)).toEqual(expected)
  })
}

/** One law of decision table cells as one test. */
export function cell(tests: string, input: FeelValue, expected: boolean, variables: Variables = {}): void {
  test(`${tests} ${expected ? 'holds' : 'does not hold'} for ${JSON.stringify(input)}`, () => {
    expect(passesCell(tests, input, variables)).toBe(expected)
  })
}
