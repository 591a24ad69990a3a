import type { Actor } from '../../kernel/index.ts'
import type { Engine, EngineOptions } from '../../runtime/index.ts'
import type { Store } from '../../store/index.ts'
import { assignCalendars } from '../assign-calendars.ts'
import { type Forms, WindowFailure } from '../contract.ts'
import type { ElementCatalogues } from '../element-catalogue.ts'
import { type FileSet, readFileSet } from '../file-set.ts'
import { engineMsOf } from '../lease.ts'
import type { CurrentOffer } from '../offer.ts'
import type { ProcessesFolder } from '../service-catalogue.ts'
import { TENANT } from '../window-parts.ts'
import { withLastDays } from './build-offer.ts'
import { describeServices, filesOfService } from './describe-services.ts'
import { type LoadedPackages, type LoadTools, loadPackages, modelsOf } from './load-packages.ts'
import { type FileTree, mergeFiles } from './merge-files.ts'
import { DISK, PackageFailure, type PreparedPackage, type PutPackage, type ServicePackages } from './package-contract.ts'
import { readPaths } from './package-paths.ts'
import { entryOf, packageStore, type ServiceEntry, withEntry } from './package-store.ts'
import { type PrepareTools, preparePackage } from './prepare-package.ts'

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

/** Nodes that race for one change; each round one of them wins. */
const TRIES = 10
/** How soon an idle node learns what another one put, real time. A busy one asks before it works. */
const REFRESH_REAL_MS = 10_000

