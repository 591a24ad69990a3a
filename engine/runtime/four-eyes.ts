import type { Store } from '../store/index.ts'
import { EngineFailure } from './contract.ts'
import type { Definitions } from './definitions.ts'

/** Property of a user task: ids of tasks (separated by commas) whose completers may not complete this one. */
export const NOT_BY = 'notBy'

/**
 * Four eyes: who completed one of the tasks that a user task names in its property `notBy`, in the same instance, may neither take
 * nor complete it. Every completion counts, also the one before a task came round again.
 * @throws EngineFailure `FORBIDDEN`.
 */
export async function refuseSamePerson(
  { store, definitions }: { readonly store: Store; readonly definitions: Definitions },
  userTaskKey: string,
  person: string,
): Promise<void> {
  const task = await store.find('userTask', userTaskKey)
  const record = task && definitions.byKey(task.processDefinitionKey)
  if (!task || !record) return
  const process = definitions.processNow(record) ?? (await definitions.process(record))
  const named = process.elements.get(task.elementId)?.properties[NOT_BY]
  for (const elementId of idsOf(named)) {
    const filter = { processInstanceKey: task.processInstanceKey, elementId, state: 'COMPLETED', completedBy: person }
    const { total } = await store.search('userTask', { filter, limit: 1 })
    if (total > 0)
      throw new EngineFailure(
        'FORBIDDEN',
        `Expected task ${userTaskKey} to be done by another person than ${elementId}, but ${person} did that; leave it to a colleague`,
      )
  }
}

function idsOf(named: string | undefined): readonly string[] {
  return named === undefined ? [] : named.split(',').map((id) => id.trim())
}
