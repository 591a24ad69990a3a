import type { JsonObject } from '../../kernel/index.ts'
import type { CodeEntry, Codelist, CodelistSearch, CodeValidity, Text } from '../contract.ts'

/** Most entries that one search gives. */
export const MAX_FOUND = 200
const DEFAULT_FOUND = 20

/** Makes the list of a file of `forms/codelists` searchable; `listOf` gives the list that the file's codes lie within. */
export function toCodelist(file: JsonObject, listOf: (id: string) => Codelist | undefined = () => undefined): Codelist {
  const entries = file.entries as unknown as readonly CodeEntry[]
  // One code may stand for different things at different times: its periods are told apart by their days.
  const byCode = new Map<string, CodeEntry[]>()
  for (const entry of entries) {
    const periods = byCode.get(entry.code)
    if (periods === undefined) byCode.set(entry.code, [entry])
    else periods.push(entry)
  }
  const meant = indexOtherNames(entries)
  const search = toSearch(file, entries)
  const accepts = toAcceptance(file, listOf)
  return {
    id: String(file.id),
    name: file.name as unknown as Text,
    source: String(file.source),
    ...(typeof file.validFrom === 'string' ? { validFrom: file.validFrom } : {}),
    size: entries.length,
    find: (code, day) => pick(file, byCode.get(code) ?? [], day),
    validity(code, day) {
      const periods = byCode.get(code)
      if (periods === undefined) return accepts(code, day)
      return day === undefined ? VALID : validityOn(file, periods, day)
    },
    findMeant: (value) => meant.get(value),
    search,
    codes: (day) => [...byCode].flatMap(([code, periods]) => (day === undefined || validityOn(file, periods, day) === VALID ? [code] : [])),
  }
}

/**
 * Some lists are too long to ship: they hold every code of a form (`accepts`) whose beginning is in another list (`within`), and
 * the entries only name the common ones. Before that other list begins, the form alone decides.
 */
function toAcceptance(file: JsonObject, listOf: (id: string) => Codelist | undefined): (code: string, day?: string) => CodeValidity {
  if (typeof file.accepts !== 'string') return () => UNKNOWN
  const form = new RegExp(file.accepts, 'u')
  const within = file.within as { readonly codelist: string; readonly length: number } | undefined
  return (code, day) => {
    if (!form.test(code)) return UNKNOWN
    const outer = within === undefined ? undefined : listOf(within.codelist)
    if (within === undefined || outer === undefined || (day ?? '9') < (outer.validFrom ?? '')) return VALID
    return outer.validity(code.slice(0, within.length), day)
  }
}

const VALID: CodeValidity = { kind: 'valid' }
const UNKNOWN: CodeValidity = { kind: 'unknown' }

function validityOn(file: JsonObject, periods: readonly CodeEntry[], day: string): CodeValidity {
  const starts = periods.map((entry) => later(dayOf(file, 'validFrom'), dayOf(entry, 'validFrom')))
  const ends = periods.map((entry) => earlier(dayOf(file, 'validTo'), dayOf(entry, 'validTo')))
  // ISO dates sort as text.
  if (periods.some((_, index) => (starts[index] ?? day) <= day && day <= (ends[index] ?? day))) return VALID
  const ended = ends.filter((end) => end !== undefined && end < day).sort()
  const last = ended[ended.length - 1]
  if (last !== undefined) return { kind: 'ended', day: last }
  const [first] = starts.filter((start) => start !== undefined).sort()
  return { kind: 'not-yet', day: first ?? day }
}

function pick(file: JsonObject, periods: readonly CodeEntry[], day: string | undefined): CodeEntry | undefined {
  const newest = periods[periods.length - 1]
  if (day === undefined || periods.length < 2) return newest
  return periods.find((entry) => validityOn(file, [entry], day) === VALID) ?? newest
}

function dayOf(dated: JsonObject, key: 'validFrom' | 'validTo'): string | undefined {
  const day = dated[key]
  return typeof day === 'string' ? day : undefined
}
function later(one: string | undefined, other: string | undefined): string | undefined {
  return one === undefined || (other !== undefined && other > one) ? other : one
}
function earlier(one: string | undefined, other: string | undefined): string | undefined {
  return one === undefined || (other !== undefined && other < one) ? other : one
}

// Other names of a code are its extra columns: alpha-3, UN code …
const NOT_NAMES = new Set(['code', 'name', 'validFrom', 'validTo'])
function indexOtherNames(entries: readonly CodeEntry[]): ReadonlyMap<string, CodeEntry> {
  const index = new Map<string, CodeEntry>()
  for (const entry of entries) {
    for (const [key, value] of Object.entries(entry)) {
      if (typeof value === 'string' && !NOT_NAMES.has(key) && !index.has(value)) index.set(value, entry)
    }
  }
  return index
}

/** Best first: the code itself, codes that begin so, names that begin so, names that hold every word. */
function toSearch(file: JsonObject, entries: readonly CodeEntry[]): CodelistSearch {
  const rows = entries.map((entry) => ({
    entry,
    code: entry.code.toLowerCase(),
    en: entry.name.en.toLowerCase(),
    zh: entry.name.zh.toLowerCase(),
  }))
  return (text, { limit = DEFAULT_FOUND, day } = {}) => {
    const wanted = text.trim().toLowerCase()
    const words = wanted.split(/\s+/)
    const ranked: CodeEntry[][] = [[], [], [], []]
    for (const { entry, code, en, zh } of rows) {
      const rank =
        code === wanted
          ? 0
          : code.startsWith(wanted)
            ? 1
            : en.startsWith(wanted) || zh.startsWith(wanted)
              ? 2
              : words.every((word) => en.includes(word) || zh.includes(word))
                ? 3
                : undefined
      if (rank === undefined) continue
      if (day !== undefined && validityOn(file, [entry], day) !== VALID) continue
      ranked[rank]?.push(entry)
    }
    return ranked.flat().slice(0, Math.min(Math.max(limit, 0), MAX_FOUND))
  }
}
