import type { ExecutableProcess } from '../kernel/index.ts'
import type { Definitions } from './definitions.ts'

/** Groups that the user tasks of a process name literally, with the elements that do. A group made by FEEL is known only when it runs. */
export function literalGroups(process: ExecutableProcess): ReadonlyMap<string, readonly string[]> {
  const groups = new Map<string, string[]>()
  for (const { id, userTask } of process.elements.values()) {
    const named = userTask?.candidateGroups
    if (named?.kind !== 'literal') continue
    for (const group of named.text.split(',').map((part) => part.trim())) {
      if (group !== '') groups.set(group, [...(groups.get(group) ?? []), id])
    }
  }
  return groups
}

/** Groups of every deployed process in its newest version, each with the ids of the processes that name it. */
export async function deployedGroups(definitions: Definitions): Promise<ReadonlyMap<string, readonly string[]>> {
  const groups = new Map<string, string[]>()
  for (const record of definitions.latestProcesses()) {
    for (const group of literalGroups(await definitions.process(record)).keys())
      groups.set(group, [...(groups.get(group) ?? []), record.id])
  }
  return groups
}
