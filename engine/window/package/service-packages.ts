import type { Actor } from '../../kernel/index.ts'
import type { Engine, EngineOptions } from '../../runtime/index.ts'
import type { Store } from '../../store/index.ts'
import { type Forms, WindowFailure } from '../contract.ts'
import type { ElementCatalogues } from '../element-catalogue.ts'
import { type FileSet, readFileSet } from '../file-set.ts'
import type { CurrentOffer } from '../offer.ts'
import type { ProcessesFolder } from '../service-catalogue.ts'
import { TENANT } from '../window-parts.ts'
import { ActivePackages } from './active-packages.ts'
import { describeServices, filesOfService } from './describe-services.ts'
import { loadPackages, modelsOf } from './load-packages.ts'
import { type FileTree, mergeFiles } from './merge-files.ts'
import {
  type DescribedService,
  DISK,
  PackageFailure,
  type PackageFile,
  type PreparedPackage,
  type PutPackage,
  type ServicePackages,
} from './package-contract.ts'
import { readPaths } from './package-paths.ts'
import { entryOf, type PackageStore, packageStore, type ServiceEntry, withEntry } from './package-store.ts'
import { preparePackage } from './prepare-package.ts'

export interface PackageOptions {
  readonly engine: Engine
  readonly store: Store
  readonly log: EngineOptions['log']
  readonly elements: ElementCatalogues
  readonly processesFolder: string
  readonly formsFolder: string
  /** Those of `formsFolder`, compiled. */
  readonly forms: Forms
  /** Ids of the agencies there are. */
  readonly agencies: () => Promise<readonly string[]>
}
export interface OpenedPackages extends ServicePackages {
  /** Offers what is loaded, and looks for changes from then on. */
  start(current: CurrentOffer): Promise<void>
  close(): void
}

/** Reads the files on disk and what is stored over them. */
export async function openPackages(
  options: PackageOptions,
): Promise<{ readonly packages: OpenedPackages; readonly processes: ProcessesFolder }> {
  const { engine, log, elements, agencies } = options
  const stored = packageStore(options.store)
  // As they are at the start: a file that is edited later counts from the next start, like the models.
  const diskProcesses = await readFileSet(options.processesFolder)
  let forms: Promise<FileSet> | undefined
  const disk = async (): Promise<FileTree> => {
    forms ??= readFileSet(options.formsFolder)
    return { processes: diskProcesses, forms: await forms }
  }
  const tools = { engine, log, elements, stored, disk, diskProcesses, diskForms: options.forms }
  const { loaded, processes } = await loadPackages(tools, await stored.generation())
  const active = new ActivePackages(tools, loaded)
  return { packages: new StoredServices({ engine, stored, disk, agencies, active }), processes }
}

interface Parts {
  readonly engine: Engine
  readonly stored: PackageStore
  readonly disk: () => Promise<FileTree>
  readonly agencies: () => Promise<readonly string[]>
  readonly active: ActivePackages
}
/** How a version becomes the active one. */
interface Change {
  /** What was given; undefined for the files on disk. */
  readonly given: FileSet | undefined
  readonly actor: Actor
  readonly entry: (known: ServiceEntry) => Promise<ServiceEntry>
}

/** Nodes that race for one change; each round one of them wins. */
const TRIES = 10

class StoredServices implements OpenedPackages {
  private readonly parts: Parts
  readonly refresh: () => Promise<void>

  constructor(parts: Parts) {
    this.parts = parts
    this.refresh = () => parts.active.refresh()
  }

  start(current: CurrentOffer): Promise<void> {
    return this.parts.active.start(current)
  }
  close(): void {
    this.parts.active.close()
  }

  async list(): Promise<readonly DescribedService[]> {
    await this.refresh()
    return describeServices(this.parts.active.now, await this.parts.disk())
  }

  async files(service: string, version?: number): Promise<readonly PackageFile[] | undefined> {
    await this.refresh()
    const { active, stored, disk } = this.parts
    return filesOfService({ loaded: active.now, stored, disk: await disk() }, service, version)
  }

  async prepare(given: readonly PackageFile[]): Promise<PreparedPackage> {
    await this.refresh()
    const { service, problems, files } = readPaths(given)
    const { generation } = this.parts.active.now.generation
    if (service === undefined) return { service: '', problems, warnings: [], models: [], files, generation }
    const prepared = await this.hold(service, files)
    if (problems.length === 0) return prepared
    const { offer: _, ...rest } = prepared
    return { ...rest, problems: [...problems, ...prepared.problems] }
  }

  async filesWith({ service, files }: PreparedPackage): Promise<FileTree> {
    const others = this.parts.active.now.packages.filter((each) => each.service !== service)
    return mergeFiles(await this.parts.disk(), [...others, { service, files }])
  }

  put(prepared: PreparedPackage, { actor, note }: { readonly actor: Actor; readonly note: string }): Promise<PutPackage> {
    const { active, engine } = this.parts
    return active.alone(async () => {
      await active.catchUp()
      const { service, files } = prepared
      const before = active.now.packages.find((each) => each.service === service)
      const entry = entryOf(active.now.generation, service)
      // The same again, as after an answer that got lost, is no new version.
      if (before && entry.validTo === null && isSame(before.files, files)) return { service, version: entry.active }
      const isOld = prepared.generation !== active.now.generation.generation
      let version = 0
      const made = await this.makeActive(isOld ? await this.hold(service, files) : prepared, {
        given: files,
        actor,
        entry: async (known) => {
          const told = { deployedAt: engine.clock.now(), deployedBy: actor.id, note, files: files.size }
          version = version || (await this.addVersion(service, files, known))
          return { ...known, active: version, validTo: null, versions: [...known.versions, { version, ...told }] }
        },
      })
      return { service, version: made.active }
    })
  }

