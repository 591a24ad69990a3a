import { createHash } from 'node:crypto'
import { type CompiledExpression, compileExpression, type EpochMs, type Json, type JsonObject, type Variables } from '../kernel/index.ts'

/** Facts of a service, compiled: what routing needs to know of a declaration. */
export type FactExpressions = ReadonlyMap<string, CompiledExpression>

/** One text a fact that does not compile. */
export function compileFacts(facts: Readonly<Record<string, string>>): {
  readonly expressions: FactExpressions
  readonly problems: readonly string[]
} {
  const expressions = new Map<string, CompiledExpression>()
  const problems: string[] = []
  for (const [name, text] of Object.entries(facts)) {
    const compiled = compileExpression(text.replace(/^\s*=/, ''))
    if (compiled.ok) expressions.set(name, compiled.compiled)
    else problems.push(`facts.${name}: ${compiled.message}`)
  }
  return { expressions, problems }
}

/**
 * The facts of one version of a declaration. Expressions see its items by name, and `receiptNo`. What cannot be computed
 * (an item is missing or wrong) is null; the validation tells the enterprise.
 *
 * `randomDraw`, 0 ≤ x < 1, is always there: drawn from the receipt number, so a repeat draws the same and nobody can
 * try again for a better one by amending.
 */
export function evaluateFacts(
  facts: FactExpressions,
  declaration: { readonly receiptNo: string; readonly data: JsonObject },
  env: { readonly now: EpochMs; readonly zone: string },
): Variables {
  const { receiptNo, data } = declaration
  const scope = (name: string): Json | undefined => (Object.hasOwn(data, name) ? data[name] : name === 'receiptNo' ? receiptNo : undefined)
  const values: Record<string, Json> = { randomDraw: randomDraw(receiptNo) }
  for (const [name, expression] of facts) {
    const result = expression.evaluate(scope, env)
    values[name] = result.ok ? result.value : null
  }
  return values
}

/** Even over [0, 1): the first 48 bits of the number's SHA-256. */
export function randomDraw(receiptNo: string): number {
  return createHash('sha256').update(receiptNo).digest().readUIntBE(0, 6) / 2 ** 48
}
