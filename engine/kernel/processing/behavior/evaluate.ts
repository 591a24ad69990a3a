import type { CompiledExpression } from '../../expression/contract.ts'
import type { TextValue } from '../../model/executable-process.ts'
import type { IncidentType } from '../../record/event.ts'
import type { Json } from '../../record/json.ts'
import type { ElementInstanceKey } from '../../record/keys.ts'
import { fail, ok, type Result } from '../failure.ts'
import type { Step } from '../step.ts'

export function evaluate(step: Step, expression: CompiledExpression, scopeKey: ElementInstanceKey, type: IncidentType): Result<Json> {
  const outcome = expression.evaluate(step.scope(scopeKey), step.env)
  return outcome.ok ? ok(outcome.value) : fail(type, outcome.message)
}

/** The value of a literal or an expression. */
export function evaluateValue(
  step: Step,
  value: TextValue,
  scopeKey: ElementInstanceKey,
  type: IncidentType = 'EXTRACT_VALUE_ERROR',
): Result<Json> {
  return value.kind === 'literal' ? ok(value.text) : evaluate(step, value.expression, scopeKey, type)
}

/** As text; numbers are written out. `what` names the attribute in the failure. */
export function evaluateText(step: Step, value: TextValue, scopeKey: ElementInstanceKey, what: string): Result<string> {
  if (value.kind === 'literal') return ok(value.text)
  const result = evaluate(step, value.expression, scopeKey, 'EXTRACT_VALUE_ERROR')
  if (!result.ok) return result
  if (typeof result.value === 'string') return ok(result.value)
  if (typeof result.value === 'number') return ok(String(result.value))
  return fail('EXTRACT_VALUE_ERROR', mismatch(what, 'a text or number', value.expression.text, result.value))
}

/** A list of texts: a literal is split at commas. */
export function evaluateTexts(step: Step, value: TextValue, scopeKey: ElementInstanceKey, what: string): Result<readonly string[]> {
  if (value.kind === 'literal') return ok(splitList(value.text))
  const result = evaluate(step, value.expression, scopeKey, 'EXTRACT_VALUE_ERROR')
  if (!result.ok) return result
  if (typeof result.value === 'string') return ok(splitList(result.value))
  if (Array.isArray(result.value) && result.value.every((entry) => typeof entry === 'string')) return ok(result.value as string[])
  return fail('EXTRACT_VALUE_ERROR', mismatch(what, 'a list of texts', value.expression.text, result.value))
}

export function evaluateInteger(step: Step, value: TextValue, scopeKey: ElementInstanceKey, what: string): Result<number> {
  const result = evaluateValue(step, value, scopeKey)
  if (!result.ok) return result
  const number = typeof result.value === 'string' ? Number(result.value) : result.value
  if (typeof number === 'number' && Number.isInteger(number)) return ok(number)
  return fail('EXTRACT_VALUE_ERROR', mismatch(what, 'a whole number', textOf(value), result.value))
}

function splitList(text: string): readonly string[] {
  return text
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '')
}

export function textOf(value: TextValue): string {
  return value.kind === 'literal' ? value.text : `=${value.expression.text}`
}

function mismatch(what: string, expected: string, text: string, found: Json): string {
  return `Expected ${what} to be ${expected}, but '${text}' gave ${describe(found)}; correct the expression or the variables it reads, then resolve the incident`
}

/** A value in a message: short, never a whole declaration. */
export function describe(value: Json): string {
  const text = JSON.stringify(value)
  return text.length > 80 ? `${text.slice(0, 77)}…` : text
}
