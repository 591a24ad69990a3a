import { LRUCache } from 'lru-cache'
import type { JsonObject } from '../../kernel/index.ts'
import { type Store, StoreFailure } from '../../store/index.ts'
import { DISK, type PackageVersion, type StoredPackage } from './package-contract.ts'

/** What of a service is not as on disk. */
export interface ServiceEntry extends JsonObject {
  readonly service: string
  /** `DISK`: the files on disk. */
  readonly active: number
  /** Set by retirement. */
  readonly validTo: string | null
  readonly versions: readonly PackageVersion[]
}

/** Which versions are active: one document, so that a change is one write and all of it is seen at once. */
export interface Generation {
  /** Grows with each change. */
  readonly generation: number
  readonly services: readonly ServiceEntry[]
}
interface GenerationBody extends JsonObject {
  readonly services: readonly ServiceEntry[]
}

const CURRENT = 'current'
const MOST_KEPT = 50

export interface PackageStore {
  generation(): Promise<Generation>
  /** False when another change came first: nothing is stored then. */
  change(known: Generation, services: readonly ServiceEntry[]): Promise<boolean>
  find(service: string, version: number): Promise<StoredPackage | undefined>
  /** Adds a version; undefined when that number is taken. */
  add(stored: StoredPackage): Promise<StoredPackage | undefined>
}

export function packageStore(store: Store): PackageStore {
  const packages = store.documents<StoredPackage>({ name: 'service_packages', indexes: [], unique: [] })
  const generations = store.documents<GenerationBody>({ name: 'service_generations', indexes: [], unique: [] })
  const kept = new LRUCache<string, StoredPackage>({ max: MOST_KEPT })
  const idOf = (service: string, version: number) => `${service}-${version}`

  return {
    async generation() {
      const stored = await generations.get(CURRENT)
      return stored ? { generation: stored.revision, services: stored.body.services } : { generation: 0, services: [] }
    },
    async change(known, services) {
      try {
        await (known.generation === 0
          ? generations.insert(CURRENT, { services })
          : generations.replace(CURRENT, known.generation, { services }))
        return true
      } catch (error) {
        if (error instanceof StoreFailure && (error.code === 'REVISION_CONFLICT' || error.code === 'DUPLICATE')) return false
        throw error
      }
    },
    async find(service, version) {
      const id = idOf(service, version)
      const known = kept.get(id)
      if (known) return known
      const stored = await packages.get(id)
      if (stored) kept.set(id, stored.body)
      return stored?.body
    },
    async add(stored) {
      try {
        await packages.insert(idOf(stored.service, stored.version), stored)
        return stored
      } catch (error) {
        if (error instanceof StoreFailure && error.code === 'DUPLICATE') return undefined
        throw error
      }
    },
  }
}

/** Of a service nothing is stored of. */
export function entryOf({ services }: Generation, service: string): ServiceEntry {
  return services.find((entry) => entry.service === service) ?? { service, active: DISK, validTo: null, versions: [] }
}

export function withEntry({ services }: Generation, entry: ServiceEntry): readonly ServiceEntry[] {
  return [...services.filter(({ service }) => service !== entry.service), entry].sort((a, b) => (a.service < b.service ? -1 : 1))
}
