import type { Forms } from './contract.ts'
import type { ServiceCatalogue } from './service-catalogue.ts'

/** What the window offers at a time: the services, and the forms that they use. Never changes; another takes its place. */
export interface Offer {
  readonly forms: Forms
  readonly services: ServiceCatalogue
}

/** The offer of the moment. Its forms and services answer by whichever is in place when they are asked, always both of one offer. */
export interface CurrentOffer extends Offer {
  replace(next: Offer): void
}

export function currentOffer(first: Offer): CurrentOffer {
  let current = first
  const forms: Forms = {
    validate: (...asked) => current.forms.validate(...asked),
    codelist: (id) => current.forms.codelist(id),
    codelists: () => current.forms.codelists(),
    formIds: () => current.forms.formIds(),
    routedItems: (...asked) => current.forms.routedItems(...asked),
    renderMessage: (...asked) => current.forms.renderMessage(...asked),
    renderDocument: (...asked) => current.forms.renderDocument(...asked),
    readEdifact: (...asked) => current.forms.readEdifact(...asked),
    answerMapping: (...asked) => current.forms.answerMapping(...asked),
    interchangeParties: (agencyId) => current.forms.interchangeParties(agencyId),
    rulePlace: (...asked) => current.forms.rulePlace(...asked),
    officerForm: (formId) => current.forms.officerForm(formId),
    schema: (formId) => current.forms.schema(formId),
  }
  const services: ServiceCatalogue = {
    all: () => current.services.all(),
    find: (id) => current.services.find(id),
    facts: (id) => current.services.facts(id),
  }
  return {
    forms,
    services,
    replace(next) {
      current = next
    },
  }
}
