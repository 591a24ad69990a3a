import type { CompiledExpression, ExpressionEnv, Json, JsonObject } from '../kernel/index.ts'
import { compileExpression } from '../kernel/index.ts'
import type { Text } from './contract.ts'

/** A field whose value leaves no choice: who answers states it, or does not go on. */
export interface Statement {
  readonly name: string
  readonly mustBe: boolean
  readonly text: Text
}

const conditions = new Map<string, CompiledExpression | undefined>()

/** Forms are few and their conditions were compiled once when they were loaded; a broken one cannot get here. */
export function isFieldShown(visibleIf: string | undefined, variables: JsonObject, env: ExpressionEnv): boolean {
  if (visibleIf === undefined) return true
  if (!conditions.has(visibleIf)) {
    const compiled = compileExpression(visibleIf)
    conditions.set(visibleIf, compiled.ok ? compiled.compiled : undefined)
  }
  const shown = conditions.get(visibleIf)?.evaluate((name) => variables[name], env)
  return shown?.ok === true && shown.value === true
}

/** Statements of the form that are asked for with these answers, and are not made by them. */
export function statementsNotMade(form: JsonObject, variables: JsonObject, env: ExpressionEnv): readonly Statement[] {
  const fields = Array.isArray(form.fields) ? (form.fields as readonly JsonObject[]) : []
  return fields.flatMap(({ name, mustBe, mustBeText, visibleIf }) => {
    if (typeof name !== 'string' || typeof mustBe !== 'boolean' || variables[name] === mustBe) return []
    if (!isFieldShown(typeof visibleIf === 'string' ? visibleIf : undefined, variables, env)) return []
    return { name, mustBe, text: textOf(mustBeText) }
  })
}

function textOf(value: Json | undefined): Text {
  const { en, zh } = (value ?? {}) as { readonly en?: Json; readonly zh?: Json }
  return { en: String(en ?? ''), zh: String(zh ?? '') }
}
