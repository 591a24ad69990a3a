import type { ItemError } from './contract.ts'

/**
 * Rules of which a declaration may break none to be taken in at all: it has a field that the form lacks, far too many of them, or a value of
 * another JSON type than the form's. Such data comes from a faulty program, not from a mistaken person; it is refused at
 * once and nothing is stored.
 *
 * Whatever else is wrong (an item is missing, a code is unknown, a check digit or a sum does not fit) is for the person who
 * declares: the declaration gets its receipt number, and validation gives the errors back under it (E1).
 */
const STRUCTURAL_RULES: ReadonlySet<string> = new Set(['schema.type', 'schema.additionalProperties', 'schema.fields'])

/** The errors because of which the data is refused; empty when a declaration can be made of it. */
export function structuralErrors(errors: readonly ItemError[]): readonly ItemError[] {
  return errors.filter((error) => STRUCTURAL_RULES.has(error.rule))
}
