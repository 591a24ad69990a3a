import type { ExecutableProcess } from '../kernel/index.ts'
import { literalGroups } from './candidate-groups.ts'
import type { KnownToTasks } from './contract.ts'
import type { ReadResource, ResourceProblem } from './resource.ts'

/** Texts with these are places outside the house, of which nothing is known here. */
const ELSEWHERE = /[:/]/
const MOST_TOLD = 20

/** User tasks that nobody could work on: a form that is not there, a group that nobody else speaks of. */
export function unworkableTasks(
  resources: readonly ReadResource[],
  deployed: ReadonlyMap<string, readonly string[]>,
  known: KnownToTasks | undefined,
): ResourceProblem[] {
  const processes = resources.flatMap(({ name, compiled }) => compiled.processes.map((process) => ({ name, process })))
  const isSpokenOf = (group: string, process: ExecutableProcess): boolean =>
    known?.groups.includes(group) === true ||
    deployed.get(group)?.some((id) => id !== process.bpmnProcessId) === true ||
    processes.some((other) => other.process !== process && literalGroups(other.process).has(group))
  const all = [...new Set([...(known?.groups ?? []), ...deployed.keys()])].sort()
  return processes.flatMap(({ name, process }) => {
    const warn = (elementId: string, rule: string, message: string): ResourceProblem => ({
      resource: name,
      elementId,
      rule,
      message,
      severity: 'warning',
    })
    const unknownGroups = [...literalGroups(process)].filter(([group]) => !isSpokenOf(group, process))
    return [
      ...unknownGroups.flatMap(([group, elementIds]) => {
        const others = all.filter((each) => each !== group)
        const list = others.length > 0 ? `; known are ${others.slice(0, MOST_TOLD).join(', ')}` : ''
        return elementIds.map((elementId) =>
          warn(
            elementId,
            'UNKNOWN_GROUP',
            `Expected a candidate group that another process or an account knows, but found '${group}'${list}; mend a slip of the pen, or give the group to an account`,
          ),
        )
      }),
      ...(known ? unknownForms(process, known, warn) : []),
    ]
  })
}

function unknownForms(
  process: ExecutableProcess,
  known: KnownToTasks,
  warn: (elementId: string, rule: string, message: string) => ResourceProblem,
): ResourceProblem[] {
  return [...process.elements.values()].flatMap(({ id, userTask }) => {
    const reference = userTask?.externalReference?.kind === 'literal' ? userTask.externalReference.text : undefined
    const formIds = [userTask?.formId, reference !== undefined && !ELSEWHERE.test(reference) ? reference : undefined]
    return formIds
      .filter((formId) => formId !== undefined && formId !== '' && !known.hasForm(formId))
      .map((formId) =>
        warn(
          id,
          'UNKNOWN_FORM',
          `Expected a form that is there, but found '${formId}'; the task will show its variables only. Mend the id, or add the form`,
        ),
      )
  })
}
