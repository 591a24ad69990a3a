import { compileExpression, type EpochMs, type Json, type JsonObject } from '../../kernel/index.ts'
import type { CaseData } from './contract.ts'

export interface FeelMoment {
  readonly now: EpochMs
  /** IANA zone of human times. */
  readonly zone: string
  readonly variables: JsonObject
}

/** The data a case speaks of, ready to be sent. @throws Error that names the file, pointer or expression at fault. */
export function caseData(spoken: CaseData, files: (name: string) => JsonObject, moment: FeelMoment): JsonObject {
  const base = structuredClone(spoken.data ?? (spoken.file === undefined ? {} : files(spoken.file))) as Json
  for (const [pointer, value] of Object.entries(spoken.change ?? {})) change(base, pointer, value as Json)
  return withFeel(base, moment) as JsonObject
}

/** Replaces every text that starts with `=` by what it evaluates to. @throws Error that names the expression. */
export function withFeel(value: Json, moment: FeelMoment): Json {
  if (typeof value === 'string') return value.startsWith('=') ? evaluate(value.slice(1), moment) : value
  if (Array.isArray(value)) return value.map((item: Json) => withFeel(item, moment))
  if (value !== null && typeof value === 'object')
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, withFeel(inner as Json, moment)]))
  return value
}

function evaluate(text: string, { now, zone, variables }: FeelMoment): Json {
  const compiled = compileExpression(text)
  if (!compiled.ok) throw new Error(`Expected FEEL, found =${text}: ${compiled.message}`)
  const result = compiled.compiled.evaluate((name) => (Object.hasOwn(variables, name) ? variables[name] : undefined), { now, zone })
  if (!result.ok) throw new Error(`=${text} cannot be evaluated: ${result.message}`)
  return result.value
}

/** Sets what a JSON pointer (RFC 6901) points at; `null` removes it, a last part `-` appends to an array. */
function change(root: Json, pointer: string, value: Json): void {
  const parts = pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
  const last = parts.pop()
  if (!pointer.startsWith('/') || last === undefined) throw new Error(`Expected a JSON pointer such as /lines/0/hs_code, found ${pointer}`)
  let parent = root
  for (const part of parts) {
    parent = (parent as Record<string, Json>)[part] ?? null
    if (parent === null || typeof parent !== 'object') throw new Error(`Expected something at ${pointer}, but there is no ${part}`)
  }
  if (Array.isArray(parent)) {
    const rows = parent as Json[]
    const index = last === '-' ? rows.length : Number(last)
    if (!Number.isInteger(index) || index < 0 || index > rows.length)
      throw new Error(`Expected a row of ${rows.length} at ${pointer}, found ${last}`)
    rows.splice(index, index === rows.length ? 0 : 1, ...(value === null ? [] : [value]))
    return
  }
  if (value === null) delete (parent as Record<string, Json>)[last]
  else (parent as Record<string, Json>)[last] = value
}
