import type { DeployedProblem, Engine } from '../../runtime/index.ts'
import type { Forms } from '../contract.ts'
import type { FileProblem, FileSet } from '../file-set.ts'
import type { Offer } from '../offer.ts'
import type { ProcessesFolder } from '../service-catalogue.ts'
import { TENANT, WINDOW_ACTOR } from '../window-parts.ts'
import { buildOffer } from './build-offer.ts'
import { type ActivePackage, type FileTree, mergeFiles } from './merge-files.ts'
import { DISK } from './package-contract.ts'
import type { Generation, PackageStore } from './package-store.ts'

/** What is offered of a generation. */
export interface LoadedPackages {
  readonly generation: Generation
  /** Those that are sound. */
  readonly packages: readonly ActivePackage[]
  /** Why active packages are left out, by service. */
  readonly faults: ReadonlyMap<string, readonly FileProblem[]>
  /** As the files say, whatever has been retired since. */
  readonly offer: Offer
}
export interface LoadTools {
  readonly engine: Pick<Engine, 'checkDeployment'>
  readonly stored: PackageStore
  readonly disk: () => Promise<FileTree>
  /** Files of `processes/` on disk. */
  readonly diskProcesses: FileSet
  /** Of the files on disk alone. */
  readonly diskForms: Forms
}

/**
 * The active packages over the files on disk. One that does not go with the rest is left out and told: it must keep no other
 * service from being offered. @throws Error when the files on disk themselves do not fit.
 */
export async function loadPackages(
  tools: LoadTools,
  generation: Generation,
): Promise<{ readonly loaded: LoadedPackages; readonly processes: ProcessesFolder }> {
  const faults = new Map<string, readonly FileProblem[]>()
  const readable: ActivePackage[] = []
  for (const { service, active } of generation.services) {
    if (active === DISK) continue
    const read = await readPackage(tools, service, active)
    if (read.problems.length > 0) faults.set(service, read.problems)
    else readable.push(read.active)
  }
  const { packages, built } = await soundest(tools, readable, faults)
  if (!built.offer) {
    const lines = built.problems.map(({ file, place, text }) => `${file} ${place === '' ? '' : `${place}: `}${text.en}`)
    throw new Error(`The services cannot be read:\n${lines.join('\n')}`)
  }
  return { loaded: { generation, packages, faults, offer: built.offer }, processes: built.processes }
}

async function readPackage(
  { engine, stored }: LoadTools,
  service: string,
  version: number,
): Promise<{ readonly active: ActivePackage; readonly problems: readonly FileProblem[] }> {
  const found = await stored.find(service, version)
  const files: FileSet = new Map(found?.files.map(({ path, content }) => [path, content]))
  const active = { service, files }
  if (!found) return { active, problems: [lostVersion(service, version)] }
  const problems = await engine.checkDeployment({ resources: modelsOf(service, files), tenantId: TENANT, actor: WINDOW_ACTOR })
  return { active, problems: problems.filter(({ severity }) => severity === 'error').map(toModelProblem) }
}

async function soundest(tools: LoadTools, readable: readonly ActivePackage[], faults: Map<string, readonly FileProblem[]>) {
  const all = await build(tools, readable)
  if (all.problems.length === 0) return { packages: readable, built: all }
  // One of them is at fault, or two that do not go together: the first ones stay.
  const packages: ActivePackage[] = []
  for (const each of readable) {
    const { problems } = await build(tools, [...packages, each])
    if (problems.length === 0) packages.push(each)
    else faults.set(each.service, problems)
  }
  return { packages, built: await build(tools, packages) }
}

async function build({ disk, diskProcesses, diskForms }: LoadTools, packages: readonly ActivePackage[]) {
  if (packages.length === 0) return buildOffer({ processes: diskProcesses, forms: new Map() }, { forms: diskForms })
  return buildOffer(mergeFiles(await disk(), packages))
}

/** The models among the files of a service, named as the engine knows them. */
export function modelsOf(service: string, files: FileSet): readonly { readonly name: string; readonly content: string }[] {
  const model = new RegExp(`^processes/(${service}/[^/]+\\.(bpmn|dmn))$`)
  return [...files]
    .flatMap(([path, content]) => {
      const name = model.exec(path)?.[1]
      return name === undefined ? [] : [{ name, content }]
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}

export function toModelProblem({ resource, elementId, rule, message }: DeployedProblem): FileProblem {
  return { file: `processes/${resource}`, place: elementId, rule, text: { en: message, zh: message } }
}

function lostVersion(service: string, version: number): FileProblem {
  const text = {
    en: `Expected version ${version} of the package in the store, found none; activate another version`,
    zh: `存储中没有服务包的第 ${version} 版；请启用其他版本`,
  }
  return { file: `processes/${service}`, place: '', rule: 'PACKAGE', text }
}
