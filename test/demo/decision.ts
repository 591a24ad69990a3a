/** A form as the API shows it. */
export interface Form {
  readonly id: string
  readonly title: string
  readonly fields: readonly Field[]
}
export interface Field {
  readonly name: string
  readonly type: 'choice' | 'text' | 'number' | 'boolean' | 'date' | 'errors'
  readonly required: boolean
  readonly options?: readonly { readonly value: string }[]
  /** `decision in ["…"]`: the only condition the demonstration's people understand. */
  readonly visibleIf?: string
}
export type Values = Readonly<Record<string, unknown>>

/**
 * Fills in a form as a person would who has nothing against the declaration: the first choice, everything required.
 * `said` are the answers that this case calls for.
 */
export function fillIn(form: Form | null, said: Values, person: { readonly name: string; readonly today: string }): Values {
  const values: Record<string, unknown> = { ...said }
  for (const field of form?.fields ?? []) {
    if (values[field.name] !== undefined || !field.required || !isShown(field, values)) continue
    values[field.name] = valueFor(field, person)
  }
  return values
}

function isShown({ visibleIf }: Field, values: Values): boolean {
  if (visibleIf === undefined) return true
  const wanted = [...visibleIf.matchAll(/"([^"]*)"/g)].map(([, value]) => value)
  const name = visibleIf.trim().split(/\s/)[0] ?? ''
  return wanted.includes(String(values[name]))
}

function valueFor(field: Field, { name, today }: { readonly name: string; readonly today: string }): unknown {
  switch (field.type) {
    case 'choice':
      return field.options?.[0]?.value
    case 'boolean':
      return true
    case 'number':
      return 1
    case 'date':
      return today
    case 'errors':
      return []
    case 'text':
      return name
  }
}
