import { LRUCache } from 'lru-cache'
import { type ElementType, parseBpmn } from '../kernel/index.ts'
import type { Engine } from '../runtime/index.ts'
import type { Store } from '../store/index.ts'
import type { Text } from './contract.ts'

/** What the window knows of one element of a process definition. */
export interface ElementInfo {
  readonly id: string
  readonly name: Text
  /** False when the modeller gave it no name: then people need not see it. */
  readonly named: boolean
  readonly type: ElementType
  /** Status clock it sets, and whether entering or leaving sets it. */
  readonly clock?: { readonly name: string; readonly on: 'activated' | 'completed' }
  /** Event told to the enterprise once the element completes. */
  readonly webhook?: string
  /** The agency that its job is for. */
  readonly agencyId?: string
}
export type ElementCatalogue = ReadonlyMap<string, ElementInfo>

/** Elements of process definitions, by definition key. A definition never changes, so what was read once stays right. */
export interface ElementCatalogues {
  /** Empty when the definition is unknown. */
  load(processDefinitionKey: string): Promise<ElementCatalogue>
  /** What is at hand already; for callers that may not wait. */
  peek(processDefinitionKey: string): ElementCatalogue | undefined
}

/** Job types of agencies are this and the agency's id. */
export const AGENCY_JOB = 'agency.'

/** Far more definitions than run at one time; older ones are read again when asked for. */
const MAX_CATALOGUES = 1000

export function elementCatalogues(engine: Engine, store: Store): ElementCatalogues {
  const cache = new LRUCache<string, ElementCatalogue>({ max: MAX_CATALOGUES })
  return {
    peek: (key) => cache.get(key),
    async load(key) {
      const known = cache.get(key)
      if (known) return known
      const content = await store.loadResource(key)
      const bpmnProcessId = engine.definitions.byKey(key)?.id ?? (await store.listDefinitions()).find((d) => d.key === key)?.id
      if (content === undefined || bpmnProcessId === undefined) return new Map()
      const catalogue = (await readElements(content)).get(bpmnProcessId) ?? new Map()
      cache.set(key, catalogue)
      return catalogue
    },
  }
}

/** The elements of every process of a BPMN file, by BPMN process id. */
export async function readElements(xml: string): Promise<ReadonlyMap<string, ElementCatalogue>> {
  const parsed = await parseBpmn(xml)
  return new Map(
    parsed.processes.map((process) => [
      process.bpmnProcessId,
      new Map([...process.elements.values()].map((element) => [element.id, toElementInfo(element)])),
    ]),
  )
}

interface ModelElement {
  readonly id: string
  readonly name: string
  readonly type: ElementType
  readonly properties: Readonly<Record<string, string>>
  readonly job?: { readonly jobType: { readonly kind: string; readonly text?: string } }
}

function toElementInfo({ id, name, type, properties, job }: ModelElement): ElementInfo {
  const english = name || id
  const clock = properties.clock
  const webhook = properties.webhook
  const jobType = job?.jobType.kind === 'literal' ? (job.jobType.text ?? '') : ''
  return {
    id,
    type,
    named: name !== '',
    name: { en: english, zh: properties['name.zh'] ?? english },
    ...(clock
      ? { clock: { name: clock, on: properties['clock.on'] === 'activated' ? ('activated' as const) : ('completed' as const) } }
      : {}),
    ...(webhook ? { webhook } : {}),
    ...(jobType.startsWith(AGENCY_JOB) ? { agencyId: jobType.slice(AGENCY_JOB.length) } : {}),
  }
}
