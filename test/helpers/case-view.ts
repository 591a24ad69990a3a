import type { CaseView } from '../../engine/verify/cases/index.ts'
import type { CaseInstance, CaseTree } from '../../engine/window/index.ts'

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
