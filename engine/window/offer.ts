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
  return {
    forms: standIn(() => current.forms),
    services: standIn(() => current.services),
    replace(next) {
      current = next
    },
  }
}

type Functions = Readonly<Record<string, (...given: unknown[]) => unknown>>

/** Has the functions of what is current, also those that were taken from it before it was replaced. */
function standIn<T extends object>(current: () => T): T {
  const functions = new Map<string, Functions[string]>()
  return new Proxy({} as T, {
    get(_, name) {
      if (typeof name !== 'string' || !(name in current())) return undefined
      const known = functions.get(name) ?? ((...given: unknown[]) => (current() as unknown as Functions)[name]?.(...given))
      functions.set(name, known)
      return known
    },
  })
}
