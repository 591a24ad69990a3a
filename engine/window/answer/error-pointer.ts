import type { JsonObject } from '../../kernel/index.ts'
import type { Forms, ItemError } from '../contract.ts'
import type { PointedError } from './answer.ts'
import type { AnswerMappingFile } from './answer-mapping.ts'

/** Errors told of one answer; more of them help nobody. */
const MAX_ERRORS = 200
/** Item that an error is said of when the agency points at none. */
const WHOLE = 'declaration'

interface NamedItem {
  readonly id: string
  readonly group?: string
  readonly names: readonly string[]
}

/**
 * Turns what an agency points at into an item of the form, so that the enterprise sees the error where it can mend it: the agency's own
 * word for the item first, then the rule (ours, or the agency's by its table), then the row, at last the whole declaration.
 */
export function itemErrorsOf(
  forms: Forms,
  formId: string,
  errors: readonly PointedError[],
  mapping: AnswerMappingFile,
): readonly ItemError[] {
  const items = namedItems(forms.schema(formId) ?? {})
  return errors.slice(0, MAX_ERRORS).map((error) => {
    const place = placeOf(error, items, mapping) ?? mapping.rules?.[error.rule] ?? forms.rulePlace(formId, error.rule) ?? fallback(error)
    const group = place.group ?? (place.item === WHOLE ? undefined : items.find(({ id }) => id === place.item)?.group)
    const text = error.text ?? error.rule
    return {
      item: place.item,
      ...(group === undefined ? {} : { group }),
      ...(group !== undefined && error.line !== undefined ? { line: error.line } : {}),
      rule: error.rule,
      text: { en: text, zh: text },
    }
  })
}

function placeOf(
  error: PointedError,
  items: readonly NamedItem[],
  { tags = {} }: AnswerMappingFile,
): { item: string; group?: string } | undefined {
  if (error.item !== undefined) return { item: error.item, ...(error.group === undefined ? {} : { group: error.group }) }
  if (error.tag === undefined) return undefined
  const bare = error.tag.slice(error.tag.lastIndexOf('/') + 1)
  const ofTable = tags[error.tag] ?? tags[bare]
  if (ofTable !== undefined) return { item: ofTable }
  // Header and rows may share a name; the section says which is meant.
  const named = items.filter(({ names }) => names.includes(bare))
  const found = named.find(({ group }) => group === error.group) ?? named[0]
  return found === undefined ? undefined : { item: found.id, ...(found.group === undefined ? {} : { group: found.group }) }
}

function fallback(error: PointedError): { item: string; group?: string } {
  return error.group === undefined ? { item: WHOLE } : { item: error.group, group: error.group }
}

/** Items with the names outsiders have for them: WCO ids (`131` of `131/6092`), tags of the agency's message. */
function namedItems(schema: JsonObject): readonly NamedItem[] {
  return Object.entries((schema.properties ?? {}) as JsonObject).flatMap(([name, value]) => {
    const definition = value as JsonObject
    if (typeof definition['x-group'] !== 'string') return [{ id: name, names: namesOf(name, definition) }]
    const row = ((definition.items as JsonObject).properties ?? {}) as JsonObject
    return Object.entries(row).map(([id, item]) => ({ id, group: name, names: namesOf(id, item as JsonObject) }))
  })
}

function namesOf(id: string, schema: JsonObject): readonly string[] {
  const references = typeof schema['x-reference'] === 'string' ? [...schema['x-reference'].matchAll(/\b([A-Z]?\d{3})\/(\w+|-)/g)] : []
  const tags = typeof schema['x-tag'] === 'string' ? schema['x-tag'].split('/') : []
  return [id, ...references.map(([, wco = '']) => wco), ...tags]
}
