import type { Forms, Service } from '../contract.ts'
import type { FileProblem } from '../file-set.ts'
import { type BuildOptions, buildForms } from '../forms/load-forms.ts'
import type { Offer } from '../offer.ts'
import { type ProcessesFolder, parseProcesses, type ServiceCatalogue } from '../service-catalogue.ts'
import type { FileTree } from './merge-files.ts'

export interface BuiltOffer {
  readonly processes: ProcessesFolder
  /** Absent when there are problems. */
  readonly offer?: Offer
  readonly problems: readonly FileProblem[]
}

/** Reads and compiles a whole tree. `forms`: those of the tree, where they are at hand already. */
export async function buildOffer(tree: FileTree, options: BuildOptions & { readonly forms?: Forms } = {}): Promise<BuiltOffer> {
  const { processes, problems: ofServices } = parseProcesses(tree.processes)
  const built = options.forms ? { forms: options.forms, problems: [] } : await buildForms(tree.forms, options)
  const problems = [
    ...ofServices.map((problem) => ({ ...problem, file: `processes/${problem.file}` })),
    ...built.problems.map(({ path, place, message }) => ({
      file: `forms/${path}`,
      place,
      rule: 'FORM',
      text: { en: message, zh: message },
    })),
  ]
  const { forms } = built
  if (problems.length > 0 || !forms) return { processes, problems }
  return { processes, offer: { forms, services: processes.services }, problems }
}

/** The catalogue with the last days that retirement has set. */
export function withLastDays(services: ServiceCatalogue, lastDays: ReadonlyMap<string, string>): ServiceCatalogue {
  if (lastDays.size === 0) return services
  const all = services.all().map((service): Service => {
    const validTo = lastDays.get(service.id)
    return validTo === undefined ? service : { ...service, validTo }
  })
  const byId = new Map(all.map((service) => [service.id, service]))
  return { all: () => all, find: (id) => byId.get(id), facts: services.facts }
}
