import type { JsonObject } from '../kernel/index.ts'
import type { Forms, ItemError, Service } from './contract.ts'

/** Errors told at a time. More of them help nobody; the form shows them again as they are mended. */
const MAX_ERRORS = 200

/** What is wrong with the data of a declaration for the service, in the order of the form. */
export function foundErrors(forms: Forms, service: Pick<Service, 'id' | 'formId'>, data: JsonObject): readonly ItemError[] {
  return forms.validate(service.formId, data, { service: service.id }).slice(0, MAX_ERRORS)
}
