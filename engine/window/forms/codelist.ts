import type { JsonObject } from '../../kernel/index.ts'
import type { Text } from '../contract.ts'

export interface CodelistEntry extends JsonObject {
  readonly code: string
  readonly name: { readonly en: string; readonly zh: string }
}

/** A dated list of codes of `forms/codelists`. */
export interface Codelist {
  readonly id: string
  readonly name: Text
  find(code: string): CodelistEntry | undefined
  /** True when the code may be used on that day (`YYYY-MM-DD`); without a day, when it was ever valid. */
  holds(code: string, day?: string): boolean
  /** The entry that knows `value` under another name (alpha-3, UN code …): what the writer probably meant. */
  findMeant(value: string): CodelistEntry | undefined
}

/** Makes the list of a file of `forms/codelists` searchable. */
export function toCodelist(file: JsonObject): Codelist {
  const entries = file.entries as unknown as readonly CodelistEntry[]
  const byCode = new Map(entries.map((entry) => [entry.code, entry]))
  // Some lists are too long to ship: they hold every code of a form, and the entries only name the common ones.
  const accepts = typeof file.accepts === 'string' ? new RegExp(file.accepts, 'u') : undefined
  return {
    id: String(file.id),
    name: file.name as unknown as Text,
    find: (code) => byCode.get(code),
    holds(code, day) {
      const entry = byCode.get(code)
      if (entry === undefined) return accepts?.test(code) ?? false
      if (day === undefined) return true
      return isWithin(file, day) && isWithin(entry, day)
    },
    findMeant: (value) =>
      entries.find((entry) => Object.entries(entry).some(([key, other]) => key !== 'name' && key !== 'code' && other === value)),
  }
}

function isWithin(dated: JsonObject, day: string): boolean {
  const { validFrom, validTo } = dated
  // ISO dates sort as text.
  return (typeof validFrom !== 'string' || validFrom <= day) && (typeof validTo !== 'string' || day <= validTo)
}
