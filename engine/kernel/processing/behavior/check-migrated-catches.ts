import type { Element } from '../../model/executable-process.ts'
import type { InstanceMigrated } from '../../record/event.ts'
import type { CompensationState, ElementInstance } from '../../state/instance-state.ts'
import { catchersOf, checkAlike, type Migration, viewOf } from './migration.ts'

/** A mapped catch event goes to one of its kind on the mapped element, one to one. */
export function checkCatches(migration: Migration): void {
  for (const instance of Object.values(migration.state.elements)) checkCatchesOf(migration, instance)
}

function checkCatchesOf(migration: Migration, instance: ElementInstance): void {
  const { source, target, ids, violate } = migration
  const from = viewOf(source, instance.elementId, instance)
  const to = viewOf(target, ids.get(instance.elementId), instance)
  if (!from || !to) return
  const allowed = new Set(catchersOf(target, to).map(({ id }) => id))
  const used = new Map<string, string>()
  for (const catcher of catchersOf(source, from)) {
    const mapped = target.elements.get(ids.get(catcher.id) ?? '')
    if (!mapped) continue
    checkAlike(migration, catcher, mapped)
    if (!allowed.has(mapped.id))
      violate(
        'CATCH_ELSEWHERE',
        catcher.id,
        `Expected ${catcher.id} to be mapped to a catch event of ${to.id}, but ${mapped.id} belongs elsewhere; map it to one of ${to.id}, or leave it out to close it`,
      )
    const other = used.get(mapped.id)
    if (other !== undefined)
      violate(
        'CATCH_MAPPED_TWICE',
        catcher.id,
        `Expected each catch event of ${from.id} to have its own target, but ${other} and ${catcher.id} are both mapped to ${mapped.id}; leave one out to close it`,
      )
    used.set(mapped.id, catcher.id)
  }
}

/** What can still be undone is undone by what its mapped compensation event names. */
export function checkCompensations(migration: Migration): void {
  for (const compensation of migration.state.compensations ?? []) {
    const event = compensationEvent(migration, compensation)
    if (!event || !migration.target.elements.has(migration.ids.get(event.id) ?? '')) continue
    if (!undoneBy(migration, compensation))
      migration.violate(
        'COMPENSATION_DIFFERS',
        event.id,
        `Expected ${event.id} to be mapped to a compensation event with a handler, but ${migration.ids.get(event.id)} is none; map it to one, or leave it out to forget what can be undone`,
      )
  }
}

type Kept = InstanceMigrated['compensations'][number]

/** What can be undone after the migration. A compensation without mapping is forgotten, with all that belongs to it. */
export function keptCompensations(migration: Migration): readonly Kept[] {
  const all = migration.state.compensations ?? []
  const kept = new Map<string, Kept>()
  // One that belongs to another comes before it.
  for (const compensation of [...all].reverse()) {
    const belongs = all.some(({ key }) => key === compensation.ownerKey)
    const undone = belongs && !kept.has(compensation.ownerKey) ? undefined : undoneBy(migration, compensation)
    if (undone) kept.set(compensation.key, undone)
  }
  return all.flatMap(({ key }) => kept.get(key) ?? [])
}

/** The boundary event of the activity, or the start of the event subprocess that undoes it. */
function compensationEvent({ source }: Migration, { elementId, handlerId }: CompensationState): Element | undefined {
  const boundaryId = source.elements.get(elementId)?.compensation?.boundaryId
  return boundaryId === undefined ? source.elements.get(handlerId)?.startEvent : source.elements.get(boundaryId)
}

function undoneBy(migration: Migration, compensation: CompensationState): Kept | undefined {
  const { target, ids } = migration
  const event = target.elements.get(ids.get(compensationEvent(migration, compensation)?.id ?? '') ?? '')
  if (event?.event?.kind !== 'compensation') return undefined
  const around = target.elements.get(event.scopeId ?? '')
  const activity = target.elements.get((event.type === 'boundaryEvent' ? event.attachedToId : around?.scopeId) ?? '')
  if (!activity?.compensation) return undefined
  return {
    key: compensation.key,
    elementId: activity.id,
    handlerId: activity.compensation.handlerId,
    via: compensation.via.map((id) => ids.get(id) ?? id),
  }
}
