import type { Json, JsonObject } from '../../kernel/index.ts'
import type { HistoryEntry } from '../../store/index.ts'
import type { CaseRecord, CaseView } from '../../verify/index.ts'
import type { CaseInstance, CaseTree } from '../../window/index.ts'

/** Every instance of a case: the declaration's first, then those it called, then those of the cases it opened. */
export function instancesIn(tree: CaseTree): readonly CaseInstance[] {
  return [...tree.instances, ...tree.opened.flatMap(instancesIn)]
}
/** Cases opened on the way, however deep. */
export function openedIn(tree: CaseTree): readonly CaseTree[] {
  return tree.opened.flatMap((one) => [one, ...openedIn(one)])
}

/** What of a case is open to the outside. It has ended when the cases it opened have, too. */
export function viewOf(tree: CaseTree): CaseView {
  const instances = instancesIn(tree)
  const [root] = tree.instances
  const isOver =
    root !== undefined && !root.isActive && openedIn(tree).every(({ instances: [first] }) => first !== undefined && !first.isActive)
  return {
    tasks: instances.flatMap(({ userTasks }) => userTasks),
    waiting: instances.flatMap(({ waiting }) => waiting),
    incidents: instances.flatMap(({ incidents }) => incidents.map(({ elementId, message }) => `${elementId}: ${message}`)),
    variables: root?.variables ?? {},
    instances: instances.map(({ processInstanceKey }) => processInstanceKey),
    ...(isOver ? { end: root.endElementId ?? '' } : {}),
    ...(isOver && root.endedAt !== undefined ? { endedAt: root.endedAt } : {}),
  }
}

/** Cases opened on the way, with the end event of those that have ended. */
export function openedEnds(tree: CaseTree): CaseRecord['opened'] {
  return openedIn(tree).map(({ service, instances: [root] }) => ({
    service,
    ...(root && !root.isActive && root.endElementId !== undefined ? { end: root.endElementId } : {}),
  }))
}

/** Ids of the elements that completed, of several instances, in the order of time. */
export function completedIn(entries: readonly HistoryEntry[]): readonly string[] {
  return [...entries]
    .sort((a, b) => a.at - b.at)
    .flatMap(({ events }) => events.flatMap((event) => (event.type === 'element.completed' ? [event.elementId] : [])))
}

/** What the declaration's instance knew when it ended. */
export function lastVariables(entries: readonly HistoryEntry[]): JsonObject {
  const known: Record<string, Json> = {}
  const root = entries[0]?.processInstanceKey
  for (const { events } of entries)
    for (const event of events) if (event.type === 'variables.set' && event.scopeKey === root) Object.assign(known, event.variables)
  return known
}

/** Rule ids of every item error that was set as a variable. */
export function rulesIn(entries: readonly HistoryEntry[]): readonly string[] {
  const rules = new Set<string>()
  const look = (value: Json): void => {
    if (value === null || typeof value !== 'object') return
    if (Array.isArray(value)) {
      for (const inner of value) look(inner)
      return
    }
    const { rule, item } = value as JsonObject
    if (typeof rule === 'string' && typeof item === 'string') rules.add(rule)
    for (const inner of Object.values(value as JsonObject)) look(inner as Json)
  }
  for (const { events } of entries) for (const event of events) if (event.type === 'variables.set') look(event.variables as JsonObject)
  return [...rules]
}
