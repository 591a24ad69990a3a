import type { JsonObject } from '../kernel/index.ts'
import type { Forms, ItemError } from './contract.ts'

/** Errors told at a time. More of them help nobody; the form shows them again as they are mended. */
const MAX_ERRORS = 200

/** What is wrong with the data now, in the order of the form. */
export function foundErrors(forms: Forms, formId: string, data: JsonObject): readonly ItemError[] {
  return forms.validate(formId, data).slice(0, MAX_ERRORS)
}
