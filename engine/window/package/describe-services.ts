import { parseBpmn } from '../../kernel/index.ts'
import type { Service } from '../contract.ts'
import type { FileSet } from '../file-set.ts'
import { SERVICE_FILE } from '../service-catalogue.ts'
import type { LoadedPackages } from './load-packages.ts'
import { type FileTree, mergeFiles } from './merge-files.ts'
import { type DescribedService, DISK, type PackageFile } from './package-contract.ts'
import { entryOf, type PackageStore } from './package-store.ts'
import { usedForms } from './used-forms.ts'

/** Every service that is offered or was put, by id. */
export function describeServices({ generation, offer, faults }: LoadedPackages, disk: FileTree): readonly DescribedService[] {
  const ids = new Set([...offer.services.all().map(({ id }) => id), ...generation.services.map(({ service }) => service)])
  return [...ids].sort().map((id): DescribedService => {
    const { active, validTo, versions } = entryOf(generation, id)
    const service = offer.services.find(id)
    const lastDay = validTo ?? service?.validTo
    return {
      id,
      ...(service ? { name: service.name, validFrom: service.validFrom } : {}),
      source: active === DISK ? 'disk' : 'package',
      version: active,
      isOnDisk: disk.processes.has(`${id}/${SERVICE_FILE}`),
      ...(lastDay === undefined ? {} : { validTo: lastDay }),
      retired: validTo !== null,
      versions,
      faults: faults.get(id) ?? [],
    }
  })
}

interface WhereFilesAre {
  readonly loaded: LoadedPackages
  readonly stored: PackageStore
  readonly disk: FileTree
}

/** A service's own files, and those of `forms/` that it uses: together what makes the next version. */
export async function filesOfService(
  { loaded, stored, disk }: WhereFilesAre,
  service: string,
  version?: number,
): Promise<readonly PackageFile[] | undefined> {
  const wanted = version ?? entryOf(loaded.generation, service).active
  const others = loaded.packages.filter((each) => each.service !== service)
  const found = wanted === DISK ? undefined : await stored.find(service, wanted)
  if (wanted !== DISK && !found) return undefined
  const own = new Map(found?.files.map(({ path, content }) => [path, content]))
  const tree = mergeFiles(disk, found ? [...others, { service, files: own }] : others)
  const inside = [...tree.processes].filter(([path]) => path.startsWith(`${service}/`))
  if (inside.length === 0) return undefined
  const files = new Map<string, string>([...inside.map(([path, content]) => [`processes/${path}`, content] as const), ...own])
  for (const path of await usedForms(serviceOf(inside), await elementsIn(inside), tree.forms))
    files.set(`forms/${path}`, tree.forms.get(path) ?? '')
  return [...files].map(([path, content]) => ({ path, content })).sort((a, b) => (a.path < b.path ? -1 : 1))
}

/** As far as it can be read: also a faulty version is given out, to be mended. */
function serviceOf(inside: readonly (readonly [string, string])[]): Partial<Service> {
  const content = inside.find(([path]) => path.endsWith(`/${SERVICE_FILE}`))?.[1]
  try {
    return JSON.parse(content ?? '{}') as Partial<Service>
  } catch {
    return {}
  }
}

async function elementsIn(inside: FileSet | readonly (readonly [string, string])[]) {
  const models = await Promise.all([...inside].filter(([path]) => path.endsWith('.bpmn')).map(([, content]) => parseBpmn(content)))
  return models.flatMap(({ processes }) => processes.flatMap(({ elements }) => [...elements.values()]))
}
