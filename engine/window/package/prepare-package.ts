import type { Engine } from '../../runtime/index.ts'
import { type FileProblem, type FileSet, filesUnder } from '../file-set.ts'
import { SHARED_FOLDER } from '../service-catalogue.ts'
import { TENANT, WINDOW_ACTOR } from '../window-parts.ts'
import { buildOffer } from './build-offer.ts'
import { type LoadedPackages, modelsOf, toModelProblem } from './load-packages.ts'
import { type ActivePackage, type FileTree, mergeFiles } from './merge-files.ts'
import type { PreparedPackage } from './package-contract.ts'
import { type KnownThings, missingReferences } from './service-references.ts'

export interface PrepareTools {
  readonly engine: Pick<Engine, 'checkDeployment' | 'definitions'>
  readonly disk: () => Promise<FileTree>
  readonly agencies: () => Promise<readonly string[]>
}

/** Holds a service's files (undefined: those on disk) against everything else that is offered, and tells all that does not fit. */
export async function preparePackage(
  tools: PrepareTools,
  loaded: LoadedPackages,
  service: string,
  given: FileSet | undefined,
): Promise<PreparedPackage> {
  const disk = await tools.disk()
  const others = loaded.packages.filter((each) => each.service !== service)
  const base = mergeFiles(disk, others)
  const files = given === undefined ? new Map<string, string>() : ownFiles(given, base.forms)
  const tree = given === undefined ? base : mergeFiles(disk, [...others, { service, files }])
  const before = loaded.packages.find((each) => each.service === service)
  const hasSameForms = sameFiles(filesUnder(files, 'forms'), filesUnder(before?.files ?? new Map(), 'forms'))
  const built = await buildOffer(tree, hasSameForms ? { forms: loaded.offer.forms } : { checksSchemas: true })
  const models = modelsOf(service, given ?? withPrefix(tree.processes))
  const checked = await tools.engine.checkDeployment({ resources: models, tenantId: TENANT, actor: WINDOW_ACTOR })
  const errors = checked.filter(({ severity }) => severity === 'error')
  const read = built.processes.services.find(service)
  const known = await knownThings(tools, tree, loaded, service)
  const problems = [
    ...built.problems,
    ...errors.map(toModelProblem),
    ...notOwned(files, others),
    ...(read ? await missingReferences(read, models, known) : []),
  ]
  const warnings = checked.filter(({ severity }) => severity === 'warning').map(toModelProblem)
  const prepared = { service, problems, warnings, models, files, generation: loaded.generation.generation }
  return problems.length === 0 && built.offer ? { ...prepared, offer: built.offer } : prepared
}

/** What is there word for word is nothing of its own: a later change of it must not be undone by this package. */
function ownFiles(given: FileSet, baseForms: FileSet): FileSet {
  return new Map(
    [...given].filter(([path, content]) => !path.startsWith('forms/') || baseForms.get(path.slice('forms/'.length)) !== content),
  )
}

function withPrefix(processes: FileSet): FileSet {
  return new Map([...processes].map(([path, content]) => [`processes/${path}`, content]))
}

function sameFiles(one: FileSet, other: FileSet): boolean {
  return one.size === other.size && [...one].every(([path, content]) => other.get(path) === content)
}

/** Two services cannot both say what one file holds. */
function notOwned(files: FileSet, others: readonly ActivePackage[]): readonly FileProblem[] {
  return [...files.keys()].flatMap((path) => {
    const owner = others.find((each) => each.files.has(path))
    if (!owner) return []
    const text = {
      en: `Expected a file that no other package holds, found one of the package of ${owner.service}; change it there, or choose another name`,
      zh: `该文件属于服务 ${owner.service} 的服务包；请在其中修改，或改用其他文件名`,
    }
    return [{ file: path, place: '', rule: 'OWNER', text }]
  })
}

async function knownThings(
  { engine, agencies }: PrepareTools,
  tree: FileTree,
  loaded: LoadedPackages,
  service: string,
): Promise<KnownThings> {
  const folders = new Set([...tree.processes.keys()].map((path) => path.split('/')[0] ?? ''))
  const latest = (kind: 'process' | 'decision', id: string) => engine.definitions.latest(kind, id, TENANT)
  return {
    forms: tree.forms,
    agencies: new Set(await agencies()),
    services: new Set(loaded.offer.services.all().map(({ id }) => id)),
    isDeployed: (kind, id) => latest(kind, id) !== undefined,
    ownerOf(kind, id) {
      const [folder = '', ...rest] = latest(kind, id)?.resourceName.split('/') ?? []
      const isOther = rest.length > 0 && folder !== service && (folder === SHARED_FOLDER || folders.has(folder))
      return isOther ? folder : undefined
    },
  }
}
