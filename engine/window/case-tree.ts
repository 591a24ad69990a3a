import type { EpochMs, JsonObject, ProcessInstanceKey } from '../kernel/index.ts'
import { visibleVariables } from '../kernel/index.ts'
import type { Declarations } from './declaration-record.ts'
import type { WindowParts } from './window-parts.ts'

/** Everything that runs for a declaration: its instance, those it called, and the cases it opened. */
export interface CaseTree {
  readonly receiptNo: string
  readonly service: string
  /** USCC. */
  readonly enterprise: string
  /** Receipt number of the case that opened it. */
  readonly openedBy?: string
  /** `in-progress`, or what it ended as. */
  readonly state: string
  readonly instances: readonly CaseInstance[]
  readonly opened: readonly CaseTree[]
}
export interface CaseInstance {
  readonly processInstanceKey: string
  readonly parentProcessInstanceKey?: string
  readonly bpmnProcessId: string
  readonly version: number
  readonly isActive: boolean
  readonly endElementId?: string
  readonly endedAt?: EpochMs
  /** Innermost active elements. */
  readonly waiting: readonly CaseElement[]
  readonly userTasks: readonly (CaseElement & { readonly formId?: string; readonly candidateGroups: readonly string[] })[]
  readonly incidents: readonly { readonly elementId: string; readonly message: string }[]
  /** Of the instance itself; empty when it has ended. */
  readonly variables: JsonObject
}
export interface CaseElement {
  readonly key: string
  readonly elementId: string
}

const MOST = 1_000

/** Finds the tree of a declaration; undefined when there is no such declaration. */
export function caseTrees({ engine }: WindowParts, declarations: Declarations): (receiptNo: string) => Promise<CaseTree | undefined> {
  async function instance(key: string, parent?: string): Promise<readonly CaseInstance[]> {
    const row = await engine.getInstance(key)
    const stored = await engine.store.loadInstance(key as ProcessInstanceKey)
    if (!row || !stored) return []
    const { state } = stored
    const isActive = state.status === 'active'
    const children = await engine.store.search('instance', {
      filter: { parentProcessInstanceKey: key },
      sort: [{ field: 'startedAt', order: 'asc' }],
      limit: MOST,
    })
    const own: CaseInstance = {
      processInstanceKey: key,
      ...(parent === undefined ? {} : { parentProcessInstanceKey: parent }),
      bpmnProcessId: row.bpmnProcessId,
      version: row.version,
      isActive,
      ...(state.endElementId === undefined ? {} : { endElementId: state.endElementId }),
      ...(row.endedAt === undefined ? {} : { endedAt: row.endedAt }),
      waiting: Object.values(state.elements)
        .filter((element) => element.scopeKey !== undefined && !element.children)
        .map(({ key: elementKey, elementId }) => ({ key: elementKey, elementId })),
      userTasks: (await engine.store.search('userTask', { filter: { processInstanceKey: key, state: 'CREATED' }, limit: MOST })).items.map(
        ({ key: taskKey, elementId, externalFormReference, candidateGroups }) => ({
          key: taskKey,
          elementId,
          candidateGroups,
          ...(externalFormReference === undefined ? {} : { formId: externalFormReference }),
        }),
      ),
      incidents: Object.values(state.incidents).map(({ elementId, message }) => ({ elementId, message })),
      variables: isActive ? visibleVariables(state, state.key) : {},
    }
    const called = await Promise.all(children.items.map((child) => instance(child.key, key)))
    return [own, ...called.flat()]
  }

  return async function find(receiptNo): Promise<CaseTree | undefined> {
    const record = (await declarations.find(receiptNo))?.body
    if (!record) return undefined
    const opened = await declarations.search({
      filter: { openedBy: receiptNo },
      sort: [{ field: 'createdAt', order: 'asc' }],
      limit: MOST,
    })
    return {
      receiptNo,
      service: record.service,
      enterprise: record.enterprise,
      ...(record.openedBy === undefined ? {} : { openedBy: record.openedBy }),
      state: record.state,
      instances: await instance(record.processInstanceKey),
      opened: (await Promise.all(opened.items.map(({ body }) => find(body.receiptNo)))).filter((tree) => tree !== undefined),
    }
  }
}
