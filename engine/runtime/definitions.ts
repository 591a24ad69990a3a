import { LRUCache } from 'lru-cache'
import { type CompiledDecision, type CompiledDecisions, type ExecutableProcess, parseBpmn, parseDmn } from '../kernel/index.ts'
import type { DefinitionRecord, Store } from '../store/index.ts'
import type { DefinitionCatalogue } from './contract.ts'

export interface Binding {
  readonly bindingType: 'latest' | 'deployment' | 'versionTag'
  readonly versionTag?: string
}
export interface Compiled {
  readonly processes: readonly ExecutableProcess[]
  readonly decisions?: CompiledDecisions
}

/** Compiled resources that are kept; one of them is some 100 KB for a large process. */
const COMPILED_LIMIT = 500

/** What is deployed, and its compiled form, which is made from the stored text when it is first needed. */
export class Definitions implements DefinitionCatalogue {
  private readonly store: Store
  private readonly records = new Map<string, DefinitionRecord>()
  /** Versions of one definition, oldest first. */
  private readonly versions = new Map<string, DefinitionRecord[]>()
  private readonly compiled = new LRUCache<string, Compiled>({ max: COMPILED_LIMIT })
  private readonly compiling = new Map<string, Promise<Compiled>>()
  private refreshing: Promise<void> | undefined

  constructor(store: Store) {
    this.store = store
  }

  all(): readonly DefinitionRecord[] {
    return [...this.records.values()]
  }

  latest(kind: DefinitionRecord['kind'], id: string, tenantId: string): DefinitionRecord | undefined {
    return this.versions.get(versionsKey(kind, id, tenantId))?.at(-1)
  }

  byKey(key: string): DefinitionRecord | undefined {
    return this.records.get(key)
  }

  version(kind: DefinitionRecord['kind'], id: string, tenantId: string, version: number): DefinitionRecord | undefined {
    return this.versions.get(versionsKey(kind, id, tenantId))?.find((record) => record.version === version)
  }

  /**
   * The version a call means. `deployment` is the one deployed together with the caller; a resource that was part of that
   * deployment unchanged has no version of its own there, so it is the newest one of that moment.
   */
  bound(kind: DefinitionRecord['kind'], id: string, binding: Binding, caller: DefinitionRecord): DefinitionRecord | undefined {
    const versions = this.versions.get(versionsKey(kind, id, caller.tenantId)) ?? []
    if (binding.bindingType === 'latest') return versions.at(-1)
    if (binding.bindingType === 'versionTag') return versions.findLast((record) => record.versionTag === binding.versionTag)
    return (
      versions.find((record) => record.deploymentKey === caller.deploymentKey) ??
      versions.findLast((record) => record.deployedAt <= caller.deployedAt)
    )
  }

  /** Every process definition in its newest version. */
  latestProcesses(): readonly DefinitionRecord[] {
    return [...this.versions.values()].flatMap((versions) => versions.filter((record) => record.kind === 'process').slice(-1))
  }

  add(records: readonly DefinitionRecord[]): void {
    for (const record of records) {
      if (this.records.has(record.key)) continue
      this.records.set(record.key, record)
      const key = versionsKey(record.kind, record.id, record.tenantId)
      const versions = this.versions.get(key) ?? []
      versions.push(record)
      versions.sort((a, b) => a.version - b.version)
      this.versions.set(key, versions)
    }
  }

  /** Reads what other nodes deployed. */
  refresh(): Promise<void> {
    this.refreshing ??= this.store
      .listDefinitions()
      .then((records) => this.add(records))
      .finally(() => {
        this.refreshing = undefined
      })
    return this.refreshing
  }

  /** Keeps what deploying has compiled already. */
  remember(record: DefinitionRecord, compiled: Compiled): void {
    this.compiled.set(resourceKey(record), compiled)
  }

  processNow(record: DefinitionRecord): ExecutableProcess | undefined {
    return this.compiled.get(resourceKey(record))?.processes.find((process) => process.bpmnProcessId === record.id)
  }

  async process(record: DefinitionRecord): Promise<ExecutableProcess> {
    const process = (await this.compile(record)).processes.find(({ bpmnProcessId }) => bpmnProcessId === record.id)
    if (!process) throw new Error(`Expected process ${record.id} in the stored resource ${record.resourceName}, but it is not there`)
    return process
  }

  decisionNow(record: DefinitionRecord): CompiledDecision | undefined {
    return this.compiled.get(resourceKey(record))?.decisions?.decisions.get(record.id)
  }

  compile(record: DefinitionRecord): Promise<Compiled> {
    const key = resourceKey(record)
    const known = this.compiled.get(key)
    if (known) return Promise.resolve(known)
    const running = this.compiling.get(key)
    if (running) return running
    const compiling = this.load(record).finally(() => this.compiling.delete(key))
    this.compiling.set(key, compiling)
    return compiling
  }

  private async load(record: DefinitionRecord): Promise<Compiled> {
    const content = await this.store.loadResource(record.key)
    if (content === undefined) throw new Error(`Expected the stored resource of definition ${record.key}, but there is none`)
    const compiled: Compiled =
      record.kind === 'process' ? { processes: (await parseBpmn(content)).processes } : { processes: [], ...(await decisionsOf(content)) }
    this.compiled.set(resourceKey(record), compiled)
    return compiled
  }
}

async function decisionsOf(content: string): Promise<Pick<Compiled, 'decisions'>> {
  const { decisions } = await parseDmn(content)
  return decisions ? { decisions } : {}
}

function versionsKey(kind: string, id: string, tenantId: string): string {
  return JSON.stringify([kind, id, tenantId])
}

/** Definitions of one file share one compiled form. */
function resourceKey(record: DefinitionRecord): string {
  return JSON.stringify([record.deploymentKey, record.resourceName])
}
