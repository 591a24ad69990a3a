import { Type } from 'typebox'
import type { ExpressionEnv, Json, JsonObject } from '../kernel/index.ts'
import { isFieldShown } from '../window/index.ts'
import type { FieldProblem, OfficerField, OfficerForm } from './contract.ts'
import type { Language } from './language.ts'
import { ProblemError } from './problem.ts'
import { nullable } from './schema.ts'

export const OfficerFormSchema = nullable(
  Type.Object({ id: Type.String(), title: Type.String(), fields: Type.Array(Type.Object({ name: Type.String(), type: Type.String() })) }),
)

const FIELD_TYPES = {
  choice: (value: Json) => typeof value === 'string',
  text: (value: Json) => typeof value === 'string',
  number: (value: Json) => typeof value === 'number',
  boolean: (value: Json) => typeof value === 'boolean',
  date: (value: Json) => typeof value === 'string' && /^\d{4}-\d{2}-\d{2}/.test(value) && !Number.isNaN(Date.parse(value)),
  errors: (value: Json) => Array.isArray(value),
} as const satisfies Record<OfficerField['type'], (value: Json) => boolean>

/** The form in one language. */
export function officerFormView(form: JsonObject, language: Language): OfficerForm {
  const text = (value: Json | undefined): string =>
    isObject(value) ? String(value[language] ?? '') : typeof value === 'string' ? value : ''
  const fields = asList(form.fields).map((field): OfficerField => {
    const options = asList(field.options)
    return {
      name: String(field.name),
      type: field.type as OfficerField['type'],
      label: text(field.label),
      required: field.required === true,
      ...(options.length > 0 ? { options: options.map((option) => ({ value: String(option.value), label: text(option.label) })) } : {}),
      ...(typeof field.visibleIf === 'string' ? { visibleIf: field.visibleIf } : {}),
      ...(typeof field.mustBe === 'boolean' ? { mustBe: field.mustBe, mustBeText: text(field.mustBeText) } : {}),
    }
  })
  return { id: String(form.id ?? ''), title: text(form.title), fields }
}

/**
 * A decision may hold the form's fields only, each of its type, the required ones that are shown filled in.
 *
 * @throws ProblemError naming each field that is wrong.
 */
export function checkAgainstForm(form: OfficerForm, variables: JsonObject, env: ExpressionEnv): void {
  const problems: FieldProblem[] = []
  const wrong = (name: string, rule: string, message: string): void => {
    problems.push({ in: 'body', path: `/variables/${name}`, rule, message })
  }
  const known = new Map(form.fields.map((field) => [field.name, field]))
  for (const name of Object.keys(variables)) {
    if (!known.has(name)) wrong(name, 'additionalProperties', `expected one of the form's fields: ${[...known.keys()].join(', ')}`)
  }
  for (const field of form.fields) {
    const value = variables[field.name]
    if (value === undefined || value === null || value === '') {
      if (field.required && isFieldShown(field.visibleIf, variables, env))
        wrong(field.name, 'required', 'expected this field, but it is missing')
    } else if (!FIELD_TYPES[field.type]?.(value)) {
      wrong(field.name, 'type', `expected a ${field.type}, but found ${JSON.stringify(value)?.slice(0, 60)}`)
    } else if (field.options && !field.options.some((option) => option.value === value)) {
      wrong(field.name, 'enum', `expected one of ${field.options.map((option) => option.value).join(', ')}`)
    } else if (field.mustBe !== undefined && value !== field.mustBe && isFieldShown(field.visibleIf, variables, env)) {
      wrong(field.name, 'mustBe', `expected ${field.mustBe}, but found ${JSON.stringify(value)}: ${field.mustBeText ?? ''}`)
    }
  }
  if (problems.length === 0) return
  const list = problems.map((problem) => `${problem.path}: ${problem.message}`).join('; ')
  throw new ProblemError(
    'INVALID_ARGUMENT',
    { en: `Expected what form ${form.id} asks for, but found: ${list}`, zh: `与表单 ${form.id} 不符：${list}` },
    { fields: problems },
  )
}

function asList(value: Json | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : []
}
function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
