import { compileExpression, type JsonObject } from '../../kernel/index.ts'

const FIELD_TYPES = new Set(['choice', 'text', 'number', 'boolean', 'date', 'errors'])

interface Field {
  readonly name: string
  readonly type: string
  readonly label: { readonly en: string; readonly zh: string }
  readonly required: boolean
  readonly options?: readonly { readonly value: string; readonly label: { readonly en: string; readonly zh: string } }[]
  readonly visibleIf?: string
  readonly mustBe?: unknown
  readonly mustBeText?: unknown
}

/** Stops at an officer's form that could not be shown: found at start, not by the officer. */
export function refuseFaultyOfficerForm(formId: string, form: JsonObject): void {
  const fields = (form.fields ?? []) as unknown as readonly Field[]
  const problems = fields.flatMap((field) => fieldProblems(field))
  if (form.id !== formId) problems.push(`id ${String(form.id)} differs from the file's name`)
  if (!isText(form.title)) problems.push('the title lacks a language')
  if (new Set(fields.map((field) => field.name)).size < fields.length) problems.push('two fields have one name')
  if (problems.length > 0) throw new Error(`Expected officer form ${formId} to be complete, but found: ${problems.join('; ')}`)
}

function fieldProblems({ name, type, label, options, visibleIf, required, mustBe, mustBeText }: Field): string[] {
  const problems: string[] = []
  if (!FIELD_TYPES.has(type)) problems.push(`${name} has the unknown type ${type}`)
  if (!isText(label)) problems.push(`the label of ${name} lacks a language`)
  if (type === 'choice' && !options?.length) problems.push(`${name} has no options`)
  if (options?.some((option) => !isText(option.label))) problems.push(`an option of ${name} lacks a language`)
  if (mustBe !== undefined) {
    if (type !== 'boolean' || typeof mustBe !== 'boolean' || !required) problems.push(`mustBe of ${name} is not on a required boolean`)
    if (!isText(mustBeText)) problems.push(`the mustBeText of ${name} lacks a language`)
  }
  const condition = visibleIf === undefined ? undefined : compileExpression(visibleIf)
  if (condition !== undefined && !condition.ok) problems.push(`visibleIf of ${name}: ${condition.message}`)
  return problems
}

function isText(value: unknown): boolean {
  const text = value as { en?: unknown; zh?: unknown } | undefined
  return typeof text?.en === 'string' && text.en !== '' && typeof text.zh === 'string' && text.zh !== ''
}
