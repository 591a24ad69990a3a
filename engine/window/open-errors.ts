import type { Json, JsonObject, Variables } from '../kernel/index.ts'
import type { ItemError, Text } from './contract.ts'

/**
 * Errors the enterprise should mend, as the process's variables tell them: the platform's own `validation`, and what each
 * agency found (`customsAnswer`, `inspectionAnswer`, …).
 */
export interface OpenErrors {
  /** Version that was validated last. */
  readonly version: number
  readonly ofValidation: readonly ItemError[]
  readonly ofAgencies: ReadonlyMap<string, readonly ItemError[]>
}

const ANSWER = /^(.+)Answer$/
/** Agencies' answers that ask for better data. */
const WANTS_BETTER_DATA: ReadonlySet<Json | undefined> = new Set(['rejected', 'documents-wanted'])

export function noErrors(): OpenErrors {
  return { version: 0, ofValidation: [], ofAgencies: new Map() }
}

/** The platform's errors first; then the agencies', in the order they answered. */
export function openErrorsOf(errors: OpenErrors): readonly ItemError[] {
  return [...errors.ofValidation, ...[...errors.ofAgencies.values()].flat()]
}

/** A validation replaces whatever was said of earlier versions; an answer replaces the same agency's. */
export function seeVariables(errors: OpenErrors, variables: Variables): OpenErrors {
  let seen = errors
  const validation = variables.validation
  if (isObject(validation)) {
    const version = numberOr(validation.version, seen.version)
    if (version >= seen.version) {
      seen = { version, ofValidation: toItemErrors(validation.errors), ofAgencies: version > seen.version ? new Map() : seen.ofAgencies }
    }
  }
  for (const [name, answer] of Object.entries(variables)) {
    const agency = ANSWER.exec(name)?.[1]
    if (agency === undefined || !isObject(answer)) continue
    const version = numberOr(answer.version, seen.version)
    if (version < seen.version) continue
    // A version that an agency speaks of has been sent: a process without a validation of its own has no other sign of that.
    if (version > seen.version) seen = { version, ofValidation: [], ofAgencies: seen.ofAgencies }
    const ofAgencies = new Map(seen.ofAgencies)
    ofAgencies.delete(agency)
    const found = WANTS_BETTER_DATA.has(answer.status) ? toItemErrors(answer.errors) : []
    if (found.length > 0) ofAgencies.set(agency, found)
    seen = { ...seen, ofAgencies }
  }
  return seen
}

/** Agencies write by hand: what is no item error is left out, a text in one language stands for both. */
function toItemErrors(value: Json | undefined): ItemError[] {
  if (!Array.isArray(value)) return []
  return (value as readonly Json[]).flatMap((entry) => {
    if (!isObject(entry) || typeof entry.item !== 'string') return []
    const { item, line, group, rule, text } = entry
    return {
      item,
      ...(typeof line === 'number' ? { line } : {}),
      ...(typeof group === 'string' ? { group } : {}),
      rule: typeof rule === 'string' ? rule : 'agency',
      text: toText(text, item),
    }
  })
}

function toText(value: Json | undefined, item: string): Text {
  if (typeof value === 'string') return { en: value, zh: value }
  if (!isObject(value)) return { en: item, zh: item }
  const en = typeof value.en === 'string' ? value.en : undefined
  const zh = typeof value.zh === 'string' ? value.zh : undefined
  return { en: en ?? zh ?? item, zh: zh ?? en ?? item }
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function numberOr(value: Json | undefined, fallback: number): number {
  return typeof value === 'number' ? value : fallback
}
