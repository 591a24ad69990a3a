import { type ElementType, type Json, keyWithin, type ProcessInstanceKey } from '../../kernel/index.ts'
import type { HistoryEntry } from '../../store/index.ts'

export interface TrailElement {
  readonly key: string
  elementId: string
  readonly elementType: ElementType
  readonly scopeKey: string
  readonly startedAt: number
  state: 'ACTIVE' | 'COMPLETED' | 'TERMINATED'
  endedAt?: number
  incidentKey?: string
}
export interface TrailVariable {
  readonly key: string
  readonly scopeKey: string
  readonly name: string
  value: Json
}
/** What happened in an instance, element by element: what Camunda keeps in its search store. */
export interface InstanceTrail {
  readonly elements: ReadonlyMap<string, TrailElement>
  /** Ids of flows that were taken, each once. */
  readonly flows: ReadonlySet<string>
  /** In the order in which each was first set. */
  readonly variables: readonly TrailVariable[]
}

/** Keys of variables are numbered behind all that an instance numbers itself: the kernel knows none. */
const FIRST_VARIABLE = 9_000_000

/** Folds a history. The root is left out: it is the instance. */
export function instanceTrail(key: ProcessInstanceKey, history: readonly HistoryEntry[]): InstanceTrail {
  const elements = new Map<string, TrailElement>()
  const flows = new Set<string>()
  const variables = new Map<string, TrailVariable>()
  for (const { at, events } of history) {
    for (const event of events) {
      if (event.type === 'element.activating') {
        const { elementId, elementType, scopeKey } = event
        elements.set(event.key, { key: event.key, elementId, elementType, scopeKey, startedAt: at, state: 'ACTIVE' })
      } else if (event.type === 'element.completed' || event.type === 'element.terminated') {
        const element = elements.get(event.key)
        if (element) Object.assign(element, { state: event.type === 'element.completed' ? 'COMPLETED' : 'TERMINATED', endedAt: at })
      } else if (event.type === 'flow.taken') flows.add(event.flowId)
      else if (event.type === 'variables.set') addVariables(key, variables, event.scopeKey, event.variables)
      else if (event.type === 'incident.created') {
        const element = elements.get(event.elementInstanceKey)
        if (element) element.incidentKey = event.incidentKey
      } else if (event.type === 'incident.resolved') {
        for (const element of elements.values()) if (element.incidentKey === event.incidentKey) delete element.incidentKey
      } else if (event.type === 'instance.migrated') {
        for (const element of elements.values())
          if (element.state === 'ACTIVE') element.elementId = event.ids[element.elementId] ?? element.elementId
      }
    }
  }
  elements.delete(key)
  return { elements, flows, variables: [...variables.values()] }
}

function addVariables(
  key: ProcessInstanceKey,
  known: Map<string, TrailVariable>,
  scopeKey: string,
  values: Readonly<Record<string, Json>>,
): void {
  for (const [name, value] of Object.entries(values)) {
    const id = JSON.stringify([scopeKey, name])
    const variable = known.get(id)
    if (variable) variable.value = value
    else known.set(id, { key: keyWithin(key, FIRST_VARIABLE + known.size), scopeKey, name, value })
  }
}
