import type { Element, ExecutableProcess } from '../../model/executable-process.ts'
import type { Processors } from '../element-processor.ts'
import type { Step } from '../step.ts'
import { activateElement } from './lifecycle.ts'

const known = new WeakMap<ExecutableProcess, readonly Element[]>()

/** Joins of the process that wait until all else is quiet. */
function quietJoins(process: ExecutableProcess, processors: Processors): readonly Element[] {
  const before = known.get(process)
  if (before) return before
  const joins = [...process.elements.values()].filter((element) => processors[element.type].joinWhenQuiet && element.incoming.length > 1)
  known.set(process, joins)
  return joins
}

/** Lets one join fire whose time has come; what it sets going may change the answer for the others. */
export function fireQuietJoins(step: Step): void {
  const joins = quietJoins(step.process, step.processors)
  if (joins.length === 0) return
  for (const scope of Object.values(step.state.elements)) {
    if ((!scope.tokens && !scope.fired) || scope.state !== 'active') continue
    for (const join of joins) {
      if (join.scopeId !== scope.elementId) continue
      const flows = step.processors[join.type].joinWhenQuiet?.(step, join, scope.key)
      if (!flows) continue
      step.later(() => activateElement(step, join, scope.key, flows))
      return
    }
  }
}