  activate(service: string, version: number, actor: Actor): Promise<void> {
    const { active } = this.parts
    return active.alone(async () => {
      await active.catchUp()
      const files = await this.versionFiles(this.knownEntry(service), version)
      const given = version === DISK ? undefined : files
      const entry = async (known: ServiceEntry) => ({ ...known, active: version, validTo: null })
      await this.makeActive(await this.hold(service, given), { given, actor, entry })
    })
  }

  retire(service: string, validTo: string | null): Promise<void> {
    const { active, stored } = this.parts
    return active.alone(async () => {
      for (let attempt = 1; attempt <= TRIES; attempt++) {
        await active.catchUp()
        const { generation } = active.now
        const services = withEntry(generation, { ...this.knownEntry(service), validTo })
        if (await stored.change(generation, services))
          return active.offer({ ...active.now, generation: { generation: generation.generation + 1, services } })
      }
      throw tooManyTries()
    })
  }

  private hold(service: string, given: FileSet | undefined): Promise<PreparedPackage> {
    return preparePackage(this.parts, this.parts.active.now, service, given)
  }

  /** Makes a version of a service the active one: its models first, so that whoever is offered it can start it. */
  private async makeActive(prepared: PreparedPackage, { given, actor, entry }: Change): Promise<ServiceEntry> {
    const { engine, stored, active } = this.parts
    const { service } = prepared
    let ready = prepared
    for (let attempt = 1; attempt <= TRIES; attempt++) {
      if (!ready.offer) throw new PackageFailure(ready.problems)
      await engine.deploy({ resources: ready.models, tenantId: TENANT, actor })
      const { generation } = active.now
      const next = await entry(entryOf(generation, service))
      const services = withEntry(generation, next)
      if (await stored.change(generation, services)) {
        await active.offer({
          generation: { generation: generation.generation + 1, services },
          packages: [
            ...active.now.packages.filter((each) => each.service !== service),
            ...(next.active === DISK ? [] : [{ service, files: ready.files }]),
          ],
          faults: new Map([...active.now.faults].filter(([each]) => each !== service)),
          offer: ready.offer,
        })
        return next
      }
      await active.catchUp()
      ready = await this.hold(service, given)
      if (!ready.offer) await this.takeBack(service, actor)
    }
    throw tooManyTries()
  }

  /** The models of what is still active, in place of those that were deployed in vain. */
  private async takeBack(service: string, actor: Actor): Promise<void> {
    const { engine, active } = this.parts
    const files = active.now.packages.find((each) => each.service === service)?.files ?? (await this.diskFiles(service))
    const resources = files ? modelsOf(service, files) : []
    if (resources.length > 0) await engine.deploy({ resources, tenantId: TENANT, actor })
  }

  private async addVersion(service: string, files: FileSet, { versions }: ServiceEntry): Promise<number> {
    const list = [...files].map(([path, content]) => ({ path, content }))
    // A version that was added but never became active, because of a crash, keeps its number.
    for (let version = Math.max(0, ...versions.map((each) => each.version)) + 1; ; version++)
      if (await this.parts.stored.add({ service, version, files: list })) return version
  }

  /** @throws WindowFailure when nothing of that id is there. */
  private knownEntry(service: string): ServiceEntry {
    const { generation, offer } = this.parts.active.now
    if (offer.services.find(service) || generation.services.some((each) => each.service === service)) return entryOf(generation, service)
    const ids = offer.services.all().map(({ id }) => id)
    throw new WindowFailure('NOT_FOUND', `Expected one of the services ${ids.join(', ')}, found ${service}`)
  }

  /** @throws WindowFailure when the service has no such version. */
  private async versionFiles({ service, versions }: ServiceEntry, version: number): Promise<FileSet> {
    const onDisk = await this.diskFiles(service)
    const isListed = versions.some((each) => each.version === version)
    const stored = isListed ? await this.parts.stored.find(service, version) : undefined
    const files = version === DISK ? onDisk : stored && new Map(stored.files.map(({ path, content }) => [path, content]))
    if (files) return files
    const list = [...(onDisk ? [DISK] : []), ...versions.map((each) => each.version)].join(', ')
    throw new WindowFailure('NOT_FOUND', `Expected one of the versions ${list} of service ${service}, found ${version}`)
  }

  private async diskFiles(service: string): Promise<FileSet | undefined> {
    const inside = [...(await this.parts.disk()).processes].filter(([path]) => path.startsWith(`${service}/`))
    return inside.length === 0 ? undefined : new Map(inside.map(([path, content]) => [`processes/${path}`, content]))
  }
}

function isSame(one: FileSet, other: FileSet): boolean {
  return one.size === other.size && [...one].every(([path, content]) => other.get(path) === content)
}

function tooManyTries(): Error {
  return new Error(`Expected to store the services within ${TRIES} tries, but others were always faster`)
}