/** Reads the files on disk and what is stored over them. */
export async function openPackages(
  options: PackageOptions,
): Promise<{ readonly packages: OpenedPackages; readonly processes: ProcessesFolder }> {
  const { engine, log } = options
  const stored = packageStore(options.store)
  // As they are at the start: a file that is edited later counts from the next start, like the models.
  const files = await readFileSet(options.processesFolder)
  let forms: Promise<FileSet> | undefined
  const disk = async (): Promise<FileTree> => {
    forms ??= readFileSet(options.formsFolder)
    return { processes: files, forms: await forms }
  }
  const loading: LoadTools = { engine, stored, disk, diskProcesses: files, diskForms: options.forms }
  let current: CurrentOffer | undefined
  let last: Promise<unknown> = Promise.resolve()
  let failed = 0
  let cancelRefresh: (() => void) | undefined
  let closed = false

  const { loaded: first, processes } = await loadPackages(loading, await stored.generation())
  let loaded = first
  tellFaults(first, log)
  const now = (): LoadedPackages => loaded
  const preparing: PrepareTools = { engine, disk, agencies: options.agencies }

  /** One change at a time, in the order asked for. */
  function alone<T>(change: () => Promise<T>): Promise<T> {
    const turn = last.then(change)
    last = turn.catch(() => undefined)
    return turn
  }

  async function offer(next: LoadedPackages): Promise<void> {
    const services = withLastDays(next.offer.services, lastDays(next.generation.services))
    loaded = next
    current?.replace({ forms: next.offer.forms, services })
    assignCalendars(engine, services, log)
    for (const { bpmnProcessId } of services.all()) {
      const definition = engine.definitions.latest('process', bpmnProcessId, TENANT)
      if (definition) await options.elements.load(definition.key)
    }
  }

  async function catchUp(): Promise<void> {
    const newest = await stored.generation()
    if (newest.generation === now().generation.generation) return
    const { loaded: next } = await loadPackages(loading, newest)
    tellFaults(next, log)
    await offer(next)
  }

  async function refresh(): Promise<void> {
    const { generation } = await stored.generation()
    if (generation === now().generation.generation || generation === failed) return
    try {
      await alone(catchUp)
    } catch (error) {
      // What was offered before still is; whoever asks meanwhile need not pay for the same failure.
      failed = generation
      log('error', 'The services that another node put cannot be offered here yet', { generation, error: String(error) })
    }
  }

  function refreshLater(): void {
    const { clock } = engine
    cancelRefresh = clock.schedule(clock.now() + engineMsOf(clock, REFRESH_REAL_MS), () => {
      failed = 0
      refresh()
        .catch((error: unknown) => log('warn', 'The service packages could not be looked at', { error: String(error) }))
        .finally(() => closed || refreshLater())
    })
  }

  /** Makes a version of a service the active one: its models first, so that whoever is offered it can start it. */
  async function makeActive(
    prepared: PreparedPackage,
    {
      given,
      actor,
      entry,
    }: { readonly given: FileSet | undefined; readonly actor: Actor; readonly entry: (known: ServiceEntry) => Promise<ServiceEntry> },
  ): Promise<ServiceEntry> {
    let ready = prepared
    for (let attempt = 1; ; attempt++) {
      if (!ready.offer) throw new PackageFailure(ready.problems)
      await engine.deploy({ resources: ready.models, tenantId: TENANT, actor })
      const { generation } = now()
      const next = await entry(entryOf(generation, ready.service))
      const services = withEntry(generation, next)
      if (await stored.change(generation, services)) {
        const packages = now().packages.filter(({ service }) => service !== ready.service)
        const faults = new Map([...now().faults].filter(([service]) => service !== ready.service))
        const active = next.active === DISK ? [] : [{ service: ready.service, files: ready.files }]
        const changed = { generation: generation.generation + 1, services }
        await offer({ ...now(), generation: changed, packages: [...packages, ...active], faults, offer: ready.offer })
        return next
      }
      if (attempt === TRIES) throw new Error(`Expected to store the services within ${TRIES} tries, but others were always faster`)
      await catchUp()
      ready = await preparePackage(preparing, now(), ready.service, given)
      if (!ready.offer) await takeBack(ready.service, actor)
    }
  }

  /** The models of what is still active, in place of those that were deployed in vain. */
  async function takeBack(service: string, actor: Actor): Promise<void> {
    const active = now().packages.find((each) => each.service === service)?.files ?? (await diskFiles(service))
    const resources = active ? modelsOf(service, active) : []
    if (resources.length > 0) await engine.deploy({ resources, tenantId: TENANT, actor })
  }

  function knownEntry(service: string): ServiceEntry {
    const entry = now().generation.services.find((each) => each.service === service)
    if (entry) return entry
    if (now().offer.services.find(service)) return entryOf(now().generation, service)
    const ids = now()
      .offer.services.all()
      .map(({ id }) => id)
    throw new WindowFailure('NOT_FOUND', `Expected one of the services ${ids.join(', ')}, found ${service}`)
  }

  const packages: OpenedPackages = {
    async list() {
      await refresh()
      return describeServices(now(), await disk())
    },
    async files(service, version) {
      await refresh()
      return filesOfService({ loaded: now(), stored, disk: await disk() }, service, version)
    },
    async prepare(given) {
      await refresh()
      const { service, problems, files } = readPaths(given)
      const { generation } = now().generation
      if (service === undefined) return { service: '', problems, warnings: [], models: [], files, generation }
      const prepared = await preparePackage(preparing, now(), service, files)
      if (problems.length === 0) return prepared
      const { offer: _, ...rest } = prepared
      return { ...rest, problems: [...problems, ...prepared.problems] }
    },
    async filesWith({ service, files }) {
      return mergeFiles(await disk(), [...now().packages.filter((each) => each.service !== service), { service, files }])
    },
    put: (prepared, { actor, note }) =>
      alone(async (): Promise<PutPackage> => {
        await catchUp()
        const { service, files } = prepared
        const before = now().packages.find((each) => each.service === service)
        const entry = entryOf(now().generation, service)
        if (before && entry.validTo === null && isSame(before.files, files)) return { service, version: entry.active }
        const isOld = prepared.generation !== now().generation.generation
        const ready = isOld ? await preparePackage(preparing, now(), service, files) : prepared
        let version = 0
        const made = await makeActive(ready, {
          given: files,
          actor,
          entry: async (known) => {
            const told = { deployedAt: engine.clock.now(), deployedBy: actor.id, note, files: files.size }
            version = version || (await addVersion(service, files, known))
            return { ...known, active: version, validTo: null, versions: [...known.versions, { version, ...told }] }
          },
        })
        return { service, version: made.active }
      }),
    activate: (service, version, actor) =>
      alone(async () => {
        await catchUp()
        const entry = knownEntry(service)
        const files = version === DISK ? await diskFiles(service) : filesIn(await stored.find(service, version))
        if (!files || !(version === DISK || entry.versions.some((each) => each.version === version))) {
          const list = [...((await diskFiles(service)) ? [DISK] : []), ...entry.versions.map((each) => each.version)].join(', ')
          throw new WindowFailure('NOT_FOUND', `Expected one of the versions ${list} of service ${service}, found ${version}`)
        }
        const given = version === DISK ? undefined : files
        const prepared = await preparePackage(preparing, now(), service, given)
        await makeActive(prepared, { given, actor, entry: async (known) => ({ ...known, active: version, validTo: null }) })
      }),
    retire: (service, validTo) =>
      alone(async () => {
        for (let attempt = 1; ; attempt++) {
          await catchUp()
          const { generation } = now()
          const services = withEntry(generation, { ...knownEntry(service), validTo })
          if (await stored.change(generation, services)) {
            await offer({ ...now(), generation: { generation: generation.generation + 1, services } })
            return
          }
          if (attempt === TRIES) throw new Error(`Expected to store the services within ${TRIES} tries, but others were always faster`)
        }
      }),
    refresh,
    async start(offered) {
      current = offered
      await offer(now())
      refreshLater()
    },
    close() {
      closed = true
      cancelRefresh?.()
    },
  }

  async function addVersion(service: string, files: FileSet, { versions }: ServiceEntry): Promise<number> {
    const list = [...files].map(([path, content]) => ({ path, content }))
    // A version that was added but never became active, because of a crash, keeps its number.
    for (let version = Math.max(0, ...versions.map((each) => each.version)) + 1; ; version++)
      if (await stored.add({ service, version, files: list })) return version
  }

  async function diskFiles(service: string): Promise<FileSet | undefined> {
    const inside = [...(await disk()).processes].filter(([path]) => path.startsWith(`${service}/`))
    return inside.length === 0 ? undefined : new Map(inside.map(([path, content]) => [`processes/${path}`, content]))
  }

  return { packages, processes }
}

function filesIn(
  stored: { readonly files: readonly { readonly path: string; readonly content: string }[] } | undefined,
): FileSet | undefined {
  return stored && new Map(stored.files.map(({ path, content }) => [path, content]))
}

function lastDays(services: readonly ServiceEntry[]): ReadonlyMap<string, string> {
  return new Map(services.flatMap(({ service, validTo }) => (validTo === null ? [] : [[service, validTo] as const])))
}

function isSame(one: FileSet, other: FileSet): boolean {
  return one.size === other.size && [...one].every(([path, content]) => other.get(path) === content)
}

function tellFaults({ faults, generation }: LoadedPackages, log: EngineOptions['log']): void {
  for (const [service, problems] of faults) {
    const version = entryOf(generation, service).active
    const told = problems.slice(0, 10).map(({ file, place, text }) => `${file} ${place}: ${text.en}`)
    log('error', 'A stored service package cannot be offered; the files on disk count for it', { service, version, problems: told })
  }
}
